"""The same call about somebody whom the portal knows and about somebody it does not, and all that came of each."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app import app
from chalicelib.http import cookies
from chalicelib.identity import operations, repo
from chalicelib.identity.model import ClientInfo
from chalicelib.identity.sessions import csrf_token
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.scopes import IdentityScope
from tests import bundles
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Dealership, Member
from tests.fixtures.worlds import World
from tests.ingest.exports import export
from tests.ingest.pipeline import ImportPipeline
from tests.web.client import OWN_PAGE, Page, Visitor

FORMS = {"page": {}, "script": {"accept": "application/json"}, "part of a page": {"hx-request": "true"}}
"""Who asks: a browser, something that wants JSON, htmx. Their answers differ, but never by whom they ask about."""
WRONG = "not the password"

Call = Callable[[Visitor, str], Page]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two subjects of equal length, and two accounts of our dealer that have them as email."""

    known: str
    unknown: str
    account_known: str = "AK1"
    account_unknown: str = "AU1"


def pair_of(member: Member) -> Pair:
    """A member's email, and one that differs in a letter and belongs to nobody."""
    return Pair(member.email, f"x{member.email[1:]}")


def furnish(world: World, dealership: Dealership, pair: Pair, now: datetime, ids: Ids) -> None:
    """Two accounts come with an export: one has the email of somebody whom another dealer knows."""
    line = ImportPipeline(world, dealership, now, ids)
    refs = {pair.account_known: pair.known, pair.account_unknown: pair.unknown}
    customers = [bundles.customer(ref, name="Postgate Farm", email=email) for ref, email in refs.items()]
    line.take_in(export(line, customers, [bundles.transaction(ref, f"T{ref}", "7.70") for ref in refs]))


def stranger(headers: dict[str, str]) -> Visitor:
    """Somebody at a new address, with the CSRF cookie."""
    visitor = Visitor(app, address=f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::7", headers=headers)
    visitor.cookies[cookies.CSRF] = "d" * 43
    return visitor


def at_the_log_in_page(path: str, **fields: str) -> Call:
    """A form before login, sent for an email."""

    def call(visitor: Visitor, email: str) -> Page:
        return visitor.post(path, {"csrf": visitor.cookies[cookies.CSRF], "email": email, **fields})

    return call


def log_in(path: str = "/login") -> Call:
    """A login with a wrong password."""
    return at_the_log_in_page(path, password=WRONG)


def forgot() -> Call:
    """A request for a reset link."""
    return at_the_log_in_page("/forgot")


def answer_to(
    call: Call, visitor: Visitor, subject: str
) -> tuple[int, list[tuple[str, str]], list[str], str, list[str]]:
    """Status, headers, cookies and body, the subject's own letters taken out, and the calls to AWS in order."""
    with counted_calls("dynamodb", "s3", "sqs", "sts", "ses") as calls:
        page = call(visitor, subject)
    headers = sorted((name, value.replace(subject, "...")) for name, value in page.headers.items())
    said = [line.replace(subject, "...") for line in page.cookies]
    return page.status, headers, said, page.html_without_tokens.replace(subject, "..."), list(calls)


def staff_of(dealership: Dealership, now: datetime, ids: Ids) -> Visitor:
    """A member of the dealer's staff with a browser."""
    person = repo.person(IdentityScope(), dealership.user.person_id)
    assert person
    came = ClientInfo("203.0.113.5", "a test")
    visitor = Visitor(app)
    started = operations.open_session(IdentityScope(), person=person, client=came, now=now, ids=ids)
    visitor.cookies[cookies.SESSION] = started.secret
    return visitor


def invite(visitor: Visitor, account: str) -> Page:
    """Invite one account by its number."""
    token = csrf_token(visitor.cookies[cookies.SESSION])
    return visitor.call(
        "POST", "/staff/accounts/invite", body=f"csrf={token}&only={link_part(account)}", headers=OWN_PAGE
    )


def resend(visitor: Visitor, account: str) -> Page:
    """Invite it once more."""
    token = csrf_token(visitor.cookies[cookies.SESSION])
    path = f"/staff/accounts/{link_part(account)}/resend"
    return visitor.call("POST", path, body=f"csrf={token}", headers=OWN_PAGE)
