from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from chalicelib.kernel.ids import Ids
from chalicelib.messages import queries
from chalicelib.messages.records import ListedThreadRecord
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from chalicelib.uploads import by_year
from tests.fixtures.cast import Cast
from tests.fixtures.staff import listed
from tests.messages.made import Talk, asked
from tests.uploads.document_requests.made import known
from tests.web.client import Page, Visitor

HERE = "/staff/messages"


@pytest.fixture
def talks(cast: Cast, now: datetime, ids: Ids) -> dict[str, Talk]:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)
    known(cast.ours, now)
    return {subject: asked(cast.ours, now, ids, subject=subject) for subject in ("Hoses", "Filters", "Opening hours")}


def subjects(page: Page) -> set[str]:
    return {text for text, href in page.links.items() if href.startswith(f"{HERE}/")}


def found(staff: Visitor, asked_for: Iterable[str]) -> list[set[str]]:
    return [subjects(staff.get(f"{HERE}?{query}")) for query in asked_for]


def test_all_that_are_open_and_what_narrows_them(staff: Visitor, cast: Cast, talks: dict[str, Talk]) -> None:
    page = staff.get(HERE)
    assert subjects(page) == set(talks)
    assert "3 to be answered" in page.text
    assert "Mr A L Barlow, 1200" in page.text
    talks["Hoses"].answer()
    talks["Filters"].assign(cast.ours.user.person_id)
    talks["Opening hours"].settle()
    page = staff.get(HERE)
    assert subjects(page) == {"Hoses", "Filters"}
    assert "1 to be answered" in page.text
    assert found(
        staff, ["state=waiting", "state=mine", "state=nobodys", "state=closed", "q=filter", "q=barlow+1200"]
    ) == [
        {"Filters"},
        {"Hoses", "Filters"},
        set(),
        {"Opening hours"},
        {"Filters"},
        {"Hoses", "Filters"},
    ]
    assert found(staff, ["state=unread"]) == [{"Filters"}]
    staff.get(f"{HERE}/MTIwMA/{talks['Filters'].thread_id}")
    page = staff.get(f"{HERE}?state=unread")
    assert subjects(page) == set()
    assert "No conversation matches these filters." in page.text
    talks["Opening hours"].write("Not yet")
    assert found(staff, ["", "state=closed"]) == [set(talks), set()]


def test_of_many_open_ones_the_newest_and_those_that_wait_are_first(
    staff: Visitor, talks: dict[str, Talk], cast: Cast, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answered ones stay open until somebody closes them: however many, a page reads so many."""
    monkeypatch.setattr(queries, "MAX_OPEN", 2)
    for subject in ("Hoses", "Opening hours"):
        talks[subject].answer()
    for number in (1, 2):
        asked(cast.ours, now + timedelta(days=number), ids, subject=f"Later {number}").answer()
    page = staff.get(HERE)
    assert subjects(page) == {"Filters", "Later 1", "Later 2"}
    seen, pages = subjects(page), 1
    while older := page.links.get("Older"):
        page = staff.get(older)
        assert len(subjects(page)) <= 2
        seen, pages = seen | subjects(page), pages + 1
    assert page.links["Newest"] == HERE
    assert (seen, pages) == ({*talks, "Later 1", "Later 2"}, 3)
    assert found(staff, ["q=hoses"]) == [set()]
    assert "Go on with older ones" in staff.get(f"{HERE}?q=hoses").text


def test_closed_ones_go_page_by_page(staff: Visitor, talks: dict[str, Talk], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_year, "SHOWN", 2)
    for one in talks.values():
        one.close()
    page = staff.get(f"{HERE}?state=closed")
    older = page.links["Older"]
    rest = staff.get(older)
    assert (len(subjects(page)), len(subjects(rest))) == (2, 1)
    assert subjects(page) | subjects(rest) == set(talks)
    assert rest.links["Newest"] == f"{HERE}?state=closed"


def test_closed_ones_are_searched_so_many_at_a_time(
    staff: Visitor, talks: dict[str, Talk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_year, "SHOWN", 1)
    monkeypatch.setattr(queries, "CLOSED_READINGS", 1)
    for one in talks.values():
        one.close()
    address, seen, pages = f"{HERE}?state=closed&q=hoses", set[str](), 0
    while address:
        page = staff.get(address)
        seen |= subjects(page)
        address, pages = page.links.get("Older", ""), pages + 1
        assert subjects(page) or ("Nothing matches so far" in page.text) == bool(address)
    assert (seen, pages) == ({"Hoses"}, 3)


def test_one_that_has_waited_since_before_there_was_the_list_is_there(
    staff: Visitor, cast: Cast, talks: dict[str, Talk]
) -> None:
    with assume_scope(cast.ours.scope):
        for one in ListedThreadRecord.query(tenant_pk(cast.ours.scope, "THREADS")):
            one.delete()
    talks["Hoses"].answer()
    talks["Filters"].settle()
    page = staff.get(HERE)
    assert subjects(page) == {"Hoses", "Opening hours"}


def test_another_dealer_sees_none_of_them(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    known(cast.rival, now)
    asked(cast.rival, now, ids)
    page = staff.get(HERE)
    assert subjects(page) == set()
    assert "No open conversations" in page.text
