"""A field that a form does not have changes nothing, whatever it is called (threat 17)."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from app import app
from chalicelib import settings
from chalicelib.alerts.kinds import MESSAGE_ANSWERED
from chalicelib.customers import eras, unsubscribing
from chalicelib.customers.consents import repo as consents
from chalicelib.customers.enrolment import operations as enrolment
from chalicelib.customers.enrolment import queries as enrolments
from chalicelib.customers.enrolment import repo as enrolment_repo
from chalicelib.customers.enrolment.model import OPEN, AccountUser
from chalicelib.customers.impersonation.operations import begin_impersonation
from chalicelib.customers.queries import staff_account
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.bounces import repo as bounces
from chalicelib.dealers.bounces.model import Bounce
from chalicelib.dealers.branding.queries import live_brand
from chalicelib.dealers.drafts.model import fingerprint
from chalicelib.dealers.landing import queries as landing
from chalicelib.dealers.landing.model import fingerprint as landing_fingerprint
from chalicelib.dealers.operations import change_settings, settings_fingerprint
from chalicelib.dealers.staff import repo as staff_list
from chalicelib.dealers.staff.operations import join_staff
from chalicelib.dealers.staff_mails import repo as staff_mails
from chalicelib.disputes.model import Dispute
from chalicelib.feed import queries as feed
from chalicelib.feed.model import Taker
from chalicelib.feed.operations import choose_taker
from chalicelib.http import cookies
from chalicelib.http.access import Audience
from chalicelib.identity import (
    code_factors,
    email_changes,
    invitations,
    operations,
    queries,
    rate_limits,
    recovery,
    repo,
    text_numbers,
    trusted_browsers,
)
from chalicelib.identity.model import ClientInfo, FactorKind, Membership, MembershipKind, Session, WaitingEmail
from chalicelib.identity.pending_logins import SecondStepError
from chalicelib.identity.repo import factor_writes, writes
from chalicelib.identity.sent_codes.model import Bound, CodePurpose
from chalicelib.identity.sessions import csrf_token
from chalicelib.kernel.channels import Channel
from chalicelib.kernel.ids import secret_hash
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.kernel.versions import version_text
from chalicelib.mail.sender import RecordingSender
from chalicelib.notifications.dispatch import send_due
from chalicelib.profiles.operations import take_photo
from chalicelib.profiles.queries import own_profile
from chalicelib.rendering.portraits import Crop
from chalicelib.services import Services
from chalicelib.store import blobs
from chalicelib.tasks import queries as tasks_now
from chalicelib.tasks.kinds import DISPUTE
from chalicelib.web.presenters.settings import SETTING_LABELS
from chalicelib.web.presenters.transactions import row_value
from tests.customers.campaigns.made import end_campaign, open_campaign
from tests.customers.change_requests.made import asked_for
from tests.dealers.landing.made import a_picture, sent
from tests.disputes.made import disputed, undisputed_row
from tests.feed.made import written
from tests.fixtures.authenticator import Authenticator
from tests.fixtures.cast import PASSWORD, Member, add_person, password_hash
from tests.fixtures.worlds import World
from tests.forwarding.made import forwarded
from tests.identity.passkeys.made import Ceremonies
from tests.identity.second_factors import (
    APP_SECRET,
    code_at,
    give_app,
    give_email_codes,
    give_sms_codes,
    sent_code,
    take_app,
)
from tests.messages.recipients.made import seen as recipients_seen
from tests.rendering.pictures import a_png
from tests.sweeps.canary_exports import DRAWN, only_ours, transaction
from tests.sweeps.scenario import Scenario, a_thread, access_of, address, examples, invited_colleague
from tests.tasks.made import opened
from tests.uploads.document_requests.made import asked_alone
from tests.web.client import OWN_PAGE

MARK = "injected31337"
NEW_PASSWORD = "quiet orchard ladder"
MOBILE = "+447400123456"
ALERTED = "/profile/notifications/mobile"
LATER = count()
POSTED = sorted(resource for resource, methods in app.routes.items() if "POST" in methods)

Form = Callable[[Scenario], dict[str, str]]


def a_colleague(email: str) -> dict[str, str]:
    return {"email": email, "role": "user", "confirmed": email}


def somebody(scenario: Scenario) -> dict[str, str]:
    """Whom nobody has invited yet; others have access to the account already."""
    for ref in ("1200", only_ours(scenario.cast.ours)):
        invited_colleague(scenario, scenario.cast.ours, ref)
    return {"email": f"{scenario.ids.dealer_id()}@farm.example", "level": "view", "area-messages": "yes"}


FORMS: dict[str, Form] = {
    "/login": lambda scenario: {"email": scenario.cast.ours.user.email, "password": PASSWORD},
    "/d/{slug}/login": lambda scenario: {"email": scenario.cast.ours.user.email, "password": PASSWORD},
    "/forgot": lambda scenario: {"email": scenario.cast.ours.user.email},
    "/d/{slug}/forgot": lambda scenario: {"email": scenario.cast.ours.user.email},
    "/reset/{token}": lambda _: {"password": NEW_PASSWORD},
    "/email/{token}": lambda _: {"current_password": PASSWORD},
    "/i/{token}": lambda _: {"password": NEW_PASSWORD},
    "/login/code": lambda scenario: {"code": code_at(scenario.now)},
    "/login/code/passkey": lambda _: {},  # and what is signed for the login that waits: see `ready`
    "/login/code/passkey/challenge": lambda _: {},
    "/account/security/app": lambda scenario: {"current_password": without_app(scenario)},
    "/account/security/app/confirm": lambda scenario: {"code": code_being_set_up(scenario)},
    "/account/security/app/off": lambda scenario: {
        "current_password": with_app(scenario),
        "code": code_at(scenario.now),
    },
    "/account/security/recovery-codes": lambda scenario: {
        "current_password": with_app(scenario),
        "code": code_at(scenario.now),
    },
    "/account/security/email": lambda scenario: {"current_password": customer_without_factor(scenario)},
    "/account/security/email/again": lambda scenario: asked_for_code(scenario, timedelta(minutes=-2)),
    "/account/security/email/cancel": lambda scenario: asked_for_code(scenario, timedelta()),
    "/account/security/email/confirm": lambda scenario: {"code": code_that_turns_on(scenario)},
    "/account/security/email/off": lambda scenario: {
        "current_password": customer_with_email_codes(scenario),
        "code": code_that_confirms(scenario),
    },
    "/account/security/sms": lambda scenario: {
        "number": MOBILE,
        "current_password": customer_without_factor(scenario),
    },
    "/account/security/sms/again": lambda scenario: asked_for_text(scenario, timedelta(minutes=-2)),
    "/account/security/sms/cancel": lambda scenario: asked_for_text(scenario, timedelta()),
    "/account/security/sms/confirm": lambda scenario: {"code": code_that_proves_number(scenario)},
    "/account/security/sms/off": lambda scenario: {
        "current_password": customer_with_sms_codes(scenario),
        "code": code_that_confirms(scenario, FactorKind.SMS),
    },
    f"{ALERTED}": lambda _: {"number": MOBILE},
    f"{ALERTED}/again": lambda scenario: asked_for_alerts(scenario, timedelta(minutes=-2)),
    f"{ALERTED}/cancel": lambda scenario: asked_for_alerts(scenario, timedelta()),
    f"{ALERTED}/confirm": lambda scenario: {"code": code_for_alerts(scenario)},
    f"{ALERTED}/delete": lambda _: {},
    f"{ALERTED}/login-number": lambda scenario: {**with_number_of_codes(scenario)},
    "/login/code/send": lambda _: {"with": FactorKind.EMAIL.value},
    "/account/security/devices": lambda scenario: {"device": a_device_of(scenario, scenario.cast.ours.admin)},
    "/logout": lambda _: {},
    "/accounts": lambda scenario: {"membership": scenario.cast.ours.admin.membership.key},
    "/login/passkey/challenge": lambda _: {},
    "/login/passkey": lambda scenario: {"credential": a_signed_login(scenario)},
    "/d/{slug}/login/passkey": lambda scenario: {"credential": a_signed_login(scenario)},
    "/account/language": lambda scenario: {"language": an_offered_language(scenario)},
    "/account/passkeys": lambda scenario: {"name": "Office laptop", "current_password": without_app(scenario)},
    "/account/passkeys/new": lambda scenario: {"credential": a_new_passkey(scenario)},
    "/account/passkeys/{passkey}": lambda _: {"name": "Yard tablet"},
    "/account/passkeys/{passkey}/remove": lambda _: {"current_password": PASSWORD},
    "/account/password": lambda _: {"current_password": PASSWORD, "password": NEW_PASSWORD},
    "/account/sessions": lambda scenario: {"session": another_session(scenario, "our admin")},
    "/account/sessions/others": lambda _: {},
    "/profile": lambda scenario: {
        "title": "ms",
        "first_name": "".join(filter(str.isalpha, scenario.ids.dealer_id())),  # another each time
        "last_name": "Reed",
        "seen": profile_seen(scenario),
    },
    "/profile/email/resend": lambda scenario: {**email_waits(scenario)},
    "/profile/email/cancel": lambda scenario: {**email_waits(scenario)},
    "/profile/photo": lambda scenario: {"upload": an_uploaded_photo(scenario)},
    "/profile/photo/remove": lambda _: {},
    "/f/{token}": lambda _: {"save": "1"},
    "/sent-on/{forward}/end": lambda _: {},
    "/invoices/{account}/{kind}/{transaction}/send-on": lambda scenario: {
        "to": f"{scenario.ids.dealer_id()}@accountant.example",
        "message": "For May",
    },
    "/statements/send-on": lambda scenario: {
        "to": f"{scenario.ids.dealer_id()}@accountant.example",
        "message": "For May",
    },
    "/transactions/documents": lambda _: {"kind": "zip", "status": "all"},
    "/disputes/new": lambda scenario: {
        "row": row_value(undisputed_row(scenario.cast.ours, "1200", scenario.now, scenario.ids)),
        "reason": "price",
        "part": "whole",
        "message": "Too much",
    },
    "/disputes/{dispute}/withdraw": lambda _: {},
    "/disputes/{dispute}/reopen": lambda _: {"text": "Not settled"},
    "/staff/disputes/{account}/{dispute}/decision": lambda scenario: {
        "decision": "acknowledge",
        "version": str(a_dispute(scenario).version),
    },
    "/staff/disputes/{account}/{dispute}/notes": lambda _: {"note": "Ask the carrier"},
    "/staff/disputes/{account}/{dispute}/assign": lambda scenario: {**task_of_dispute(scenario)},
    "/documents": lambda _: {"purpose": "order", "note": "For May", "name": "order.pdf"},
    "/staff/documents/{account}/{file}": lambda _: {"review": "done", "comment": "Thank you"},
    "/staff/accounts/{account}/documents": lambda _: {"kind": "quote", "title": "Baler", "era": ""},
    "/staff/accounts/{account}/documents/{document}": lambda scenario: {
        "kind": "quote",
        "title": scenario.ids.dealer_id(),
    },
    "/staff/accounts/{account}/documents/{document}/visible": lambda _: {"visible": "no"},
    "/staff/accounts/{account}/documents/{document}/delete": lambda _: {},
    "/staff/accounts/invite": lambda _: {"only": link_part(DRAWN)},
    "/staff/accounts/{account}/resend": lambda _: {},
    "/staff/accounts/{account}/mail-works": lambda scenario: {"email": a_bounced_address(scenario)},
    "/staff/invitations": lambda scenario: {
        "per_day": "1",
        "first_day": scenario.now.date().isoformat(),
        "include_shared_email": "yes",
        "include_no_second_name": "yes",
    },
    "/staff/invitations/reminders": lambda scenario: {
        "first": str(1 + scenario.ids.random_bytes(1)[0] % 6),
        "second": "",
        "seen": reminders_seen(scenario),
    },
    "/staff/invitations/{campaign}/pause": lambda _: {},
    "/staff/invitations/{campaign}/resume": lambda _: {},
    "/staff/invitations/{campaign}/cancel": lambda _: {"seen": "running"},
    "/staff/accounts/{account}/cancel": lambda _: {},
    "/staff/accounts/{account}/people/invite": somebody,
    "/staff/accounts/{account}/people/{colleague}": lambda _: {"level": "admin", "version": "1"},
    "/staff/accounts/{account}/people/{colleague}/end": lambda _: {},
    "/staff/accounts/{account}/people/{colleague}/resend": lambda _: {},
    "/colleagues/invite": somebody,
    "/colleagues/{colleague}": lambda _: {"level": "admin", "version": "1"},
    "/colleagues/{colleague}/end": lambda _: {},
    "/colleagues/{colleague}/resend": lambda _: {},
    "/staff/accounts/{account}/see-as": lambda _: {"reason": "asked on the phone"},
    "/staff/accounts/{account}/see-as/stop": lambda _: {},
    "/staff/accounts/{account}/owner": lambda scenario: {"owner": "same", "era": another_owner(scenario)},
    "/staff/settings": lambda scenario: {"phone": "01632 960 099", "seen": settings_seen(scenario)},
    "/staff/users": lambda scenario: a_colleague(f"{scenario.ids.dealer_id()}@dealer.example"),
    "/staff/users/{user}/resend": lambda _: {},
    "/staff/users/{user}/role": lambda _: {"role": "service_manager"},
    "/staff/users/{user}/second-factor": lambda scenario: {**with_app_of_colleague(scenario)},
    "/staff/users/{user}/delete": lambda _: {},
    "/staff/users/{user}/mail-works": lambda scenario: {"email": a_bounced_address(scenario, of_user=True)},
    "/staff/imports/api-keys": lambda _: {"name": "nightly"},
    "/staff/imports/api-keys/{key}/revoke": lambda _: {},
    "/staff/imports/{run}/approve": lambda _: {},
    "/staff/imports/{run}/refuse": lambda _: {},
    "/staff/imports/{run}/same-customers": lambda _: {},
    "/staff/imports/{run}/undo": lambda _: {},
    "/staff/to-do/take": lambda scenario: {"only": a_task(scenario)},
    "/staff/to-do/assign": lambda scenario: {"task": a_task(scenario), "to": "me"},
    "/staff/to-do/done": lambda scenario: {"only": a_task(scenario)},
    "/details/change": lambda scenario: {"field": "mobile", "value": f"0{scenario.ids.random_bytes(4).hex()}"},
    "/details/contact-preferences": lambda scenario: {other_channel(scenario): "yes"},
    "/messages/new": lambda _: {"subject": "Opening hours", "text": "Are you open on Saturday?"},
    "/invoices/{account}/{kind}/{transaction}/ask": lambda _: {"subject": "Hoses", "text": "One came, two are on it."},
    "/messages/{thread}": lambda _: {"text": "It has come."},
    "/messages/{thread}/close": lambda _: {},
    "/messages/{thread}/files": lambda _: {"name": "delivery note.pdf"},
    "/disputes/{dispute}/files": lambda _: {"name": "delivery note.pdf"},
    "/staff/messages/{account}/{thread}/files": lambda _: {"name": "proof of delivery.pdf"},
    "/staff/disputes/{account}/{dispute}/files": lambda _: {"name": "proof of delivery.pdf"},
    "/profile/notifications": lambda _: {"message_answered-email": "yes", "seen": ""},
    "/unsubscribe/{token}": lambda _: {"List-Unsubscribe": "One-Click"},
    "/notifications": lambda _: {"up_to": "Z" * 26},
    "/notifications/{notification}": lambda _: {},
    "/staff/messages/{account}/{thread}": lambda _: {"text": "It follows on Monday.", "seen": "Z" * 26},
    "/staff/messages/{account}/{thread}/note": lambda _: {"text": "Ask the depot."},
    "/staff/messages/{account}/{thread}/close": lambda _: {"seen": "Z" * 26},
    "/staff/messages/{account}/{thread}/reopen": lambda _: {},
    "/staff/messages/{account}/{thread}/assign": lambda _: {"to": "me"},
    "/staff/messages/{account}/{thread}/hand-over": lambda scenario: {
        "recipient": f"person:{scenario.cast.ours.admin.person_id}"
    },
    "/staff/notifications": lambda scenario: {
        "document": "daily",
        "seen": staff_mails_seen(scenario.cast.ours.user),
    },
    "/staff/settings/messages": lambda scenario: {
        "person": scenario.cast.ours.user.person_id,
        "seen": recipients_seen(scenario.cast.ours),
    },
    "/staff/settings/messages/new": lambda scenario: {
        "name": f"Depot {scenario.ids.random_bytes(4).hex()}",
        "offered": "yes",
        "seen": recipients_seen(scenario.cast.ours),
    },
    "/staff/settings/messages/{group}": lambda scenario: {
        "name": f"Depot {scenario.ids.random_bytes(4).hex()}",
        "seen": recipients_seen(scenario.cast.ours),
    },
    "/staff/settings/messages/{group}/delete": lambda scenario: {"seen": recipients_seen(scenario.cast.ours)},
    "/details/withdraw": lambda scenario: {"change": a_change(scenario)},
    "/staff/accounts/{account}/changes": lambda scenario: {
        "change": a_change(scenario, only_ours(scenario.cast.ours)),
        "decision": "passed_on",
    },
    "/staff/document-requests/new": lambda scenario: {
        "account": link_part(user_of_account(scenario).membership.account_ref or ""),
        "purpose": "other",
        "title": "Passport",
        "wanted": "1",
        "due": scenario.now.date().isoformat(),
    },
    "/staff/document-requests/cancel": lambda scenario: {
        "account": link_part(only_ours(scenario.cast.ours)),
        "request": a_request(scenario),
    },
    "/staff/feed/taken": lambda scenario: {"item": an_item(scenario)},
    "/staff/feed/taker": lambda scenario: {"taker": other_taker(scenario)},
    "/staff/customise": lambda scenario: {
        "do": "save",
        "nav_bg": f"#{scenario.ids.random_bytes(3).hex()}",
        "live": look(scenario),
    },
    "/staff/customise/texts": lambda scenario: {
        "do": "save",
        "footer": scenario.ids.dealer_id(),
        "live": words(scenario).texts,
    },
    "/staff/customise/mails": lambda scenario: {
        "do": "save",
        "closing": scenario.ids.dealer_id(),
        "live": words(scenario).mails,
    },
    "/staff/customise/mails/test": lambda _: {"mail": "password_reset"},
    "/staff/customise/logo": lambda scenario: {"upload": an_uploaded_logo(scenario)},
    "/staff/landing-page": lambda scenario: {
        "do": "save",
        "title": scenario.ids.dealer_id(),
        "live": landing_seen(scenario),
    },
    "/staff/landing-page/take-down": lambda scenario: {"live": landing_seen(scenario)},
    "/staff/landing-page/picture": lambda scenario: {"slot": "first", "upload": a_landing_picture(scenario)},
    "/api/v1/uploads": lambda _: {},
    "/api/v1/feed/acknowledgements": lambda _: {},
    "/api/v1/feed/rejections": lambda _: {},
}
"""What each form really asks for, filled in well."""
FORGOT = ("/forgot", "/d/{slug}/forgot")
CHALLENGES = ("/login/passkey/challenge", "/login/code/passkey/challenge", "/account/passkeys")
"""What they answer is for the browser to sign."""
SENDS_CODES = (
    "/account/security/email",
    "/account/security/email/again",
    "/account/security/sms",
    "/account/security/sms/again",
    ALERTED,
    f"{ALERTED}/again",
    "/login/code/send",
)
OF_CUSTOMERS = ("/account/security/email", "/account/security/sms")
"""Which staff have no use for: what their addresses begin with."""
OF_PROGRAMS = ("/api/v1/uploads", "/api/v1/feed/acknowledgements", "/api/v1/feed/rejections")
DONE = {**dict.fromkeys((*FORGOT, *CHALLENGES, "/unsubscribe/{token}"), 200), **dict.fromkeys(OF_PROGRAMS, 422)}
"""How a form that has done its work answers, where it does not lead on. The upload client sends JSON: see below."""
MEANT = {"/i/{token}": {("customer", "admin")}, "/staff/users/{user}/role": {("staff", "service_manager")}}
"""The memberships that a form is for: as what, with which role. Others give nobody any."""
SILENT = frozenset(
    {
        *FORGOT,
        *CHALLENGES,
        "/staff/customise/logo",
        "/staff/landing-page/picture",
        "/notifications",
        "/notifications/{notification}",
        "/account/security/app",
        "/account/security/email/cancel",
        "/account/security/sms/cancel",
        f"{ALERTED}/cancel",
        *SENDS_CODES,
        *OF_PROGRAMS,
        "/transactions/documents",
    }
)
"""Those that leave no audit row: a file to download has told nobody else, the link of a reset is made where it is sent,
a challenge, a code that is sent, a draft and an app that is being set up have changed nothing yet, what somebody has
read is their own business, and a form is no body of the API."""


def another_session(scenario: Scenario, caller: str) -> str:
    """The id of a second browser of this caller."""
    member = scenario.callers()[caller].member
    assert member
    return secret_hash(scenario.log_in(member))


def ceremonies(scenario: Scenario) -> Ceremonies:
    """Of the visitor in front of a form."""
    return Ceremonies(scenario.now, scenario.ids, browser="d" * 43)


def a_signed_login(scenario: Scenario) -> str:
    """What the browser of somebody sends who has a passkey."""
    at, device = ceremonies(scenario), Authenticator(credential_id=scenario.ids.random_bytes(16))
    member = user_of_account(scenario)
    session = queries.session(IdentityScope(), scenario.log_in(member), scenario.now)
    assert session
    at.passkey(session, device)
    return device.get(at.asked_to_log_in())


def an_offered_language(scenario: Scenario) -> str:
    """One that our dealer lets people choose."""
    ours, now, ids = scenario.cast.ours, scenario.now, scenario.ids
    names = {"languages": ("en-GB",)}
    seen = settings_fingerprint(dealers.dealer(ours.scope, fresh=True), names)
    change_settings(ours.admin.staff_scope, names, seen=seen, now=now, ids=ids)
    return "en-GB"


def a_new_passkey(scenario: Scenario) -> str:
    """What the browser of our admin sends that has just made one, who has no second factor yet."""
    without_app(scenario)
    session = queries.session(IdentityScope(), scenario.sessions["our admin"], scenario.now)
    assert session
    device = Authenticator(credential_id=scenario.ids.random_bytes(16))
    return device.create(ceremonies(scenario).asked_to_create(session))


def user_of_account(scenario: Scenario) -> Member:
    """Somebody who has logged in for the account that forms are about."""
    ours = scenario.cast.ours
    ref, email = only_ours(ours), f"{scenario.ids.dealer_id()}@farm.example"
    membership = Membership(ours.dealer.dealer_id, MembershipKind.CUSTOMER, ref, role=Role.VIEW, active=True)
    member = add_person(scenario.ids, scenario.now, email=email, membership=membership)
    enrolment_repo.add_user(ours.scope, AccountUser(member.person_id, email, scenario.now), ref=ref)
    return member


def without_app(scenario: Scenario) -> str:
    """The password of our admin, who has no authenticator app."""
    take_app(scenario.cast.ours.admin, now=scenario.now, ids=scenario.ids)
    return PASSWORD


def with_app(scenario: Scenario) -> str:
    """The same of our admin, who has one."""
    give_app(scenario.cast.ours.admin, now=scenario.now, ids=scenario.ids)
    return PASSWORD


def customer_without_factor(scenario: Scenario) -> str:
    """The password of our customer, who has nothing but that."""
    take_app(scenario.cast.ours.customer, now=scenario.now, ids=scenario.ids)
    return PASSWORD


def customer_with_email_codes(scenario: Scenario) -> str:
    """The same of our customer, who has codes by email."""
    give_email_codes(scenario.cast.ours.customer, now=scenario.now, ids=scenario.ids)
    return PASSWORD


def customers_session(scenario: Scenario) -> Session:
    """Of the visitor in front of a form for customers."""
    if "our customer" not in scenario.sessions:
        with scenario.visiting(scenario.callers()["our customer"]):
            pass
    found = queries.session(IdentityScope(), scenario.sessions["our customer"], scenario.now)
    assert found
    return found


def asked_for_code(scenario: Scenario, ago: timedelta) -> dict[str, str]:
    """Nothing is filled in: our customer was sent a code, to turn codes on."""
    code_factors.begin_email(
        IdentityScope(),
        session=customers_session(scenario),
        password=customer_without_factor(scenario),
        client=ClientInfo("203.0.113.5", "a test"),
        now=scenario.now + ago,
        ids=scenario.ids,
    )
    return {}


def code_that_turns_on(scenario: Scenario) -> str:
    """What the mail to our customer says."""
    asked_for_code(scenario, timedelta())
    bound = Bound(CodePurpose.TURN_ON, customers_session(scenario).session_id)
    return sent_code(bound, now=scenario.now, ids=scenario.ids)


def asked_for_text(scenario: Scenario, ago: timedelta) -> dict[str, str]:
    """Nothing is filled in: our customer was sent a code to their mobile number, to turn codes on."""
    code_factors.begin_sms(
        IdentityScope(),
        session=customers_session(scenario),
        number=MOBILE,
        password=customer_without_factor(scenario),
        client=ClientInfo("203.0.113.5", "a test"),
        now=scenario.now + ago,
        ids=scenario.ids,
    )
    return {}


def code_that_proves_number(scenario: Scenario) -> str:
    """What the text message to our customer says."""
    asked_for_text(scenario, timedelta())
    bound = Bound(CodePurpose.TURN_ON, customers_session(scenario).session_id)
    return sent_code(bound, now=scenario.now, ids=scenario.ids)


def asked_for_alerts(scenario: Scenario, ago: timedelta) -> dict[str, str]:
    """Nothing is filled in: our customer was sent a code to a number that nobody had sent one to just before."""
    text_numbers.begin(
        IdentityScope(),
        session=customers_session(scenario),
        number=f"+44740012{3000 + next(LATER) % 1000}",
        client=ClientInfo("203.0.113.5", "a test"),
        now=scenario.now + ago,
        ids=scenario.ids,
    )
    return {}


def with_number_of_codes(scenario: Scenario) -> dict[str, str]:
    """Nothing is filled in: our customer has codes by text message."""
    give_sms_codes(scenario.cast.ours.customer, MOBILE, now=scenario.now, ids=scenario.ids)
    return {}


def code_for_alerts(scenario: Scenario) -> str:
    """What the text message to our customer says."""
    asked_for_alerts(scenario, timedelta())
    bound = Bound(CodePurpose.NOTIFY, customers_session(scenario).session_id)
    return sent_code(bound, now=scenario.now, ids=scenario.ids)


def customer_with_sms_codes(scenario: Scenario) -> str:
    """The password of our customer, who has codes by text message."""
    give_sms_codes(scenario.cast.ours.customer, MOBILE, now=scenario.now, ids=scenario.ids)
    return PASSWORD


def code_that_confirms(scenario: Scenario, kind: FactorKind = FactorKind.EMAIL) -> str:
    """The same of a code that was sent to our customer for a page that asks for one."""
    session = customers_session(scenario)
    code_factors.send_code(
        IdentityScope(),
        session=session,
        kind=kind,
        client=ClientInfo("203.0.113.5", "a test"),
        now=scenario.now,
        ids=scenario.ids,
    )
    return sent_code(Bound(CodePurpose.CONFIRM, session.session_id), now=scenario.now, ids=scenario.ids)


def with_app_of_colleague(scenario: Scenario) -> dict[str, str]:
    """Nothing is filled in: the user of the address has an app."""
    path = address(scenario, "/staff/users/{user}", scenario.cast.ours)
    give_app(path.rpartition("/")[2], now=scenario.now - timedelta(minutes=1), ids=scenario.ids)
    return {}


def code_being_set_up(scenario: Scenario) -> str:
    """What the app of our admin shows that has just read its secret."""
    without_app(scenario)
    admin = scenario.cast.ours.admin
    expires = scenario.now + timedelta(minutes=30)
    session_id = secret_hash(scenario.sessions["our admin"])
    begun = factor_writes.new_app(admin.person_id, APP_SECRET, session_id=session_id, expires=expires)
    repo.commit(IdentityScope(), [begun])
    return code_at(scenario.now)


def email_waits(scenario: Scenario) -> dict[str, str]:
    """Nothing is filled in: another address of our admin waits to be confirmed."""
    waiting = WaitingEmail(f"{scenario.ids.dealer_id()}@farm.example", scenario.now, scenario.now + timedelta(days=1))
    repo.commit(IdentityScope(), [writes.put_waiting_email(scenario.cast.ours.admin.person_id, waiting)])
    return {}


def a_device_of(scenario: Scenario, member: Member) -> str:
    """The id of a browser that this person trusts."""
    person = repo.person(IdentityScope(), member.person_id)
    assert person
    client = ClientInfo("203.0.113.5", "a test")
    written, (secret, *_) = trusted_browsers.trust(
        IdentityScope(), person, client=client, now=scenario.now, ids=scenario.ids
    )
    repo.commit(IdentityScope(), written)
    return secret_hash(secret)


def a_login_that_waits(scenario: Scenario, device: Authenticator | None = None, *, by_email: bool = False) -> str:
    """The secret of one of our other customer, who has an authenticator app, a passkey on this device, codes by email.

    The last two where they are asked for.
    """
    member = scenario.cast.ours.other_customer
    restore_password(member)
    take_app(member, now=scenario.now, ids=scenario.ids)
    if device:
        session = queries.session(IdentityScope(), scenario.log_in(member), scenario.now)
        assert session
        ceremonies(scenario).passkey(session, device)
    give_app(member, now=scenario.now, ids=scenario.ids)
    if by_email:
        give_email_codes(member, also=frozenset({FactorKind.APP}), now=scenario.now, ids=scenario.ids)
    person = repo.person(IdentityScope(), member.person_id)
    assert person
    with pytest.raises(SecondStepError) as waits:
        operations.proof_of_password(
            IdentityScope(),
            person=person,
            password=PASSWORD,
            client=ClientInfo("203.0.113.5", "a test"),
            now=scenario.now,
            ids=scenario.ids,
        )
    return waits.value.secret


class Words(NamedTuple):
    """As the pages of texts and mails name what they show."""

    texts: str
    mails: str


def words(scenario: Scenario) -> Words:
    """Those of our dealer as of now."""
    dealer = dealers.dealer(scenario.cast.ours.scope, fresh=True)
    return Words(fingerprint(dealer.texts), fingerprint(dealer.mails))


def settings_seen(scenario: Scenario) -> str:
    """As the page of settings names what it shows."""
    return settings_fingerprint(dealers.dealer(scenario.cast.ours.scope, fresh=True), SETTING_LABELS)


def reminders_seen(scenario: Scenario) -> str:
    """As the page of invitations names the days that it shows."""
    return settings_fingerprint(dealers.dealer(scenario.cast.ours.scope, fresh=True), ["invitation_reminders"])


def a_bounced_address(scenario: Scenario, *, of_user: bool = False) -> str:
    """One from which a mail bounced."""
    ours = scenario.cast.ours
    email = f"{scenario.ids.dealer_id()}@farm.example"
    if of_user:
        email = next(
            one.email
            for one in staff_list.members(ours.scope)
            if one.member_id == examples("/staff/users/{user}")["user"](scenario, ours)
        )
    mail = Bounce(email=email, reason="NoEmail", at=scenario.now, kind="tests", mail_id=scenario.ids.ulid(scenario.now))
    bounces.put(ours.scope, mail)
    return email


def profile_seen(scenario: Scenario) -> str:
    """As the page of the profile names what it shows."""
    return version_text(own_profile(scenario.cast.ours.admin.staff_scope).version)


def a_task(scenario: Scenario) -> str:
    """One that nobody has, as a page shows it."""
    return str(opened(scenario.cast.ours.scope, scenario.now, scenario.ids).shown)


def other_channel(scenario: Scenario) -> str:
    """One that our customer has not allowed."""
    ours = scenario.cast.ours
    allowed = [one.channel for one in consents.choices(ours.scope, "1200") if one.granted]
    return Channel.POST if Channel.SMS in allowed else Channel.SMS


def a_change(scenario: Scenario, ref: str = "1200") -> str:
    """One that a customer of ours waits for."""
    ours = scenario.cast.ours
    return asked_for(ours, ref, scenario.now, scenario.ids)


def a_dispute(scenario: Scenario) -> Dispute:
    """One that a customer of ours has raised."""
    ours = scenario.cast.ours
    return disputed(ours, only_ours(ours), scenario.now, scenario.ids)


def task_of_dispute(scenario: Scenario) -> dict[str, str]:
    """It goes to our admin, or from them to nobody."""
    task = tasks_now.open_task(scenario.cast.ours.scope, DISPUTE, a_dispute(scenario).dispute_id)
    assert task
    return {"task": str(task.shown), "to": "nobody" if task.assigned_to else "me"}


def a_request(scenario: Scenario) -> str:
    """A document that a customer of ours is asked for."""
    ours = scenario.cast.ours
    return asked_alone(ours, only_ours(ours), scenario.now, scenario.ids).request_id


def an_item(scenario: Scenario) -> str:
    """One that waits, at a dealer whose staff take them."""
    take_by(scenario, Taker.PAGE)
    return written(scenario.cast.ours.scope, scenario.now, scenario.ids).item_id


def other_taker(scenario: Scenario) -> str:
    """Who does not take the items now."""
    return next(taker for taker in Taker if taker is not feed.taker(scenario.cast.ours.scope))


def take_by(scenario: Scenario, taker: Taker) -> None:
    """From here on, staff or a program take our items."""
    choose_taker(scenario.cast.ours.admin.staff_scope, taker=taker, now=scenario.now, ids=scenario.ids)


def look(scenario: Scenario) -> str:
    """The name of what customers see now."""
    return fingerprint(live_brand(scenario.cast.ours.admin.staff_scope))


def an_uploaded_logo(scenario: Scenario) -> str:
    """A picture that our admin has sent to the storage."""
    admin, upload_id = scenario.cast.ours.admin, scenario.ids.ulid(scenario.now)
    bucket, name = settings.load().files_bucket, f"logos/{admin.person_id}/{upload_id}"
    blobs.put(admin.staff_scope, bucket, name, a_png(), "application/octet-stream")
    return upload_id


def landing_seen(scenario: Scenario) -> str:
    """The name of the landing page that everybody sees now."""
    return landing_fingerprint(landing.published(scenario.cast.ours.admin.staff_scope))


def a_landing_picture(scenario: Scenario) -> str:
    """The same for a place of the landing page."""
    return sent(scenario.cast.ours.admin.staff_scope, a_picture(), scenario.now, scenario.ids)


def an_uploaded_photo(scenario: Scenario) -> str:
    """One that our admin has sent to the storage."""
    admin, upload_id = scenario.cast.ours.admin, scenario.ids.ulid(scenario.now)
    bucket, name = settings.load().files_bucket, f"photos/{admin.person_id}/{upload_id}"
    blobs.put(admin.staff_scope, bucket, name, a_png(size=(200 + next(LATER), 90)), "application/octet-stream")
    return upload_id


def another_owner(scenario: Scenario) -> str:
    """The era that begins if the account, of which an export has another name and email, is somebody else's."""
    return scenario.exports[scenario.cast.ours.dealer.dealer_id].rename(only_ours(scenario.cast.ours))


def prepare(scenario: Scenario, resource: str) -> None:
    """What has to be there before a form can do anything: an invitation to send again, who may give a role."""
    ours = scenario.cast.ours
    scope, ref = ours.user.staff_scope, only_ours(ours)
    found = staff_account(scope, ref)
    if found.owner_in_doubt:  # since other forms undid and published exports
        eras.confirm_same_customer(scope, ref=ref, era=found.row.entry.next_era, now=scenario.now, ids=scenario.ids)
    if resource.endswith(("/role", "/second-factor")):  # which an admin gives who is on the list
        admin = ours.admin
        join_staff(
            ours.import_scope,
            person_id=admin.person_id,
            email=admin.email,
            role=admin.membership.role,
            now=scenario.now,
            ids=scenario.ids,
        )
    if resource.startswith(OF_CUSTOMERS):  # each of these forms has one sent to the same customer
        sent_before = rate_limits.Attempt(rate_limits.CODES_SENT, ours.customer.person_id)
        repo.clear_count(IdentityScope(), sent_before.key, sent_before.window(scenario.now))
    if resource.startswith(("/account/security/sms", ALERTED)):
        new_numbers = rate_limits.Attempt(rate_limits.TEXTS_NEW_NUMBERS, ours.customer.person_id)
        repo.clear_count(IdentityScope(), new_numbers.key, new_numbers.window(scenario.now))
        wanted = {"sms_notifications" if resource.startswith(ALERTED) else "sms_codes": True}
        seen = settings_fingerprint(dealers.dealer(ours.scope, fresh=True), wanted)
        change_settings(ours.admin.staff_scope, wanted, seen=seen, now=scenario.now, ids=scenario.ids)
    with_thread(scenario, resource)
    if resource == "/staff/invitations":
        end_campaign(ours, scenario.now, scenario.ids)
    if "{campaign}" in resource:
        open_campaign(ours, scenario.now, scenario.ids, is_paused=resource.endswith("/resume"))
    if resource == "/profile/photo/remove":
        sent = an_uploaded_photo(scenario)
        take_photo(ours.admin.staff_scope, upload_id=sent, crop=Crop(), now=scenario.now, ids=scenario.ids)
    if resource.endswith("/see-as/stop"):
        begin_impersonation(
            ours.admin.staff_scope,
            ref=ref,
            reason="asked on the phone",
            session_id="",
            now=scenario.now,
            ids=scenario.ids,
        )
    known = enrolments.enrolments(scope).get(ref)
    if (
        resource.endswith(("/resend", "/cancel"))
        and "{account}" in resource
        and (known is None or known.state not in OPEN)
    ):
        enrolment.invite_customers(
            scope, dealer=ours.dealer, refs=[ref], invited_by=ours.user.email, now=scenario.now, ids=scenario.ids
        )


def with_thread(scenario: Scenario, resource: str) -> None:
    """A thread that the form can do something with."""
    ours = scenario.cast.ours
    if "{thread}" in resource:
        whose = only_ours(ours) if resource.startswith("/staff") else "1200"
        a_thread(scenario, ours, whose, closed=resource.endswith("/reopen"))


def extra(scenario: Scenario) -> dict[str, str]:
    """What nobody asked for: a role, another tenant, money, and the fields of our own records."""
    rival = scenario.cast.rival
    marked = (
        "paid", "balance", "total", "outstanding", "credit_limit", "amount", "account_ref", "account_name", "state",
        "version", "generation", "run", "number", "created_at", "expires_at", "password_hash", "pk", "sk", "ttl", "id",
        "invitation_id", "csrf_token", "scope", "key_id", "prefix", "secret", "sequence", "decided_by",
    )  # fmt: skip
    return dict.fromkeys(marked, MARK) | {
        "role": "admin",
        "kind": "staff",
        "is_admin": "true",
        "active": "true",
        "dealer_id": rival.dealer.dealer_id,
        "dealer": rival.dealer.slug,
        "person_id": rival.admin.person_id,
    }


def items(world: World) -> dict[tuple[str, str], dict[str, Any]]:
    """The whole table."""
    found = world.root("dynamodb").scan(TableName=world.settings.table_name)
    assert "LastEvaluatedKey" not in found
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in found["Items"]}


def rights(table: dict[tuple[str, str], dict[str, Any]]) -> dict[tuple[str, str], tuple[str, str, str]]:
    """By membership: of which dealer, as what, with which role."""
    names = ("dealer_id", "kind", "role")
    return {
        key: (item[names[0]]["S"], item[names[1]]["S"], item[names[2]]["S"])
        for key, item in table.items()
        if key[1].startswith("M#")
    }


def link(scenario: Scenario, resource: str) -> str:
    """A link that works, for the four forms behind one."""
    dealership = scenario.cast.ours
    if resource == "/i/{token}":
        offered = Membership(
            dealership.dealer.dealer_id, MembershipKind.CUSTOMER, "1777", "Postgate Farm", role=Role.ADMIN
        )
        return invitations.create_invitation(
            IdentityScope(),
            email=f"{scenario.ids.dealer_id()}@farm.example",
            membership=offered,
            invitation_id=scenario.ids.ulid(scenario.now),
            now=scenario.now,
            ids=scenario.ids,
        ).secret
    if resource == "/unsubscribe/{token}":
        reader = user_of_account(scenario).person_id
        scope, now, ids = dealership.scope, scenario.now, scenario.ids
        return unsubscribing.new_secret(scope, MESSAGE_ANSWERED, person_id=reader, now=now, ids=ids)
    if resource == "/f/{token}":
        return forwarded(dealership, transaction(dealership), scenario.now, scenario.ids)[1]
    if resource == "/email/{token}":
        mover = user_of_account(scenario)
        made_for = email_changes.create_email_change_link(
            IdentityScope(),
            person_id=mover.person_id,
            before=mover.email,
            email=f"{scenario.ids.dealer_id()}@farm.example",
            request_id=scenario.ids.ulid(scenario.now),
            now=scenario.now,
            ids=scenario.ids,
        )
        assert made_for
        assert made_for.link
        return made_for.link.secret
    made = recovery.create_reset_link(
        IdentityScope(),
        email=dealership.other_customer.email,
        request_id=scenario.ids.ulid(scenario.now + timedelta(seconds=next(LATER))),
        now=scenario.now,
        ids=scenario.ids,
    )
    assert made
    return made.link.secret


Send = Callable[[], int]


def restore_password(member: Member) -> None:
    """The form of another may have changed it."""
    person = repo.person(IdentityScope(), member.person_id)
    assert person
    if person.password_hash != password_hash():
        repo.commit(IdentityScope(), [writes.set_password(person, password_hash())])


@contextmanager
def ready(scenario: Scenario, resource: str) -> Iterator[Send]:
    """Somebody in front of the form; `send()` fills it in well, with everything else beside it."""
    audience = access_of(app, resource, "POST").audience
    caller = {Audience.VISITOR: "anonymous", Audience.API_KEY: "our upload client"}.get(audience, "our admin")
    for_customers = audience is Audience.CUSTOMER or resource.startswith(OF_CUSTOMERS)
    caller = "our customer" if for_customers else caller
    path = address(scenario, resource, scenario.cast.ours)
    restore_password(scenario.cast.ours.admin)
    if "{token}" in resource:
        path = resource.replace("{token}", link(scenario, resource))
    with scenario.visiting(scenario.callers()[caller], fresh=True) as visitor:
        secret = visitor.cookies.get(cookies.SESSION)
        visitor.cookies[cookies.CSRF] = "d" * 43
        shown: dict[str, Any] = {}
        if resource.startswith("/login/code"):
            device = Authenticator(credential_id=scenario.ids.random_bytes(16))
            by_email = resource == "/login/code/send"
            waiting = a_login_that_waits(scenario, device if "passkey" in resource else None, by_email=by_email)
            visitor.cookies[cookies.PENDING_LOGIN] = waiting
            if resource == "/login/code/passkey":
                shown["credential"] = device.get(ceremonies(scenario).asked_at_second_step(waiting))
        token = csrf_token(secret) if secret else "d" * 43
        fields = {**extra(scenario), **FORMS[resource](scenario), **shown, "csrf": token}
        yield lambda: visitor.call("POST", path, body=urlencode(fields), headers=OWN_PAGE).status


def delivered(scenario: Scenario, world: World) -> None:
    """What identity has left for the dealers' side is carried there."""
    made = Services(settings=world.settings, mail=RecordingSender(), clock=lambda: scenario.now, ids=scenario.ids)
    send_due(IdentityScope(), deps=made.mail_deps, mails=False)


def lasting(key: tuple[str, str]) -> bool:
    """Whether it says something of somebody: no counter, session, link, draft, read mark, download or work to do.

    Nor when a key was used.
    """
    passing = key[0].startswith(("LIMIT#", "S#", "T#", "K#")) or key[1].startswith(
        ("S#", "BELL", "VIEWED#", "DOWNLOADS", "BRAND_DRAFT", "LANDING_DRAFT", "FACTOR#app#NEW")
    )
    return not (passing or "#OUTBOX" in key[0])


def staff_mails_seen(member: Member) -> str:
    """What a form of somebody's that is opened now would say."""
    found = staff_mails.choices(member.staff_scope, member.person_id)
    return "" if found.version is None else str(found.version)


@pytest.mark.parametrize("resource", POSTED)
def test_a_form_does_what_it_is_for_and_no_more_and_leaves_an_audit_row(
    scenario: Scenario, aws: World, resource: str
) -> None:
    prepare(scenario, resource)
    delivered(scenario, aws)  # what waits for either dealer would come in between
    with ready(scenario, resource) as send:
        before = items(aws)
        assert send() == DONE.get(resource, 303)
    delivered(scenario, aws)
    after = items(aws)
    changed = {key: item for key, item in after.items() if item != before.get(key)}
    assert not [key for key, item in changed.items() if MARK in str(item)]
    assert not [key for key in {*changed, *before} - {*after} if of_rival(scenario, key)]
    assert not [key for key in changed if of_rival(scenario, key)]
    mine = {key: right for key, right in rights(after).items() if right != rights(before).get(key)}
    dealer = scenario.cast.ours.dealer.dealer_id
    assert set(mine.values()) <= {(dealer, *right) for right in MEANT.get(resource, ())}
    audits = [key for key in changed if "AUDIT#" in key[0] + key[1]]
    assert bool(audits) == any(map(lasting, changed))
    assert audits or resource in SILENT
    assert all(key not in before for key in audits)  # only ever added


def of_rival(scenario: Scenario, key: tuple[str, str]) -> bool:
    return key[0].startswith(f"D#{scenario.cast.rival.dealer.dealer_id}#")


@pytest.mark.parametrize("more", [{"role": "admin"}, {"dealer_id": "bbbbbbbbbb"}, {"run": 1}, {"balance": 0}])
def test_an_extra_field_of_an_upload_client_is_refused(scenario: Scenario, more: dict[str, Any]) -> None:
    with scenario.visiting(scenario.callers()["our upload client"]) as visitor:
        code = scenario.cast.ours.dealer.code
        body = {"file_name": f"ccx_{code}_20240605T050000Z_00000009.zip", "size": 100}
        headers = {"content-type": "application/json"}
        assert visitor.call("POST", "/api/v1/uploads", body=json.dumps(body), headers=headers).status == 201
        assert visitor.call("POST", "/api/v1/uploads", body=json.dumps(body | more), headers=headers).status == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [("acknowledgements", {"ids": []}), ("rejections", {"id": "x", "reason": "y"})],
)
def test_an_extra_field_about_the_feed_is_refused(scenario: Scenario, path: str, body: dict[str, Any]) -> None:
    take_by(scenario, Taker.PROGRAM)
    with scenario.visiting(scenario.callers()["our upload client"]) as visitor:
        headers = {"content-type": "application/json"}
        sent = [
            visitor.call("POST", f"/api/v1/feed/{path}", body=json.dumps(one), headers=headers).status
            for one in (body, body | {"dealer_id": "bbbbbbbbbb"}, body | {"state": "taken"})
        ]
    assert sent == [200, 422, 422]
