import ast
import csv
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from app import app
from chalicelib import services, settings
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.customers.operations import create_customer
from chalicelib.downloads import model
from chalicelib.http import cookies
from chalicelib.identity import invitations
from chalicelib.identity import repo as identity
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.identity.rate_limits import Attempt
from chalicelib.ingest.model import RunState
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.origin import Origin
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from chalicelib.store import audit
from chalicelib.tasks import repo
from chalicelib.tasks.kinds import CHANGE, HELD_EXPORT
from chalicelib.tasks.operations import assign
from chalicelib.web.presenters.activity import BY_CUSTOMERS, BY_EITHER_SIDE, EVENTS, line
from chalicelib.web.staff import activity
from chalicelib.web.staff.activity import PAGE
from tests.fixtures.cast import Cast, Dealership, LogIn
from tests.fixtures.staff import listed
from tests.fixtures.trail import TrailWriter
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.tasks.made import opened
from tests.web.background import fetched, work
from tests.web.client import Page, Visitor

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0"
HERE = "/staff/activity"
EVENT = re.compile(r"[a-z_]+\.[a-z_]+")
FORMER: set[str] = set()
"""Events of earlier releases, which the trail still has."""


@pytest.fixture
def admin(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> Iterator[Visitor]:
    made = Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: now, ids=ids)
    visitor = Visitor(app, address="203.0.113.9", headers={"user-agent": FIREFOX})
    visitor.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    with services.use(made):
        yield visitor


def note(dealership: Dealership, ids: Ids, at: datetime, event: str, subject: str, **detail: Any) -> None:
    TrailWriter(dealership.scope, ids, at, dealership.admin.person_id).note(event, subject, **detail)


def table(page: Page) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(page.body.decode("utf-8-sig"), newline="")))


def test_it_says_who_did_what_to_whom_and_nothing_of_a_rival(
    staff: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    admin = cast.ours.admin
    listed(cast.ours, admin, now=now)
    note(cast.ours, ids, now, "invitation.queued", "1200", email="al@farm.example")
    note(cast.ours, ids, now - timedelta(days=40), "import.undone", "import 12")
    note(cast.ours, ids, now - timedelta(days=400), "import.undone", "import 1")
    note(cast.ours, ids, now, "something.new", "42")
    note(cast.ours, ids, now, "invitation.queued", "1201", email="jo@farm.example", again="yes")
    added = f"~{ids.ulid(now)}"
    note(cast.ours, ids, now, "invitation.cancelled", added)
    TrailWriter(cast.ours.scope, ids, now, "0" * 26).note("import.refused", "import 3")
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
    assert len(audit.find(cast.ours.scope, now=now, after=cursor, limit=5).entries) == 2, cursor


@pytest.mark.parametrize(
    ("event", "detail", "about"),
    [
        ("change.asked", {"request": "R", "field": "phone"}, "Account 1200, Phone"),
        ("consent.changed", {"channels": {"email": "yes", "post": "no"}}, "Account 1200, Email, Post"),
        ("consent.ended", {"channel": "sms"}, "Account 1200, Text message (SMS)"),
        ("request.asked", {"title": "Passport"}, "Account 1200, Passport"),
        ("task.released", {"kind": "change", "task": "T"}, "Account 1200, Change requested"),
        ("task.released", {"kind": "change", "task": "T", "field": "phone"}, "Account 1200, Change requested, Phone"),
        ("task.done", {"kind": "document", "task": "T", "name": "May.pdf"}, "Account 1200, Document received, May.pdf"),
        (
            "task.done",
            {"kind": "document_overdue", "task": "T", "title": "Payslips"},
            "Account 1200, Document overdue, Payslips",
        ),
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


def test_who_was_given_a_task_is_named(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    listed(ours, ours.admin, ours.user, now=now)
    task = opened(ours.scope, now, ids, kind=CHANGE, ref="1200")
    for scope, to in ((ours.admin.staff_scope, ours.user.person_id), (ours.user.staff_scope, None)):
        seen = repo.task(ours.scope, task.kind, task.task_id)
        assert seen
        assign(scope, shown=[seen.shown], to=to, now=now, ids=ids)
    held = opened(ours.scope, now, ids, kind=HELD_EXPORT, ref=None)
    assign(ours.admin.staff_scope, shown=[held.shown], to=ours.admin.person_id, now=now, ids=ids)
    page = staff.get(f"{HERE}?about=task")
    for what in (f"Task assigned to {ours.user.email}", "Task given back", "Task taken"):
        assert what in page.text
    assert page.links["Account 1200, Change requested, Phone"] == f"/staff/accounts/{link_part('1200')}"
    assert page.links["Export held, Export 412"] == "/staff/imports/12"
    assert "01632 960 118" not in page.text  # what the customer wants to be called by is not kept for a year


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


def test_a_customer_added_in_the_portal_is_named(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    scope = cast.ours.admin.staff_scope
    added = create_customer(scope, name="New Farm", email="new@farm.example", now=now, ids=ids)
    page = staff.get(f"{HERE}?account={link_part(added.ref)}")
    assert "Activity of New Farm" in page.text
    assert "Customer added" in page.text
    assert added.ref not in page.html
    narrowed = staff.submit(HERE, about="invitation")
    assert "Activity of New Farm" in narrowed.text
    assert "Customer added" not in narrowed.text.replace("Customers", "")


def test_where_it_came_from_is_for_admins(staff: Visitor, admin: Visitor, cast: Cast, now: datetime) -> None:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)
    admin.get("/staff/feed")
    admin.submit("/staff/feed/taker", taker="program")
    assert "from 203.0.113.9, Firefox on Windows" in admin.get(HERE).text
    seen = staff.get(HERE)
    assert "Who takes items changed" in seen.text
    assert "203.0.113.9" not in seen.html
    assert f"{HERE}.csv" not in seen.html
    assert staff.get(f"{HERE}.csv").status == 403


@pytest.mark.parametrize("event", sorted(BY_CUSTOMERS))
def test_what_a_program_did_is_not_said_to_be_the_customers(event: str, now: datetime, ids: Ids) -> None:
    detail = {"name": "1", "file": "2"}
    made = [audit.AuditEntry("", now, actor, event, "1200", detail) for actor in ("system", ids.ulid(now))]
    assert [line(one, {}, {}).who for one in made] == ["The portal", "The customer"]


@pytest.mark.parametrize("event", sorted(BY_EITHER_SIDE))
def test_what_either_side_does_is_said_to_be_of_who_did_it(event: str, now: datetime, ids: Ids) -> None:
    known, gone, program = ids.ulid(now), ids.ulid(now), "system"
    people = {known: "anna@moorbeck.example"}
    made = [audit.AuditEntry("", now, actor, event, "1200", {"name": "1"}) for actor in (known, gone, program)]
    assert [line(one, people, {}).who for one in made] == ["anna@moorbeck.example", "The customer", "The portal"]


def test_customers_are_named_by_their_email_while_they_have_access(
    admin: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    ours, (customer, other) = cast.ours, (cast.ours.customer, cast.ours.other_customer)
    for scope, email in ((ours.scope, customer.email), (cast.rival.scope, "CANARY@x.example")):
        enrolments.add_user(scope, AccountUser(customer.person_id, email, now), ref="1200")
    writer = TrailWriter(ours.scope, ids, now, customer.person_id)
    writer.note("dispute.raised", "1200", references="127299")
    writer.note("message.file", "1200", name="photo.jpg", by="customer")
    writer.by(other.person_id).note("attached.begun", "1201", file="F", name="other.jpg", by="customer")
    rows = [(row["Event"], row["By"]) for row in table(admin.get(f"{HERE}.csv?person=customers"))]
    assert sorted(rows) == [
        ("attached.begun", "The customer"),
        ("dispute.raised", customer.email),
        ("message.file", customer.email),
    ]
    page = admin.get(f"{HERE}?person=customers")
    assert customer.email in page.text
    assert "A former colleague" not in page.text
    assert "CANARY" not in page.html


def test_an_invitation_is_accepted_from_somewhere(admin: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    """Identity commits it, and the dealer's trail gets its row from there."""
    number, dealer_id = ids.ulid(now), cast.ours.dealer.dealer_id
    offered = Membership(dealer_id, MembershipKind.CUSTOMER, "1300", "Barn & Co", role=Role.ADMIN, invitation_id=number)
    secret = invitations.create_invitation(
        IdentityScope(), email="new@farm.example", membership=offered, invitation_id=number, now=now, ids=ids
    ).secret
    visitor = Visitor(app, address="198.51.100.33", headers={"user-agent": FIREFOX})
    visitor.get(f"/i/{secret}")
    visitor.submit(f"/i/{secret}", password="quiet harbour lantern")
    (line,) = table(admin.get(f"{HERE}.csv?about=invitation"))
    assert (line["By"], line["From"]) == ("The customer", "198.51.100.33, Firefox on Windows")


def test_the_csv_has_what_is_filtered(admin: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    listed(ours, ours.admin, now=now)
    writer = TrailWriter(ours.scope, ids, now, ours.admin.person_id).at(Origin("203.0.113.7", "Chrome", "Linux"))
    for n in range(PAGE + 5):
        writer.note("import.undone", f"import {n + 100}", at=now - timedelta(hours=n))
    writer.note("access.ended", "1200", email="=cmd()|al@farm.example")
    writer.by("system").note("request.overdue", "1201", title="Payslips")
    note(cast.rival, ids, now, "import.undone", "import 9", name="CANARY")
    page = admin.get(f"{HERE}.csv?about=import")
    assert len(table(page)) == PAGE + 5
    assert "CANARY" not in page.html
    by_event = {line["Event"]: line for line in table(admin.get(f"{HERE}.csv"))}
    assert by_event["access.ended"] == {
        "When": "2024-06-05T10:00:00+01:00",
        "Event": "access.ended",
        "What": "Access ended",
        "About": "Account 1200, =cmd()|al@farm.example",
        "Account": "1200",
        "By": ours.admin.email,
        "From": "203.0.113.7, Chrome on Linux",
    }
    overdue = by_event["request.overdue"]
    assert (overdue["Account"], overdue["By"], overdue["From"]) == ("1201", "The portal", "")
    assert "import.undone" in by_event
    assert table(admin.get(f"{HERE}.csv?account={link_part('1201')}")) == [overdue]
    assert admin.get(f"{HERE}.csv?from=nonsense").status == 422


def test_a_csv_that_does_not_hold_everything_says_so(
    admin: Visitor, cast: Cast, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        note(cast.ours, ids, now - timedelta(days=n), "import.undone", f"import {n + 100}")
    monkeypatch.setattr(activity, "MAX_ROWS", 3)
    lines = table(admin.get(f"{HERE}.csv?about=import"))
    assert [line["About"] for line in lines[:3]] == ["Upload 100", "Upload 101", "Upload 102"]
    assert lines[3]["What"].startswith(
        "The file ends here. For what happened before, download it again with 2024-06-03"
    )
    rest = table(admin.get(f"{HERE}.csv?to=2024-06-02"))
    assert [line["About"] for line in rest] == ["Upload 103", "Upload 104"]


def test_many_rows_are_made_in_the_background(
    admin: Visitor, aws: World, cast: Cast, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        note(cast.ours, ids, now - timedelta(days=n), "import.undone", f"import {n + 100}")
    monkeypatch.setattr(model, "MAX_IMMEDIATE_ROWS", 2)
    listed(cast.ours, cast.ours.admin, now=now)
    waiting = admin.get(f"{HERE}.csv?about=import&to=2024-06-04")
    assert waiting.location.startswith("/staff/downloads/")
    work(aws)
    made = fetched(aws, admin, f"{waiting.location}/file")
    assert [line.split(",")[1] for line in made.decode("utf-8-sig").splitlines()[1:]] == ["import.undone"] * 3


def test_filtering_has_a_limit_and_the_plain_list_has_none(staff: Visitor, cast: Cast, now: datetime) -> None:
    counted = Attempt(activity.FILTERED, f"{cast.ours.dealer.dealer_id}\n{cast.ours.user.person_id}")
    most = activity.FILTERED.maximum
    assert identity.count(IdentityScope(), counted.key, counted.window(now), maximum=most, ttl=0, by=most - 1)
    assert staff.get(f"{HERE}?about=file").status == 200
    assert staff.get(f"{HERE}?about=import").status == 429
    assert staff.get(HERE).status == 200
