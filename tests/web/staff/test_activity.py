from datetime import datetime, timedelta

import pytest

from chalicelib.dealers.staff import repo as staff_repo
from chalicelib.dealers.staff.model import StaffMember, StaffState
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.store import audit
from chalicelib.store.audit import audit_row, put_audit_row
from chalicelib.web.staff.activity import PAGE
from tests.fixtures.cast import Cast, Dealership
from tests.web.client import Visitor

HERE = "/staff/activity"


def note(dealership: Dealership, ids: Ids, at: datetime, event: str, subject: str, **detail: str) -> None:
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
    assert page.links["Upload 12"] == "/staff/imports/12"
    assert "Customer invited" in page.text
    assert "something: new" in page.text
    assert admin.email in page.text
    assert "Invitation sent again" in page.text
    assert "A former colleague" in page.text
    assert "A customer added in the portal" in page.text
    assert added not in page.html
    assert "CANARY" not in page.html
    assert "Upload 1 " not in page.text  # more than a year ago


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
    assert len(audit.entries(cast.ours.scope, now=now, after=cursor, events="import.", limit=5)) == 1
