"""An id in a body or a query reaches only what is the caller's: anything else reads as if it were not there (threat 1).

A name that a page reads, and that neither CASES nor HARMLESS has, fails here.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import pytest

import chalicelib
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import secret_hash
from chalicelib.kernel.keys import from_link_part, link_part
from chalicelib.web.presenters.transactions import row_value
from tests.customers.change_requests.made import asked_for
from tests.disputes.made import undisputed_row
from tests.feed.made import written
from tests.fixtures.worlds import World
from tests.messages.recipients.made import group
from tests.messages.recipients.made import seen as recipients_seen
from tests.sweeps.canary_exports import SUB, canary, only_ours, transaction
from tests.sweeps.contents import object_of, parts
from tests.sweeps.scenario import Caller, Scenario, address, post
from tests.sweeps.test_extra_fields import (
    NEW_PASSWORD,
    a_device_of,
    an_item,
    another_session,
    delivered,
    items,
    link,
    rights,
)
from tests.tasks.made import opened
from tests.uploads.document_requests.made import asked_alone, sent
from tests.uploads.shared import SharedSending
from tests.web.client import Page

pytestmark = pytest.mark.usefixtures("no_limit_reached")

Ids = Callable[[Scenario], list[str]]
NOBODYS = {
    "membership": "A#0000000000#9",
    "session": secret_hash("nobody"),
    "device": secret_hash("nobody"),
    "only": link_part("9999"),
    "ref": link_part("9999"),
}
"""Well-formed, and nowhere there; for other names `NOT_THERE`."""
NOT_THERE = "01HZKT0000000000000000000Z"
NOBODYS_TASK = f"not_taken.{NOT_THERE}.1"


@dataclass(frozen=True, slots=True)
class Case:
    """`caller` sends an id as `field`: `own` has an effect or an answer of its own; those of `foreign` have none.

    `fields` are sent beside it. `nobodys` is a well-formed one that is nowhere, where it is not that of the name.
    """

    resource: str
    field: str
    caller: str
    own: Callable[[Scenario], str]
    foreign: Ids
    method: str = "GET"
    query: str = ""
    fields: Callable[[Scenario], dict[str, str]] = lambda _: {}
    nobodys: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.resource} {self.field}"


def upload_of(scenario: Scenario, dealer: str) -> str:
    return scenario.exports[dealer].upload_id


def a_device(scenario: Scenario) -> str:
    """A browser that our customer trusts."""
    return a_device_of(scenario, scenario.cast.ours.customer)


def devices_of_others(scenario: Scenario) -> list[str]:
    """The same of a colleague and of the rival's customer."""
    return [a_device_of(scenario, one) for one in (scenario.cast.ours.other_customer, scenario.cast.rival.customer)]


def sessions_of_others(scenario: Scenario) -> list[str]:
    return [another_session(scenario, name) for name in ("our other customer", "our admin", "our customer")]


def memberships_of_others(scenario: Scenario) -> list[str]:
    ours, rival = scenario.cast.ours, scenario.cast.rival
    others = (ours.other_customer, ours.user, ours.admin, rival.customer, rival.admin)
    return [member.membership.key for member in others]


def rows_of_others(scenario: Scenario) -> list[str]:
    found = []
    for name in ("our other customer", "the rival's customer"):
        with scenario.visiting(scenario.callers()[name]) as visitor:
            page = visitor.get("/transactions?status=all")
        rows = [text.partition('"')[0] for text in page.html.split('name="row" value="')[1:]]
        assert rows, name
        found += [rows[0], rows[-1]]
    return found


def accounts_of_others(scenario: Scenario) -> list[str]:
    """Of the dealer's that the caller is not the master of, and the rival's."""
    return ["1201", *map(only_ours, (scenario.cast.ours, scenario.cast.rival))]


def row_of_ours(scenario: Scenario) -> str:
    with scenario.visiting(scenario.callers()["our customer"]) as visitor:
        page = visitor.get(f"/transactions?status=all&q={transaction(scenario.cast.ours)}")
    return page.html.split('name="row" value="')[1].partition('"')[0]


def disputable_row(scenario: Scenario) -> str:
    return row_value(undisputed_row(scenario.cast.ours, "1200", scenario.now, scenario.ids))


def our_upload(scenario: Scenario) -> str:
    return upload_of(scenario, scenario.cast.ours.dealer.dealer_id)


def rivals_upload(scenario: Scenario) -> list[str]:
    return [upload_of(scenario, scenario.cast.rival.dealer.dealer_id)]


def our_account(scenario: Scenario) -> str:
    return link_part(only_ours(scenario.cast.ours))


def rivals_account(scenario: Scenario) -> list[str]:
    return [link_part(only_ours(scenario.cast.rival))]


def our_task(scenario: Scenario) -> str:
    return str(opened(scenario.cast.ours.scope, scenario.now, scenario.ids).shown)


def rivals_task(scenario: Scenario) -> list[str]:
    return [str(opened(scenario.cast.rival.scope, scenario.now, scenario.ids).shown)]


def our_item(scenario: Scenario) -> str:
    return an_item(scenario)


def rivals_item(scenario: Scenario) -> list[str]:
    return [written(scenario.cast.rival.scope, scenario.now, scenario.ids, name="").item_id]


def our_change(scenario: Scenario) -> str:
    return asked_for(scenario.cast.ours, "1201", scenario.now, scenario.ids)


def changes_of_others(scenario: Scenario) -> list[str]:
    """Of another account of the dealer's, and of the rival's account with the same number."""
    ours, rival = scenario.cast.ours, scenario.cast.rival
    return [asked_for(ours, "1200", scenario.now, scenario.ids), asked_for(rival, "1201", scenario.now, scenario.ids)]


def requests_of_others(scenario: Scenario, *, mine: str = "1200", theirs: str = "1201") -> list[str]:
    """Of another account of the dealer's, and of the rival's account with the same number."""
    ours, rival = scenario.cast.ours, scenario.cast.rival
    made = [asked_alone(each, ref, scenario.now, scenario.ids) for each, ref in ((ours, mine), (rival, theirs))]
    return [one.request_id for one in made]


def request_with_a_file(scenario: Scenario) -> str:
    """Of account 1200."""
    request = asked_alone(scenario.cast.ours, "1200", scenario.now, scenario.ids)
    sent(scenario.cast.ours, scenario.now, scenario.ids, request)
    return request.request_id


def our_file(scenario: Scenario) -> str:
    return scenario.files[scenario.cast.ours.dealer.dealer_id]


def rivals_file(scenario: Scenario) -> list[str]:
    return [scenario.files[scenario.cast.rival.dealer.dealer_id]]


def our_document(scenario: Scenario) -> str:
    return scenario.documents[scenario.cast.ours.dealer.dealer_id]


def documents_of_others(scenario: Scenario) -> list[str]:
    """Of another account of the dealer's, of the rival's, and one that is hidden."""
    ours, now, ids = scenario.cast.ours, scenario.now, scenario.ids
    others = SharedSending(ours, now, ids, account_ref="1201", visible=True), SharedSending(ours, now, ids)
    return [scenario.documents[scenario.cast.rival.dealer.dealer_id], *(each.accepted().file_id for each in others)]


ACCOUNT = "/staff/accounts/{account}"
TO_DO = "/staff/to-do"
CASES = (
    Case(
        "/accounts",
        "membership",
        "our customer",
        lambda s: s.cast.ours.customer.membership.key,
        memberships_of_others,
        "POST",
    ),
    Case(
        "/account/sessions",
        "session",
        "the rival's customer",  # of whom the others here open few: each has twenty at most
        lambda s: another_session(s, "the rival's customer"),
        sessions_of_others,
        "POST",
    ),
    Case("/account/security/devices", "device", "our customer", a_device, devices_of_others, "POST"),
    Case("/staff/accounts/invite", "only", "our staff", our_account, rivals_account, "POST"),
    Case("/staff/accounts/invite", "ref", "our staff", our_account, rivals_account, "POST"),
    Case(
        f"{TO_DO}/assign",
        "task",
        "our staff",
        our_task,
        rivals_task,
        "POST",
        fields=lambda _: {"to": "me"},
        nobodys=NOBODYS_TASK,
    ),
    Case(
        f"{TO_DO}/assign",
        "to",
        "our staff",
        lambda _: "me",
        lambda s: [s.cast.rival.user.person_id, s.cast.ours.customer.person_id],
        "POST",
        fields=lambda s: {"task": our_task(s)},
    ),
    Case(
        "/staff/messages/{account}/{thread}/assign",
        "to",
        "our staff",
        lambda _: "me",
        lambda s: [s.cast.rival.user.person_id, s.cast.ours.customer.person_id],
        "POST",
    ),
    Case(
        "/staff/messages/{account}/{thread}/hand-over",
        "recipient",
        "our staff",
        lambda s: f"group:{group(s.cast.ours, s.now, s.ids)}",
        lambda s: [
            f"group:{group(s.cast.rival, s.now, s.ids)}",
            *(f"person:{one.person_id}" for one in (s.cast.rival.user, s.cast.ours.customer)),
        ],
        "POST",
        nobodys=f"group:{NOT_THERE}",
    ),
    Case(
        "/staff/settings/messages",
        "default",
        "our admin",
        lambda s: group(s.cast.ours, s.now, s.ids),
        lambda s: [group(s.cast.rival, s.now, s.ids)],
        "POST",
        fields=lambda s: {"seen": recipients_seen(s.cast.ours)},
    ),
    Case(f"{TO_DO}/take", "only", "our staff", our_task, rivals_task, "POST", nobodys=NOBODYS_TASK),
    Case(f"{TO_DO}/done", "only", "our staff", our_task, rivals_task, "POST", nobodys=NOBODYS_TASK),
    Case("/details/withdraw", "change", "our other customer", our_change, changes_of_others, "POST"),
    Case(
        f"{ACCOUNT}/changes",
        "change",
        "our staff",
        lambda s: asked_for(s.cast.ours, only_ours(s.cast.ours), s.now, s.ids),
        changes_of_others,
        "POST",
        fields=lambda _: {"decision": "passed_on"},
    ),
    Case(
        "/documents",
        "purpose",
        "our other customer",
        lambda s: asked_alone(s.cast.ours, "1201", s.now, s.ids).request_id,
        requests_of_others,
        "POST",
        nobodys=NOT_THERE,
    ),
    Case(
        "/staff/document-requests/new", "account", "our staff", our_account, rivals_account, nobodys=link_part("9999")
    ),
    Case(
        "/staff/document-requests/new",
        "account",
        "our staff",
        our_account,
        rivals_account,
        "POST",
        fields=lambda _: {"title": ""},
        nobodys=link_part("9999"),
    ),
    Case(
        "/staff/document-requests/cancel",
        "request",
        "our staff",
        lambda s: asked_alone(s.cast.ours, only_ours(s.cast.ours), s.now, s.ids).request_id,
        requests_of_others,
        "POST",
        fields=lambda s: {"account": our_account(s)},
    ),
    Case(
        "/staff/document-requests/cancel",
        "account",
        "our staff",
        our_account,
        rivals_account,
        "POST",
        fields=lambda s: {"request": asked_alone(s.cast.ours, only_ours(s.cast.ours), s.now, s.ids).request_id},
        nobodys=link_part("9999"),
    ),
    Case("/staff/documents.zip", "file", "our staff", our_file, rivals_file),
    Case("/shared-documents.zip", "document", "our customer", our_document, documents_of_others),
    Case(
        "/staff/document-requests.zip",
        "request",
        "our admin",
        request_with_a_file,
        lambda s: requests_of_others(s, mine="1201", theirs="1200"),
        query=f"account={link_part('1200')}&",
    ),
    Case("/staff/feed", "item", "our staff", our_item, rivals_item),
    Case("/staff/feed/taken", "item", "our staff", our_item, rivals_item, "POST"),
    Case("/staff/imports", "upload", "our staff", our_upload, rivals_upload),
    Case("/api/v1/imports", "upload", "our upload client", our_upload, rivals_upload),
    Case("/disputes/new", "row", "our customer", disputable_row, rows_of_others),
    Case("/transactions/documents", "row", "our customer", disputable_row, rows_of_others),
    Case(
        "/disputes/new",
        "row",
        "our customer",
        disputable_row,
        rows_of_others,
        "POST",
        fields=lambda _: {"reason": "price", "part": "whole", "message": "Too much"},
    ),
    Case("/account-group", "account", "our customer", lambda _: SUB, accounts_of_others),
    Case("/account-group.csv", "account", "our customer", lambda _: SUB, accounts_of_others),
    Case("/account-group.xlsx", "account", "our customer", lambda _: SUB, accounts_of_others),
    Case("/statements", "account", "our customer", lambda _: SUB, accounts_of_others),
    Case("/statements.csv", "account", "our customer", lambda _: SUB, accounts_of_others),
    Case("/statements/send-on", "account", "our customer", lambda _: SUB, accounts_of_others),
    Case("/disputes", "account", "our customer", lambda _: SUB, accounts_of_others),
    Case("/disputes/new", "account", "our customer", lambda _: SUB, accounts_of_others),
    Case("/documents", "account", "our customer", lambda _: SUB, accounts_of_others),
    Case("/messages", "account", "our customer", lambda _: SUB, accounts_of_others),
    Case("/proof", "row", "our customer", row_of_ours, rows_of_others),
    Case("/transactions.csv", "row", "our customer", row_of_ours, rows_of_others, query="status=all&"),
    Case("/transactions.xlsx", "row", "our customer", row_of_ours, rows_of_others, query="status=all&"),
)
HARMLESS = {
    "a filter, an order or a place in the caller's own list": {
        "type", "status", "age", "q", "sort", "order", "page", "field", "depot", "after", "below", "run", "on",
        "select", "before", "from", "state", "about", "list", "all", "kind", "due", "month", "limit", "account",
        "number", "person", "up_to", "order_no", "advice_no", "machine", "period", "style", "asked", "volume", "figure",
        "viewed",
    },
    "what is compared with the account's own": {"owner", "owners", "era"},
    "a run of the caller's own dealer, which must have been published": {"at"},
    "where to go on to, and what to say there": {"next", "back", "done"},
    "what only the caller can know, or makes up": {
        "email", "to", "password", "current_password", "credential", "csrf", "name", "remember", "code",
        "accept",
    },
    "what somebody who logs in chooses, or has sent to them": {"remember_browser", "with", "send_code", "other"},
    "what a colleague may do, and that their address is the right one": {"role", "confirmed", "level", "accounts"},
    "settings of the caller's own dealer, and the look that they choose for it": {
        "ageing_basis", "ageing_method", "closing", "current_label", "customers_second_factor", "do",
        "document_version", "footer", "from", "help_text", "idle_minutes", "introduction", "invitation", "live",
        "logo", "mail", "opening_hours", "phone", "phone_note", "placeholder", "privacy", "reply_to", "sales_email",
        "sample", "seen", "sender", "shows_name", "slot", "sms_codes", "sms_notifications", "staff_second_factor",
        "support_email", "tagline", "terms", "theme", "was", "was-theme", "languages", "language", "locale",
        "statement_style", "statement_day",
        "vat_number", "seller_endpoint_scheme", "seller_endpoint",
        "remind_before", "remind_after", "export_days", "export_by",
    },
    "how much of a row is disputed, and why; what is done with a dispute that the path names, as of which version": {
        "part", "line", "message", "text", "credit", "version",
    },
    "the form of an answer": {"save", "v"},
    "what a sender or a reader says of a file": {"purpose", "note", "review", "comment", "sent", "title", "visible"},
    "of a bundle that is not there yet": {"file_name", "size"},
    "what is written in a message, and whether files of it follow": {"subject", "text", "files"},
    "a group to whom customers write; who is not of the staff is left out": {"offered", "place", "member", "person"},
    "a detail of the caller's own account, and what is wanted of it": {"value", "note", "decision"},
    "how often a page that waits has looked": {"looks"},
    "how a campaign and reminders of the caller's own dealer go": {
        "per_day",
        "first_day",
        "weekdays",
        "first",
        "second",
    },
    "whether staff or a program take the caller's own items": {"taker"},
    "items of the feed, which histories of it try, and words about one": {"ids", "id", "reason"},
}  # fmt: skip
"""Names that lead to nothing that somebody else could own, with the reason."""
FORM_ID = re.compile(rb'name="form_id" value="[^"]*"')
WRITTEN = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
"""When a workbook was made, by the real clock."""
INPUTS = frozenset({"query", "form", "query_all", "form_all", "values", "body"})


def answer(
    world: World, scenario: Scenario, case: Case, value: str, fields: Mapping[str, str] = MappingProxyType({})
) -> bytes:
    """What the caller sees in the end, without the value itself."""
    path = address(scenario, case.resource, scenario.cast.ours)
    with scenario.visiting(scenario.callers()[case.caller], fresh=True) as visitor:
        if case.method == "POST":
            page = post(visitor, path, {**fields, case.field: value})
        else:
            page = visitor.get(f"{path}?{case.query}{urlencode({case.field: value})}")
        found = object_of(world, page)
        first = page.status
        if found is None and page.status == 303:
            page = visitor.follow()
    return _plain(first, page, found[1] if found else None, value)


def _plain(status: int, page: Page, content: bytes | None, value: str) -> bytes:
    seen = (
        FORM_ID.sub(b"", page.html_without_tokens.encode())
        if content is None
        else WRITTEN.sub(b"", b"\n".join(parts(content)))
    )
    for text in (value, _number(value)):
        seen = seen.replace(text.encode(), b"")
    return f"{status} ".encode() + seen


def _number(value: str) -> str:
    """An account's number as a text shows it; of anything else the value."""
    try:
        return from_link_part(value)
    except NotFoundError:
        return value


OF_SESSIONS = re.compile("S#|AUDIT#")
Table = dict[tuple[str, str], dict[str, Any]]


def stored(world: World) -> Table:
    """The table without counters."""
    return {key: item for key, item in items(world).items() if not key[0].startswith("LIMIT#")}


def effects(before: Table, after: Table, caller: Caller) -> list[tuple[str, str]]:
    """What has changed, but for the caller's own sessions: each call begins one, and may end the oldest."""
    own = f"P#{caller.member.person_id}" if caller.member else ""
    sessions = {sk for pk, sk in (*before, *after) if pk == own and sk.startswith("S#")}
    ids = sorted({*before, *after})
    changed = [key for key in ids if before.get(key) != after.get(key)]
    return [key for key in changed if key[0] not in sessions and not (key[0] == own and OF_SESSIONS.match(key[1]))]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_id_of_somebody_else_reads_as_not_there(aws: World, scenario: Scenario, case: Case) -> None:
    foreign, fields = case.foreign(scenario), case.fields(scenario)
    nothing = answer(aws, scenario, case, case.nobodys or NOBODYS.get(case.field, NOT_THERE), fields)
    before = stored(aws)
    for value in foreign:
        assert answer(aws, scenario, case, value, fields) == nothing, value
    assert effects(before, stored(aws), scenario.callers()[case.caller]) == []
    assert answer(aws, scenario, case, case.own(scenario), fields) != nothing


@pytest.mark.parametrize("resource", ["/i/{token}", "/reset/{token}"])
def test_a_live_link_of_another_dealer_gives_nothing_to_who_is_logged_in(
    aws: World, scenario: Scenario, resource: str
) -> None:
    caller = scenario.callers()["the rival's admin"]
    assert caller.member
    path = resource.replace("{token}", link(scenario, resource))
    delivered(scenario, aws)
    with scenario.visiting(caller, fresh=True) as visitor:
        before = stored(aws)
        assert canary(scenario.cast.ours).encode() not in visitor.get(path).everything
        assert post(visitor, path, {"password": NEW_PASSWORD}).status == 303
        assert canary(scenario.cast.ours).encode() not in visitor.get("/staff/accounts").everything
        after = stored(aws)
    scenario.sessions.clear()  # a reset ends those of whom it is for
    rivals = f"P#{caller.member.person_id}"
    mine = f"D#{scenario.cast.rival.dealer.dealer_id}#"
    changed = [key for key in {*before, *after} if before.get(key) != after.get(key)]
    assert [key for key in changed if (key[0] == rivals and not OF_SESSIONS.match(key[1])) or mine in key[0]] == []
    assert rights(after).items() >= {key: right for key, right in rights(before).items() if key[0] == rivals}.items()


def names_read(tree: ast.Module) -> Iterator[str]:
    """The constants by which a module takes something out of a query, a form or a body."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=source, attr="get"), args=[ast.Constant(value=str(name)), *_]):
                found = source, name
            case ast.Subscript(value=source, slice=ast.Constant(value=str(name))):
                found = source, name
            case ast.Compare(left=ast.Constant(value=str(name)), comparators=[source]):
                found = source, name
            case _:
                continue
        if getattr(found[0], "id", getattr(found[0], "attr", None)) in INPUTS:
            yield found[1]


def test_every_name_that_a_page_reads_is_judged() -> None:
    root = Path(chalicelib.__file__).parent
    read = {
        name
        for folder in ("web", "api")
        for path in (root / folder).rglob("*.py")
        for name in names_read(ast.parse(path.read_text()))
    }
    known = {case.field for case in CASES} | set().union(*HARMLESS.values())
    assert {"membership", "session", "upload", "row", "only", "ref"} <= read
    assert read - known == set(), "add a Case if it names something that has an owner, else a name in HARMLESS"
