"""The filters of Activity: their state is the address, and they combine."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dealers.staff import operations as members
from chalicelib.dealers.staff import repo as staff_repo
from chalicelib.dealers.staff.model import StaffMember, StaffState
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.roles import Role
from chalicelib.rendering.format import formats
from chalicelib.web.staff import activity
from chalicelib.web.staff.activity import PAGE
from chalicelib.web.staff.activity_query import CUSTOMERS, PROGRAM, activity_query
from tests.customers.accounts import account, publish
from tests.fixtures.cast import Cast
from tests.fixtures.staff import listed
from tests.fixtures.trail import TrailWriter
from tests.web.client import Page, Visitor

HERE = "/staff/activity"
FMT = formats("en-GB", "Europe/London", "GBP")
OLDEST, TODAY = date(2023, 6, 1), date(2024, 6, 5)
FORMER = "01HZZZZZZZZZZZZZZZZZZZZZZZ"


@pytest.fixture
def trail(cast: Cast, now: datetime, ids: Ids) -> TrailWriter:
    """What the admin, the user, a colleague who left, a customer and two programs did; and the dealer's creation."""
    ours = cast.ours
    listed(ours, ours.admin, ours.user, now=now)
    staff_repo.join(ours.scope, StaffMember("bo@dealer.example", Role.USER, StaffState.ACTIVE, "", now, FORMER))
    members.remove_member(
        ours.scope, person_id=FORMER, actor=ours.admin.person_id, now=now - timedelta(days=40), ids=ids
    )
    writer = TrailWriter(ours.scope, ids, now, ours.admin.person_id)
    writer.note("invitation.queued", "1200", email="al@farm.example")
    writer.by(ours.user.person_id).note("invitation.cancelled", "1201", at=now - timedelta(days=1))
    writer.by(f"staff {ours.user.person_id}").note("import.opened", "import 7", at=now - timedelta(days=2))
    writer.by(FORMER).note("change.passed_on", "1200", at=now - timedelta(days=41), field="phone")
    writer.by(ours.customer.person_id).note("change.asked", "1200", at=now - timedelta(days=3), field="phone")
    writer.by("system").note("request.overdue", "1200", at=now - timedelta(days=4), title="Payslips")
    writer.by("agent").note("feed.taken", "", at=now - timedelta(days=5), items=["I"])
    publish(ours.import_scope, [account("1200"), account("1201"), account("B0003")])
    return writer


def events(page: Page) -> int:
    return page.html.count("<time")


def test_filters_combine_and_find_who_did_it(staff: Visitor, cast: Cast, trail: TrailWriter) -> None:
    admin, user = cast.ours.admin.person_id, cast.ours.user.person_id
    wanted = {
        "": 9,
        f"person={admin}": 2,
        f"person={user}": 2,
        f"person={FORMER}": 1,
        "person=customers": 1,
        "person=programs": 2,
        "person=nobody-there": 9,
        f"person={user}&about=import": 1,
        f"person={user}&about=change": 0,
        "number=1200": 4,
        "number=1200&person=programs": 1,
        "number=1200&from=2024-06-02&to=2024-06-05": 2,
        "number=1201&about=invitation": 1,
        "number=B0003": 0,
        f"account={link_part('1200')}": 4,
        f"account={link_part('1201')}&number=1200": 4,
        "from=2024-06-04": 3,
        "to=2024-06-01": 4,
        "from=2024-06-01&to=2024-06-01": 1,
        "from=2024-06-05&to=2099-01-01": 2,
        "from=2024-06-05&about=nonsense": 2,
    }
    found = {query: events(staff.get(f"{HERE}?{query}")) for query in wanted}
    assert found == wanted
    assert trail.actor == admin


@pytest.mark.usefixtures("trail")
def test_everybody_who_did_something_can_be_chosen_and_who_left_is_named(staff: Visitor, cast: Cast) -> None:
    page = staff.get(HERE)
    for words in (cast.ours.admin.email, cast.ours.user.email, "bo@dealer.example (former)", "Customers", "Programs"):
        assert words in page.text
    assert f'value="{FORMER}"' in page.html
    assert "A former colleague" not in page.text


def test_a_colleague_who_came_back_is_no_former_one(staff: Visitor, trail: TrailWriter, now: datetime) -> None:
    again = StaffMember("bo@dealer.example", Role.USER, StaffState.ACTIVE, "", now, FORMER)
    staff_repo.join(trail.scope, again)
    page = staff.get(f"{HERE}?person={FORMER}")
    assert events(page) == 1
    assert "(former)" not in page.text
    assert page.html.count(f'value="{FORMER}"') == 1


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize(
    ("query", "words", "field"),
    [
        ("from=yesterday", "Enter a date as year-month-day, for example 2024-06-05", "from"),
        ("to=2024-02-30", "Enter a date as year-month-day, for example 2024-06-05", "to"),
        ("from=2023-05-31", "Choose 1 Jun 2023 or a later day: older activity is not shown", "from"),
        ("to=0001-01-01", "Choose 1 Jun 2023 or a later day: older activity is not shown", "to"),
        ("from=2024-06-05&to=2024-06-04", "Choose a day that is not before 5 Jun 2024", "to"),
        ("from=2024-06-06", "Choose a day that is not after today", "from"),
        ("number=9999", "There is no account 9999", "number"),
    ],
)
def test_what_cannot_be_filtered_by_says_what_to_do(staff: Visitor, query: str, words: str, field: str) -> None:
    page = staff.get(f"{HERE}?{query}&about=")
    assert page.status == 200
    at_field = page.html.partition(f'id="{field}-error"')[2].partition("</div>")[0]
    assert words in at_field
    assert page.html.count('aria-invalid="true"') == 1
    assert events(page) == 0
    assert page.links["Show all"] == HERE
    swapped = staff.get(f"{HERE}?{query}", htmx=True)
    assert swapped.html.count("hx-swap-oob") == 4, "the heading and the errors are outside of the list"


def test_the_number_of_an_account_is_found_in_other_letters(staff: Visitor, trail: TrailWriter) -> None:
    trail.note("invitation.queued", "B0003", email="bo@farm.example")
    page = staff.get(f"{HERE}?number=+b0003+")
    assert "Activity of account B0003" in page.text
    assert events(page) == 1
    assert page.form(HERE).fields["number"] == "B0003"


def test_an_account_that_exports_do_not_name_any_more_keeps_its_activity(staff: Visitor, trail: TrailWriter) -> None:
    trail.note("invitation.queued", "OLD", email="bo@farm.example")
    page = staff.get(f"{HERE}?number=OLD")
    assert (events(page), "There is no account" in page.text) == (1, False)


@pytest.mark.usefixtures("trail")
def test_what_matches_nothing_offers_everything(staff: Visitor) -> None:
    page = staff.get(f"{HERE}?about=api_key")
    assert "Nothing matches" in page.text
    assert page.links["Show all"] == HERE


def test_filters_stay_on_every_page_of_the_list(staff: Visitor, trail: TrailWriter, now: datetime) -> None:
    for n in range(PAGE + 3):
        trail.note("access.ended", "1200", at=now - timedelta(hours=n), email="al@farm.example")
    query = f"about=account&person={trail.actor}&number=1200&from=2024-06-01&to=2024-06-05"
    page = staff.get(f"{HERE}?{query}")
    assert events(page) == PAGE
    older = staff.get(page.links["Older"])
    assert events(older) == 3
    fields = older.form(HERE).fields
    assert (fields["about"], fields["person"], fields["number"]) == ("account", trail.actor, "1200")
    assert (fields["from"], fields["to"]) == ("2024-06-01", "2024-06-05")
    assert "after" not in fields, "another filter begins at the newest"
    assert staff.get(older.links["Newest"]).html.count("<time") == PAGE


@pytest.mark.usefixtures("trail")
def test_a_search_that_reads_too_much_says_how_far_it_came_and_goes_on(
    staff: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "MAX_READ", 3)
    page = staff.get(f"{HERE}?about=change")
    assert "Nothing found yet" in page.text
    assert "Searched back to 3 Jun 2024 10:00." in page.text
    shown = 0
    while "Search further back" in page.links:
        page = staff.get(page.links["Search further back"])
        shown += events(page)
    assert shown == 2
    assert "Nothing that matches these filters" in page.text


@given(
    first=st.dates(OLDEST, TODAY),
    last=st.dates(OLDEST, TODAY + timedelta(days=400)),
    at=st.datetimes(datetime(2023, 6, 2), datetime(2024, 6, 5, 22)),  # noqa: DTZ001 - made aware below
    zone=st.sampled_from(["Europe/London", "America/New_York", "Pacific/Auckland", "America/St_Johns"]),
)
def test_days_are_the_dealers_and_both_are_included(first: date, last: date, at: datetime, zone: str) -> None:
    query = activity_query(
        {"from": first.isoformat(), "to": last.isoformat()},
        ref="",
        people={},
        oldest=OLDEST,
        today=TODAY,
        fmt=formats("en-GB", zone, "GBP"),
    )
    assert ("to" in query.errors) == (first > last)
    moment = at.astimezone()
    assert query.wanted.first is not None
    assert query.wanted.end is not None
    is_wanted = query.wanted.first <= moment < query.wanted.end
    assert is_wanted == (first <= local_date(moment, zone) <= min(last, TODAY))


@given(text=st.text(max_size=40), name=st.sampled_from(["from", "to", "about", "person"]))
def test_any_text_is_a_filter_or_an_error(text: str, name: str) -> None:
    query = activity_query({name: text}, ref="", people={"P": "al@x"}, oldest=OLDEST, today=TODAY, fmt=FMT)
    assert query.errors.keys() <= {name}
    assert query.person in {"", "P", CUSTOMERS, PROGRAM}
