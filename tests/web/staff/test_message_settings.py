from datetime import datetime
from urllib.parse import unquote

import pytest

from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.messages.recipients import repo
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.staff import listed
from tests.messages.made import asked
from tests.uploads.document_requests.made import known
from tests.web.client import Visitor

HERE = "/staff/settings/messages"
NEW = f"{HERE}/new"


@pytest.fixture
def admin(staff: Visitor, cast: Cast, log_in: LogIn, now: datetime) -> Visitor:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)
    known(cast.ours, now)
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    return staff


def add(admin: Visitor, name: str, **fields: object) -> None:
    admin.get(NEW)
    assert admin.submit(NEW, name=name, **fields).location == HERE


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def test_an_admin_sets_up_groups_and_people(admin: Visitor, cast: Cast) -> None:
    assert admin.get("/staff/settings").links["Recipients of messages"] == HERE
    assert "No groups yet" in admin.get(HERE).text
    person = cast.ours.user.person_id
    add(admin, "Accounts", member=[person])
    add(admin, "Parts", place="1")
    page = admin.get(HERE)
    parts, accounts = repo.directory(cast.ours.scope).groups
    assert (parts.name, accounts.name, accounts.members) == ("Parts", "Accounts", (person,))
    assert page.links["Accounts"] == f"{HERE}/{accounts.group_id}"
    admin.submit(HERE, person=[person], default=accounts.group_id, **{f"codes-{person}": "MH, JB"})
    assert flash(admin) == "Saved. Your customers see it now."
    found = repo.directory(cast.ours.scope)
    assert (found.default_group, found.people[0].rep_codes) == (accounts.group_id, ("MH", "JB"))
    admin.get(HERE)
    admin.submit(HERE)
    assert flash(admin) == "Nothing has changed."
    page = admin.get(f"{HERE}/{accounts.group_id}")
    page = admin.get(page.links["Delete this group"])
    assert "Delete the group Accounts?" in page.text
    admin.submit(f"{HERE}/{accounts.group_id}/delete")
    assert [one.name for one in repo.directory(cast.ours.scope).groups] == ["Parts"]
    assert admin.get(f"{HERE}/{accounts.group_id}").status == 404
    page = admin.get("/staff/activity")
    for words in ("Group of recipients saved", "Recipients of messages saved", "Group of recipients deleted"):
        assert words in page.text


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(admin: Visitor, cast: Cast) -> None:
    add(admin, "Accounts")
    person = cast.ours.user.person_id
    admin.get(NEW)
    page = admin.submit(NEW, name="accounts", member=[person], place="1")
    assert (page.status, page.form(NEW).fields["name"]) == (422, "accounts")
    assert "Another group has this name" in page.text
    assert page.form(NEW).fields["member"] == person
    admin.get(HERE)
    page = admin.submit(HERE, person=[person], **{f"codes-{person}": "x" * 33})
    assert (page.status, page.form(HERE).fields[f"codes-{person}"]) == (422, "x" * 33)
    assert "Enter up to 20 codes" in page.text


def test_a_change_of_another_admin_is_not_lost(admin: Visitor, cast: Cast) -> None:
    admin.get(NEW)
    stale = admin.page
    add(admin, "Accounts")
    admin.page = stale
    page = admin.submit(NEW, name="Parts")
    assert (page.status, page.form(NEW).fields["name"]) == (409, "Parts")
    assert "Somebody else has changed the recipients of messages" in page.text
    assert admin.submit(NEW).location == HERE
    assert [one.name for one in repo.directory(cast.ours.scope).groups] == ["Parts", "Accounts"]
    admin.get(HERE)
    stale = admin.page
    add(admin, "Service")
    admin.page = stale
    assert admin.submit(HERE, default="").location == HERE  # nothing of it changes
    admin.page = stale
    group = repo.directory(cast.ours.scope).groups[0].group_id
    page = admin.submit(HERE, default=group)
    assert (page.status, page.form(HERE).fields["default"]) == (409, group)
    page = admin.get(f"{HERE}/{group}/delete")
    stale = admin.page
    add(admin, "Tyres")
    admin.page = stale
    admin.submit(f"{HERE}/{group}/delete")
    assert flash(admin).startswith("!Somebody else has changed")


def test_staff_see_to_whom_it_goes_hand_it_over_and_find_it_by_that(
    admin: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    talk = asked(cast.ours, now, ids)
    here = f"/staff/messages/MTIwMA/{talk.thread_id}"
    add(admin, "Accounts", member=[cast.ours.admin.person_id])
    group = repo.directory(cast.ours.scope).groups[0].recipient.value
    admin.get(here)
    admin.submit(f"{here}/hand-over", recipient=group)
    assert flash(admin) == "Handed over"
    assert "You handed this over to Accounts" in admin.get(here).text
    admin.submit(f"{here}/hand-over", recipient="group:gone")
    assert flash(admin) == "!Choose a group or a colleague"
    for query, is_there in ((f"to={group}", True), ("to=dealer", False), ("state=mine", True), ("to=nonsense", True)):
        page = admin.get(f"/staff/messages?{query}")
        assert (talk.stored().subject in page.links) == is_there, query
    talk.close()
    for query, is_there in ((f"to={group}", True), ("q=hose", True), ("to=dealer", False), ("q=tyre", False)):
        page = admin.get(f"/staff/messages?state=closed&{query}")
        assert (talk.stored().subject in page.links) == is_there, query
