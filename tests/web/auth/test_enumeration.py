"""Known and unknown get the same bytes after the same calls, on every page and for every kind of caller (threat 5).

How long the answers take is measured in tests/soak/test_timing.py.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from argon2 import PasswordHasher

from app import app
from chalicelib import services
from chalicelib.dealers import queries as dealers
from chalicelib.identity import api_keys, invitations, rate_limits, recovery
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import RecordingSender
from chalicelib.notifications.dispatch import send_due
from chalicelib.services import Services
from chalicelib.store.ttl_cache import TtlCache
from tests.fixtures.cast import Cast
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World
from tests.web import strangers
from tests.web.client import Page, Visitor
from tests.web.strangers import FORMS, Call, Pair, answer_to, pair_of, stranger

SCOPE = IdentityScope()


@pytest.fixture
def pair(cast: Cast) -> Pair:
    return pair_of(cast.rival.customer)


@pytest.fixture
def portal(aws: World, now: datetime, ids: Ids) -> Iterator[Services]:
    made = Services(settings=aws.settings, mail=RecordingSender(), clock=lambda: now, ids=ids)
    with services.use(made):
        yield made


@pytest.fixture(autouse=True)
def what_is_remembered_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, nothing grows too old between the two calls that are compared."""
    for cache in ("_dealers", "_published"):
        monkeypatch.setattr(dealers, cache, TtlCache(5, clock=lambda: 0.0))


def forms(cast: Cast) -> dict[str, Call]:
    at_dealer = f"/d/{cast.ours.dealer.slug}/login"
    return {
        "log in": strangers.log_in(),
        "log in at a dealer's address": strangers.log_in(at_dealer),
        "forgot": strangers.forgot(),
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.usefixtures("portal")
def test_log_in_tells_nobody_who_is_known(cast: Cast, pair: Pair, form: str) -> None:
    for name, call in forms(cast).items():
        answer_to(call, stranger(FORMS[form]), "warm.up@elsewhere.example")
        known, unknown = (answer_to(call, stranger(FORMS[form]), email) for email in (pair.known, pair.unknown))
        assert known == unknown, name
        assert known[0] == (200 if name == "forgot" else 401)
        assert known[4], name


@pytest.mark.parametrize("kind", ["log in", "log in at a dealer's address", "forgot"])
@pytest.mark.usefixtures("portal")
def test_the_limit_speaks_to_both_alike(cast: Cast, pair: Pair, now: datetime, kind: str) -> None:
    call = forms(cast)[kind]
    limits, most = (rate_limits.RESET, 5) if kind == "forgot" else (rate_limits.LOGIN, 10)
    for email, number in product((pair.known, pair.unknown), range(most)):
        rate_limits.consume(SCOPE, rate_limits.stranger_attempts(limits, email, f"192.0.2.{number}"), now=now)
    for form in FORMS.values():
        answer_to(call, stranger(form), "warm.up@elsewhere.example")  # the dealer is remembered for some seconds
        known, unknown = (answer_to(call, stranger(form), email) for email in (pair.known, pair.unknown))
        assert known == unknown
        assert known[0] == 429
        assert dict(known[1])["retry-after"].isdigit()


@pytest.mark.usefixtures("portal")
def test_as_much_is_hashed_for_nobody_as_for_somebody(cast: Cast, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    strangers.log_in()(stranger({}), "warm.up@elsewhere.example")  # makes the hash of nobody, once a process
    spent: list[tuple[str, ...]] = []
    verify = PasswordHasher.verify

    def counted(hasher: PasswordHasher, hashed: str | bytes, password: str | bytes) -> Any:
        spent.append(tuple(str(hashed).split("$")[1:4]))  # kind, version, memory and passes
        return verify(hasher, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for email in (pair.known, pair.unknown, cast.outsider_email, "no email"):
        strangers.log_in()(stranger({}), email)
    assert len(spent) == 4
    assert len(set(spent)) == 1


def test_no_answer_holds_the_link_that_goes_by_mail(pair: Pair, portal: Services) -> None:
    for form in FORMS.values():
        page = strangers.forgot()(stranger(form), pair.known)
        assert b"/reset/" not in page.everything
    send_due(IdentityScope(), deps=portal.mail_deps)
    assert isinstance(portal.mail, RecordingSender)
    assert pair.known in {mail.to for mail in portal.mail.sent if "/reset/" in mail.text}


def test_staff_learn_nothing_by_inviting(
    aws: World, cast: Cast, pair: Pair, portal: Services, now: datetime, ids: Ids
) -> None:
    strangers.furnish(aws, cast.ours, pair, now, ids)
    visitor = strangers.staff_of(cast.ours, now, ids)
    accounts = (pair.account_known, pair.account_unknown)
    for later, call in enumerate((strangers.invite, strangers.resend)):
        with services.use(replace(portal, clock=standing_at(now + timedelta(seconds=later)))):
            answers = []
            for account in accounts:
                visitor.get("/staff/accounts")  # the process holds the same of the list before each
                answers.append(answer_to(call, visitor, account))
        known, unknown = answers
        assert known == unknown
        assert known[0] == 303
        assert known[4]
    visitor.get("/staff/accounts")  # shows the toast of the last form, once
    lists = [visitor.get(f"/staff/accounts?q={account}").html_without_tokens for account in accounts]
    seen = [html.replace("<wbr>", "") for html in lists]
    emails = (pair.known, pair.unknown)
    assert len({_without(html, *accounts, *emails) for html in seen}) == 1
    send_due(cast.ours.import_scope, deps=portal.mail_deps)
    assert isinstance(portal.mail, RecordingSender)
    mails = {mail.to: mail.text for mail in portal.mail.sent}
    bodies = {_without(_unlinked(mails[email]), *accounts, *emails) for email in emails}
    assert len(bodies) == 1


def standing_at(moment: datetime) -> Clock:
    return lambda: moment


def _without(text: str, *words: str) -> str:
    for word in (*words, *map(link_part, words)):
        text = text.replace(word, "...")
    return text


def _unlinked(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "/i/" not in line)


@pytest.mark.usefixtures("portal")
def test_every_link_that_works_no_more_reads_the_same(cast: Cast, now: datetime, ids: Ids) -> None:
    membership = Membership(cast.ours.dealer.dealer_id, MembershipKind.CUSTOMER, "A9", "Postgate Farm", role=Role.ADMIN)

    def invitation(at: datetime) -> str:
        made = invitations.create_invitation(
            SCOPE, email="new@farm.example", membership=membership, invitation_id=ids.ulid(at), now=at, ids=ids
        )
        return made.secret

    def reset(at: datetime) -> str:
        email = cast.ours.customer.email
        made = recovery.create_reset_link(SCOPE, email=email, request_id=ids.ulid(at), now=at, ids=ids)
        assert made
        return made.link.secret

    for place, make in (("/i/", invitation), ("/reset/", reset)):
        expired = make(now - timedelta(days=15))
        replaced = make(now - timedelta(minutes=2))
        live = make(now - timedelta(minutes=1))
        never = ids.secret()
        for method in (_get, _post):
            seen = [answer_to(method, stranger({}), place + secret) for secret in (never, replaced, expired)]
            assert seen[0] == seen[1] == seen[2]
            assert seen[0][0] == 404
        assert _get(stranger({}), place + live).status == 200


def _get(visitor: Visitor, path: str) -> Page:
    return visitor.get(path)


def _post(visitor: Visitor, path: str) -> Page:
    return visitor.post(path, {"csrf": "d" * 43, "password": "quiet orchard ladder"})


@pytest.mark.usefixtures("portal")
def test_a_link_is_tried_within_the_limiter(ids: Ids) -> None:
    visitor = stranger({})
    statuses = [_post(visitor, f"/reset/{ids.secret()}").status for _ in range(101)]
    assert statuses == [404] * 100 + [429]


@pytest.mark.usefixtures("portal")
def test_a_key_that_was_revoked_reads_as_one_that_never_was(cast: Cast, now: datetime, ids: Ids) -> None:
    admin = cast.ours.admin.staff_scope
    listed(cast.ours, cast.ours.admin, now=now)
    secret, key = api_keys.create_api_key(SCOPE, dealer=admin, name="agent", now=now, ids=ids)
    api_keys.revoke_api_key(SCOPE, dealer=admin, key_id=key.key_id, now=now, ids=ids)

    def ask(visitor: Visitor, sent: str) -> Page:
        return visitor.get("/api/v1/imports", headers={"authorization": f"Bearer {sent}"})

    known, unknown = (answer_to(ask, Visitor(app), sent) for sent in (secret, f"ccx_{ids.secret()}"))
    assert known == unknown
    assert known[0] == 401
