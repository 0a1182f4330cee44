import ast
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.dealers.staff import repo as staff_repo
from chalicelib.dealers.staff.model import StaffMember, StaffState
from chalicelib.ingest.model import RunState
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.store import audit
from chalicelib.store.audit import audit_row, put_audit_row
from chalicelib.web.presenters.activity import EVENTS
from chalicelib.web.staff.activity import PAGE
from tests.fixtures.cast import Cast, Dealership
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.web.client import Visitor

HERE = "/staff/activity"
EVENT = re.compile(r"[a-z_]+\.[a-z_]+")
FORMER: set[str] = set()
"""Events of earlier releases, which the trail still has."""


def note(dealership: Dealership, ids: Ids, at: datetime, event: str, subject: str, **detail: Any) -> None:
    actor = dealership.admin.person_id
    scope = dealership.scope
    row = audit_row(scope, ids=ids, now=at, actor=actor, event=event, subject=subject, detail=detail)
    put_audit_row(scope, row)


def test_it_says_who_did_what_to_whom_and_nothing_of_a_rival(
    staff: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    admin = cast.ours.admin
    member = StaffMember(admin.email, "admin", StaffState.ACTIVE, "", now, admin.person_id)
    staff_repo.join(cast.ours.scope, member)
    note(cast.ours, ids, now, "invitation.queued", "1200", email="al@farm.example")
    note(cast.ours, ids, now - timedelta(days=40), "import.undone", "import 12")
    note(cast.ours, ids, now - timedelta(days=400), "import.undone", "import 1")
    note(cast.ours, ids, now, "something.new", "42")
    note(cast.ours, ids, now, "invitation.queued", "1201", email="jo@farm.example", again="yes")
    added = f"~{ids.ulid(now)}"
    note(cast.ours, ids, now, "invitation.cancelled", added)
    gone = audit_row(cast.ours.scope, ids=ids, now=now, actor="0" * 26, event="import.refused", subject="import 3")
    put_audit_row(cast.ours.scope, gone)
    note(cast.rival, ids, now, "invitation.queued", "9000", email="CANARY@x.example")
    page = staff.get(HERE)
    assert page.links["Account 1200, al@farm.example"] == f"/staff/accounts/{link_part('1200')}"
    assert page.links["Upload 12"] == "/staff/imports/12"  # of a run that is not there
    assert "Customer invited" in page.text
    assert "something: new" in page.text
    assert admin.email in page.text
    assert "Invitation sent again" in page.text
    assert "A former colleague" in page.text
    assert "A customer added in the portal" in page.text
    assert added not in page.html
    assert "CANARY" not in page.html
    assert "Upload 1 " not in page.text  # more than a year ago


def test_an_export_goes_by_its_own_number(staff: Visitor, aws: World, cast: Cast, now: datetime, ids: Ids) -> None:
    line = ImportPipeline(aws, cast.ours, now, ids)
    run = line.take_in(export(line, *ledger(2), 412))
    page = staff.get(f"{HERE}?about=import")
    assert page.links["Export 412"] == f"/staff/imports/{run.number}"
    assert "Upload" not in page.links


def test_customers_added_in_the_portal_are_named_with_their_account(
    staff: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    added = f"~{ids.ulid(now)}"
    note(cast.ours, ids, now, "customer.created", added, name="New Farm", email="new@farm.example")
    note(cast.ours, ids, now, "customer.linked", added, account="1200")
    note(cast.ours, ids, now, "customer.unlinked", added, before="1201")
    note(cast.ours, ids, now, "access.ended", "1200", email="al@farm.example")
    page = staff.get(f"{HERE}?about=account")
    assert "New Farm" in page.text
    for ref in ("1200", "1201"):
        link = page.links[f"Account {ref}, A customer added in the portal"]
        assert link == f"/staff/accounts/{link_part(ref)}"
    for what in ("Customer added", "Customer linked to an account", "Customer no longer linked to an account"):
        assert what in page.text
    assert "Access ended" in page.text
    assert added not in page.html


def audited() -> set[str]:
    """Every event that the program puts into the trail: `event=` of a call, of a payload, or an argument beside it."""
    found: set[str] = set()
    for path in Path("chalicelib").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            found.update(one for one in events_of(node) if EVENT.fullmatch(one))
    return found


def events_of(node: ast.AST) -> Iterator[str]:
    named: list[ast.expr] = []
    if isinstance(node, ast.Call):
        named += [keyword.value for keyword in node.keywords if keyword.arg == "event"]
        if re.search(r"audit|_end_run", ast.unparse(node.func)):
            named += node.args
    if isinstance(node, ast.Dict):
        named += [value for key, value in zip(node.keys, node.values, strict=True) if key and is_event(key)]
    if isinstance(node, ast.Assign):
        named += assigned(node)
    for expression in named:
        if isinstance(expression, ast.JoinedStr):  # f"import.{state.value}"
            assert ast.unparse(expression) == "f'import.{state.value}'"
            yield from (f"import.{state}" for state in (RunState.REFUSED, RunState.FAILED))
        elif isinstance(expression, ast.Constant):
            yield str(expression.value)


def assigned(node: ast.Assign) -> list[ast.expr]:
    match node.targets, node.value:
        case [ast.Name("event")], ast.IfExp(_, body, orelse):
            return [body, orelse]
        case [ast.Name("event")], value:
            return [value]
        case [ast.Name("_EVENTS")], ast.Dict(_, values):
            return values
    return []


def is_event(key: ast.expr) -> bool:
    return isinstance(key, ast.Constant) and key.value == "event"


def test_every_event_that_is_written_has_words() -> None:
    written = audited()
    assert {"customer.unlinked", "invitation.accepted", "api_key.created", "import.held", "import.failed"} <= written
    assert written == set(EVENTS) - FORMER


@pytest.mark.parametrize(
    ("about", "found"), [("import", 1), ("invitation", 2), ("api_key", 0), ("nonsense", 3), ("", 3)]
)
def test_it_is_filtered(staff: Visitor, cast: Cast, now: datetime, ids: Ids, about: str, found: int) -> None:
    for event in ("import.undone", "invitation.queued", "invitation.cancelled"):
        note(cast.ours, ids, now, event, "1200")
    page = staff.get(f"{HERE}?about={about}")
    listed = sum(text in page.text for text in ("Export undone", "Customer invited", "Invitation cancelled"))
    assert listed == found


def test_pages_go_on_over_months_without_losing_a_row(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    for n in range(PAGE + 5):
        note(cast.ours, ids, now - timedelta(days=n), "import.undone", f"import {n + 100}")
    page = staff.get(f"{HERE}?about=import")
    assert "Upload 100" in page.text
    older = staff.get(page.links["Older"])
    assert f"Upload {100 + PAGE}" in older.text
    assert f"Upload {100 + PAGE - 1} " not in older.text
    assert "Older" not in older.links
    assert older.links["Newest"] == f"{HERE}?about=import"


@pytest.mark.parametrize("cursor", ["x", "2024-13/" + "0" * 26, "../" + "0" * 26, "2024-06/#"])
def test_a_cursor_that_is_none_begins_at_the_newest(cast: Cast, now: datetime, ids: Ids, cursor: str) -> None:
    note(cast.ours, ids, now, "import.undone", "import 1")
    assert len(audit.entries(cast.ours.scope, now=now, after=cursor, events=("import.",), limit=5)) == 1


@pytest.mark.parametrize(
    ("event", "detail", "about"),
    [
        ("change.asked", {"request": "R", "field": "phone"}, "Account 1200, Phone"),
        ("consent.changed", {"channels": {"email": "yes", "post": "no"}}, "Account 1200, Email, Post"),
        ("consent.ended", {"channel": "sms"}, "Account 1200, Text message (SMS)"),
        ("request.asked", {"title": "Passport"}, "Account 1200, Passport"),
        ("task.assigned", {"kind": "change", "task": "T"}, "Account 1200, Change requested"),
        ("feed.rejected", {"item": "I", "kind": "document", "reason": "No"}, "Account 1200, Document sent"),
    ],
)
def test_it_says_what_of_an_account(
    staff: Visitor, cast: Cast, now: datetime, ids: Ids, event: str, detail: dict[str, Any], about: str
) -> None:
    note(cast.ours, ids, now, event, "1200", **detail)
    assert about in staff.get(HERE).text


def test_of_items_that_were_taken_it_says_how_many(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    note(cast.ours, ids, now, "feed.taken", "", items=["I1", "I2"])
    assert "2 items" in staff.get(HERE).text


def test_one_account_has_its_own_activity(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    for ref, event in (("1200", "invitation.queued"), ("1201", "invitation.queued"), ("1200", "change.asked")):
        note(cast.ours, ids, now, event, ref)
    note(cast.rival, ids, now, "invitation.queued", "1200", email="CANARY@x.example")
    page = staff.get(f"{HERE}?account={link_part('1200')}")
    assert "Activity of account 1200" in page.text
    assert page.text.count("Account 1200") == 2
    assert "1201" not in page.text
    assert "CANARY" not in page.html
    page = staff.get(f"{HERE}?account={link_part('1200')}&about=change")
    assert page.text.count("Account 1200") == 1
    assert staff.get(f"{HERE}?account=nothing").status == 404
