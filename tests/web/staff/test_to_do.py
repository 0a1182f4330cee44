from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest

from chalicelib.dealers.staff.operations import remove_member
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.tasks import repo
from chalicelib.tasks.kinds import CHANGE, HELD_EXPORT
from chalicelib.tasks.model import Task
from chalicelib.web.staff.to_do import PAGE
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.staff import listed
from tests.tasks.made import opened
from tests.web.client import Visitor

HERE = "/staff/to-do"


@pytest.fixture
def tasks(cast: Cast, now: datetime, ids: Ids) -> list[Task]:
    """One late, one due today, one later; and one of the rival's."""
    ours = cast.ours
    listed(ours, ours.user, ours.admin, now=now)
    opened(cast.rival.scope, now, ids, reason="CANARY")
    return [
        opened(ours.scope, now - timedelta(days=6), ids, reason="No such account", depot="1"),
        opened(ours.scope, now - timedelta(days=3), ids, reason="Too long", ref=None, name="", depot="2"),
        opened(ours.scope, now, ids, kind=CHANGE, value="07700 900 118", ref="1201", name="John Frost Imports"),
    ]


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def test_lines_stand_under_late_today_and_later(staff: Visitor, tasks: list[Task]) -> None:
    page = staff.get(HERE)
    assert page.status == 200
    listed = page.text.partition("3 open, soonest due first")[2]
    words = ["Late 1", "No such account", "Not taken, 1200 Mr A L Barlow", "since 30 May", "Late 3 days", "Nobody"]
    words += ["Due today 1", "Too long", "Today", "Later 1", "Phone: 07700 900 118", "John Frost Imports", "Due 10 Jun"]
    places = [listed.find(word) for word in words]
    assert -1 not in places, words[places.index(-1)]
    assert places == sorted(places)
    assert page.links["Phone: 07700 900 118"] == f"/staff/accounts/{link_part('1201')}#changes"
    assert "CANARY" not in page.html
    assert len(tasks) == 3


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=change", 1),
        ("kind=nonsense", 3),
        ("depot=2", 1),
        ("person=me", 0),
        ("person=nobody", 3),
        ("due=late", 1),
        ("due=today", 1),
        ("due=whenever", 3),
        ("q=frost+07700", 1),
        ("q=1200", 1),
        ("q=nothing+like+it", 0),
        ("page=9", 3),
    ],
)
def test_the_list_is_filtered_by_its_address(staff: Visitor, tasks: list[Task], query: str, count: int) -> None:
    page = staff.get(f"{HERE}?{query}")
    assert page.html.count('name="task"') == count
    assert f"{count} open" in page.text
    assert tasks


def test_a_held_export_is_for_admins_and_everybody_sees_it(
    staff: Visitor, cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    listed(cast.ours, cast.ours.user, now=now)
    held = opened(cast.ours.scope, now, ids, kind=HELD_EXPORT, ref=None, name="")
    other = opened(cast.ours.scope, now, ids)
    page = staff.get(HERE)
    assert "For admins" in page.text
    assert str(held.shown) not in page.html
    assert page.html.count('name="task"') == 1
    title = "Export 412: It would remove 30 of 40 accounts, 75%"
    assert page.links[title] == "/staff/imports/12"
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    page = staff.get(f"{HERE}?q=remove+30")
    assert str(other.shown) not in page.html
    staff.submit(f"{HERE}/assign", task=[str(held.shown), str(other.shown)], to=cast.ours.user.person_id)
    assert flash(staff) == "1 task assigned. 1 can be assigned to admins only"
    staff.get(HERE)
    staff.submit(f"{HERE}/assign", task=[str(held.shown)], to="me")
    assert staff.follow().links[f"Decide: {title}"] == "/staff/imports/12"


def test_depots_are_offered_only_where_tasks_have_some(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    opened(cast.ours.scope, now, ids)
    assert "All depots" not in staff.get(HERE).text
    opened(cast.ours.scope, now, ids, depot="1")
    opened(cast.ours.scope, now, ids, depot="2")
    assert "All depots" in staff.get(HERE).text


def test_a_task_is_taken_and_done(staff: Visitor, cast: Cast, tasks: list[Task]) -> None:
    late = tasks[0]
    staff.get(f"{HERE}?due=late")
    staff.submit(f"{HERE}/assign", to="me", task="")  # what a browser sends of the form without its ticks
    assert staff.follow().status == 404
    staff.get(f"{HERE}?due=late")
    form = staff.page.form(f"{HERE}/assign") if staff.page else None
    assert form
    staff.post(f"{HERE}/take", {**form.fields, "only": str(late.shown)})
    assert flash(staff) == "1 task is yours"
    page = staff.follow()
    assert page.path == HERE
    assert "You" in page.text
    mine = repo.task(cast.ours.scope, late.kind, late.task_id)
    assert mine
    staff.post(f"{HERE}/done", {**form.fields, "only": str(mine.shown)})
    assert flash(staff) == "1 task done"
    assert repo.task(cast.ours.scope, late.kind, late.task_id) is None
    staff.post(f"{HERE}/done", {**form.fields, "only": str(mine.shown)})
    assert flash(staff) == "!1 was changed by somebody else"


def test_ticked_tasks_go_to_a_colleague_or_to_nobody(staff: Visitor, cast: Cast, tasks: list[Task]) -> None:
    staff.get(HERE)
    chosen = [str(task.shown) for task in tasks[:2]]
    staff.submit(f"{HERE}/assign", task=chosen, to=cast.ours.admin.person_id)
    assert flash(staff) == "2 tasks assigned"
    page = staff.follow()
    assert page.text.count(f"With {cast.ours.admin.email}") == 2
    staff.submit(f"{HERE}/assign", task=[chosen[0]], to="nobody")  # from a page before: it is in another version now
    assert flash(staff) == "!1 was changed by somebody else"
    again = repo.task(cast.ours.scope, tasks[0].kind, tasks[0].task_id)
    assert again
    staff.get(HERE)
    staff.submit(f"{HERE}/assign", task=[str(again.shown)], to="nobody")
    assert flash(staff) == "1 task unassigned"


def test_nothing_ticked_and_nobody_known_change_nothing(staff: Visitor, tasks: list[Task]) -> None:
    staff.get(HERE)
    token = staff.page.form(f"{HERE}/assign").fields["csrf"] if staff.page else ""
    staff.post(f"{HERE}/assign", {"csrf": token, "to": "me", "back": "https://elsewhere.example"})
    assert flash(staff) == "!Choose at least one task"
    assert staff.follow().path == HERE
    page = staff.post(f"{HERE}/assign", {"csrf": token, "task": str(tasks[0].shown), "to": "A" * 26})
    assert page.status == 422


def test_tasks_of_a_colleague_who_left_can_be_taken(
    staff: Visitor, cast: Cast, tasks: list[Task], now: datetime, ids: Ids
) -> None:
    ours = cast.ours
    staff.get(HERE)
    staff.submit(f"{HERE}/assign", task=[str(tasks[0].shown)], to=ours.admin.person_id)
    page = staff.get(f"{HERE}?due=late")
    assert "Take" not in page.text
    remove_member(ours.scope, person_id=ours.admin.person_id, actor="operator", now=now, ids=ids)
    page = staff.get(f"{HERE}?due=late&person=nobody")
    assert "A former colleague" in page.text
    assert "Take" in page.text


def test_a_long_list_has_pages(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    for n in range(PAGE + 2):
        opened(cast.ours.scope, now + timedelta(seconds=n), ids)
    first, second = staff.get(HERE), staff.get(f"{HERE}?page=2")
    assert (first.html.count('name="task"'), second.html.count('name="task"')) == (PAGE, 2)
    assert "Showing 51 to 52 of 52" in second.text


def test_an_empty_list_says_what_comes_there(staff: Visitor) -> None:
    assert "Nothing to do" in staff.get(HERE).text


def test_the_sidebar_counts_in_one_small_query(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    assert 'class="count"' not in staff.get("/staff/activity").html
    opened(cast.ours.scope, now, ids)
    staff.get("/staff/imports/format")
    with counted_calls("dynamodb") as calls:
        page = staff.get("/staff/imports/format")
    assert "To do1 open" in page.text
    assert sorted(calls) == ["GetItem", "GetItem", "Query"]  # the session, what else they see, and the count
    for n in range(100):
        opened(cast.ours.scope, now + timedelta(seconds=n), ids)
    assert "To do99+ open" in staff.get("/staff/activity").text


def test_an_error_page_counts_nothing(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    opened(cast.ours.scope, now, ids)
    page = staff.get("/staff/accounts/MTIwMA")
    assert page.status == 404
    assert "To do" in page.text
    assert 'class="count"' not in page.html
