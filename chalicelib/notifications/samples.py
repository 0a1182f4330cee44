"""The mails of a dealer with made-up contents: for the preview on Customise and for a test to oneself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.appearance import MailSettings
from chalicelib.dealers.model import Dealer
from chalicelib.dealers.wording import queries as wording
from chalicelib.dealers.wording.model import texts_of
from chalicelib.kernel import i18n
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import TenantScope
from chalicelib.mail.sender import Mail
from chalicelib.notifications.deps import MailDeps
from chalicelib.rendering.format import formats

Context = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail by what staff call it, and what its template is given; `day` is a date as its reader writes it."""

    label: LazyText
    context: Callable[[str], Context]


def _account(_day: str) -> dict[str, Any]:
    return {"account_number": "1200", "account_name": _("Sample customer")}


def _login(day: str) -> Context:
    return {"when": day, "where": "203.0.113.7"}


def _rights(_day: str) -> dict[str, Any]:
    return {"level": _("View"), "areas": _("All areas"), "limited_to": ""}


def _wanted(day: str) -> Context:
    words = _("Your cover ends this month.")
    return {**_account(day), "title": _("Proof of insurance"), "words": words, "missing": 1, "wanted": 1, "due": day}


def _new_email(day: str) -> Context:
    return {**_login(day), "email": "new.address@farm.example"}


SAMPLES: Mapping[str, Sample] = {
    "customer_invitation": Sample(
        lazy_gettext("Invitation"),
        lambda day: {**_account(day), "ends": day, "addressee": _("Sample customer")},
    ),
    "invitation_reminder": Sample(
        lazy_gettext("Reminder of an invitation"),
        lambda day: {**_account(day), "ends": day, "invited": day, "addressee": _("Sample customer")},
    ),
    "colleague_invitation": Sample(
        lazy_gettext("Invitation by a colleague"),
        lambda day: {
            **_account(day),
            "ends": day,
            "inviter": "hilda@farm.example",
            "inviter_name": _("Hilda Frost"),
            **_rights(day),
        },
    ),
    "colleague_joined": Sample(
        lazy_gettext("Colleague has joined"),
        lambda day: {**_account(day), "colleague": "ida@farm.example", **_rights(day)},
    ),
    "access_changed": Sample(
        lazy_gettext("Access changed"),
        lambda day: {**_account(day), "by": "hilda@farm.example", "ended": False, **_rights(day)},
    ),
    "password_reset": Sample(lazy_gettext("New password"), _login),
    "password_changed": Sample(
        lazy_gettext("Password changed"), lambda day: {**_login(day), "is_reset": False, "factors": []}
    ),
    "second_factor": Sample(
        lazy_gettext("Second factor"),
        lambda day: {
            **_login(day),
            "heading": _("A recovery code was used"),
            "words": _("It no longer works."),
            "left": 7,
            "who": "",
        },
    ),
    "security_code": Sample(
        lazy_gettext("Code to log in"),
        lambda day: {**_login(day), "code": "314159", "to_log_in": True},
    ),
    "new_device": Sample(lazy_gettext("Login on a new device"), _login),
    "passkey_changed": Sample(
        lazy_gettext("Passkey added or removed"),
        lambda day: {**_login(day), "name": _("Office laptop"), "added": True},
    ),
    "email_change": Sample(lazy_gettext("New email address"), lambda _day: {}),
    "email_change_requested": Sample(lazy_gettext("Email address to change"), _new_email),
    "email_changed": Sample(lazy_gettext("Email address changed"), _new_email),
    "email_taken": Sample(lazy_gettext("Email address known already"), lambda _day: {}),
    "document_requested": Sample(lazy_gettext("Document requested"), _wanted),
    "document_reminder": Sample(lazy_gettext("Reminder of a document"), _wanted),
    "document_asked_again": Sample(
        lazy_gettext("Document requested again"),
        lambda day: {
            **_account(day),
            "name": "insurance.pdf",
            "sent": day,
            "reason": _("The second page is missing."),
            "title": _("Proof of insurance"),
            "due": day,
        },
    ),
    "documents_shared": Sample(
        lazy_gettext("Documents shared"),
        lambda day: {**_account(day), "titles": [_("Handover report"), _("Warranty")]},
    ),
    "new_documents": Sample(
        lazy_gettext("New invoices and credits"),
        lambda day: {
            "accounts": [
                {
                    "title": _("Account %(number)s, %(name)s", number="1200", name=_("Sample customer")),
                    "lines": [
                        _(
                            "Invoice %(reference)s: %(amount)s, due %(day)s",
                            reference="126884",
                            amount="46.15",
                            day=day,
                        )
                    ],
                }
            ],
            "invoices": 1,
            "credits": 0,
        },
    ),
    "statement_ready": Sample(
        lazy_gettext("Statement ready"),
        lambda day: {
            **_account(day),
            "month": day,
            "closing": "113.76",
            "invoices": [("127072", "3.98", day), ("127073", "25.78", day)],
            "more": 0,
        },
    ),
    "payment_reminder": Sample(
        lazy_gettext("Reminder of a payment"),
        lambda day: {
            "accounts": [
                {
                    "title": _("Account %(number)s, %(name)s", number="1200", name=_("Sample customer")),
                    "lines": [
                        _(
                            "Invoice %(reference)s: %(amount)s, was due %(day)s",
                            reference="126884",
                            amount="46.15",
                            day=day,
                        )
                    ],
                }
            ],
            "overdue": 1,
            "soon": 0,
        },
    ),
    "message_answered": Sample(
        lazy_gettext("Question answered"),
        lambda _day: {
            "subject": _("Where is the second hose?"),
            "words": _("It was delivered on Monday, to the back of the workshop."),
        },
    ),
    "reply_not_added": Sample(
        lazy_gettext("Reply not added"),
        lambda _day: {
            "subject": _("Where is the second hose?"),
            "reason": "files",
            "email": "sample.customer@farm.example",
            "names": ["DSC_0031.HEIC"],
            "max_text": 2000,
        },
    ),
    "change_refused": Sample(
        lazy_gettext("Change not made"),
        lambda day: {
            **_account(day),
            "field": _("Mobile"),
            "value": "07700 900 123",
            "reason": _("The number has a digit too few."),
        },
    ),
    "dispute_news": Sample(
        lazy_gettext("Update on a dispute"),
        lambda day: {
            **_account(day),
            "references": "126884",
            "amount": "46.15",
            "state": "resolved_credit",
            "credit": "46.15",
            "answer": _("The second hose was not in the carton. Sorry."),
        },
    ),
    "new_dispute": Sample(
        lazy_gettext("New dispute, to admins"),
        lambda day: {
            **_account(day),
            "again": False,
            "customer": _("Sample customer"),
            "references": "126884",
            "amount": "46.15",
            "reason": _("Goods are missing or wrong"),
            "words": _("One hose came, two are on the invoice."),
        },
    ),
    "staff_news": Sample(
        lazy_gettext("What is new, to staff"),
        lambda _day: {
            "lines": [
                {"what": _("New question"), "about": _("Sample customer")},
                {"what": _("Document received"), "about": _("Sample customer")},
            ],
            "more": 0,
            "quotes": [],
        },
    ),
    "document_forwarded": Sample(
        lazy_gettext("Document forwarded"),
        lambda day: {
            **_account(day),
            "document": {"kind": "invoice", "reference": "127070"},
            "sender_name": _("Sample customer"),
            "sender_email": "customer@farm.example",
            "words": _("Please enter this one for May."),
            "until": day,
        },
    ),
    "download_ready": Sample(
        lazy_gettext("Documents ready to download"),
        lambda day: {**_account(day), "documents": 500, "count": "500", "until": day},
    ),
    "staff_invitation": Sample(lazy_gettext("Invitation of a colleague"), lambda day: {"ends": day}),
    "user_deleted": Sample(
        lazy_gettext("Colleague deleted"),
        lambda _day: {"by": "maria@dealer.example", "deleted": "josh@dealer.example"},
    ),
    "export_missing": Sample(lazy_gettext("Export missing"), lambda day: {"day": day, "time": "07:00", "as_at": day}),
    "dealer_closing": Sample(
        lazy_gettext("Portal to be closed"), lambda day: {"day": day, "contact": "operator@portal.example"}
    ),
}


def drafted(scope: TenantScope, *, person_id: str, now: datetime) -> Dealer:
    """The dealer with what this admin has chosen for its mails and its texts, and not saved."""
    dealer = dealers.dealer(scope, fresh=True)
    texts = wording.texts_draft(scope, dealer, person_id=person_id, now=now).wording
    mails = wording.mails_draft(scope, dealer, person_id=person_id, now=now).mails
    return replace(dealer, own_texts=texts_of(texts), own_mails=mails if mails != MailSettings() else None)


def sample_mail(deps: MailDeps, dealer: Dealer, name: str, *, to: str) -> Mail:
    """One of SAMPLES as the dealer's customers get it. Its link leads to the dealer's own address."""
    day = formats(dealer.locale, dealer.time_zone).date(deps.clock())
    with i18n.activated(dealer.locale):
        context = SAMPLES[name].context(day)
    return deps.mail(name, dealer, to=to, link=deps.link(f"/d/{dealer.slug}"), **context)
