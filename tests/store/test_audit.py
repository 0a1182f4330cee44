"""The audit trail: rows that nobody alters, read newest first over the turn of months."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import integers, sampled_from

from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.origin import Origin
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.store.audit import AuditFilter, AuditPage, audit_row, find, put_audit_row
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import transaction
from tests.fixtures.worlds import World

SCOPE = TenantScope("aaaaaaaaaa")
MARCH = datetime(2024, 3, 31, 12, tzinfo=UTC)


def test_an_audit_row_lies_in_the_month_of_utc(ids: Ids) -> None:
    late = datetime(2024, 7, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    row = audit_row(SCOPE, ids=ids, now=late, actor="p1", event="import.published", subject="run 3", detail={"rows": 2})
    assert row.pk == "D#aaaaaaaaaa#AUDIT#2024-06"
    assert row.at == "2024-06-30T23:30:00+00:00"
    assert (row.actor, row.event, row.subject, row.detail) == ("p1", "import.published", "run 3", {"rows": 2})
    later = audit_row(SCOPE, ids=ids, now=late + timedelta(milliseconds=1), actor="p1", event="e", subject="s")
    assert later.sk > row.sk
    assert later.detail == {}


def test_no_audit_row_is_put_over_another(aws: World, ids: Ids, now: datetime) -> None:
    assert aws.name
    row = audit_row(SCOPE, ids=ids, now=now, actor="p1", event="import.published", subject="run 3")
    for _ in range(2):  # what causes it may be done twice
        put_audit_row(SCOPE, row)
    forged = audit_row(SCOPE, ids=ids, now=now, actor="nobody", event="import.undone", subject="run 3")
    forged.sk = row.sk
    with pytest.raises(ConflictError):
        put_audit_row(SCOPE, forged)
    with pytest.raises(ConflictError), assume_scope(SCOPE), transaction() as t:
        t.put(forged)


@dataclass(frozen=True, slots=True)
class Trail:
    """Of a dealer of its own: twelve changes, three in each of four months. Their subjects, newest first."""

    scope: TenantScope
    subjects: list[str]

    def read(self, *, limit: int = 50, after: str = "", **wanted: Any) -> list[str]:
        """The subjects of the entries found."""
        return subjects(find(self.scope, now=MARCH, limit=limit, after=after, wanted=AuditFilter(**wanted)))


def subjects(found: AuditPage) -> list[str]:
    return [entry.subject for entry in found.entries]


@pytest.fixture
def trail(aws: World, ids: Ids) -> Trail:
    assert aws.name
    scope, subjects = TenantScope(ids.dealer_id()), []
    for month in (12, 1, 2, 3):
        for hour, event in enumerate(("import.published", "customer.invited", "customer.removed")):
            at = datetime(2023 if month == 12 else 2024, month, 1, hour, tzinfo=UTC)
            subjects.append(f"{month}.{hour}")
            put_audit_row(scope, audit_row(scope, ids=ids, now=at, actor="p1", event=event, subject=subjects[-1]))
    return Trail(scope, subjects[::-1])


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 7, 11, 12, 50])
def test_the_trail_is_read_newest_first_and_no_further_than_asked(trail: Trail, limit: int) -> None:
    assert trail.read(limit=limit) == trail.subjects[:limit]


@pytest.mark.parametrize("limit", [1, 4, 5, 6])
def test_reading_goes_on_after_the_last_entry(trail: Trail, limit: int) -> None:
    seen: list[str] = []
    page = AuditPage([], "")
    while not seen or page.next:
        page = find(trail.scope, now=MARCH, after=page.next, limit=limit)
        seen += subjects(page)
    assert seen == trail.subjects


def test_only_the_events_asked_for_are_read(trail: Trail) -> None:
    assert trail.read(beginnings=("customer.",), limit=5) == ["3.2", "3.1", "2.2", "2.1", "1.2"]
    assert trail.read(events={"import.published", "other.event"}) == ["3.0", "2.0", "1.0", "12.0"]
    assert trail.read(subjects={"2.1"}) == ["2.1"]


def test_what_people_did_is_found_among_hundreds_of_them(trail: Trail) -> None:
    colleagues = {f"c{number}" for number in range(250)}
    assert trail.read(actors={"p1", *colleagues}) == trail.subjects
    assert trail.read(actors=colleagues) == []
    assert trail.read(others=colleagues, beginnings=("import.",)) == ["3.0", "2.0", "1.0", "12.0"]
    assert trail.read(others={"p1", *colleagues}) == []


@pytest.mark.parametrize(
    ("first", "end", "expected"),
    [
        ((2024, 2, 1), (2024, 3, 1), ["2.2", "2.1", "2.0"]),
        ((2024, 2, 1, 1), (2024, 3, 1, 1), ["3.0", "2.2", "2.1"]),
        ((2024, 3, 2), None, []),
        (None, (2024, 1, 1, 1), ["1.0", "12.2", "12.1", "12.0"]),
        ((2024, 4, 1), (2024, 1, 1), []),
    ],
)
def test_moments_bound_what_is_read(
    trail: Trail, first: tuple[int, int, int] | None, end: tuple[int, int, int] | None, expected: list[str]
) -> None:
    bounds = [datetime(*moment, tzinfo=UTC) if moment else None for moment in (first, end)]
    assert trail.read(first=bounds[0], end=bounds[1]) == expected


def test_reading_ends_with_this_month_of_last_year(trail: Trail) -> None:
    """The trail of December is read until the end of the next, whatever day it is."""
    for day in (1, 31):
        found = find(trail.scope, now=datetime(2024, 12, day, tzinfo=UTC), limit=50)
        assert subjects(found) == trail.subjects
    found = find(trail.scope, now=datetime(2025, 1, 1, tzinfo=UTC), limit=50)
    assert subjects(found) == trail.subjects[:9]


@given(max_read=integers(1, 14), limit=integers(1, 13), part=sampled_from(["", "customer.", "nothing."]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_bound_ends_a_read_that_goes_on_where_it_stopped(trail: Trail, max_read: int, limit: int, part: str) -> None:
    wanted = AuditFilter(beginnings=(part,) if part else ())
    seen: list[str] = []
    page, reads = AuditPage([], ""), 0
    while not reads or page.next:
        page = find(trail.scope, wanted=wanted, now=MARCH, after=page.next, limit=limit, max_read=max_read)
        seen += subjects(page)
        reads += 1
        assert len(page.entries) <= limit
        assert reads < 60
    expected = {"": trail.subjects, "nothing.": []}
    assert seen == expected.get(part, [one for one in trail.subjects if not one.endswith(".0")])


def test_what_matches_nothing_reads_no_more_than_its_bound(trail: Trail) -> None:
    found = find(trail.scope, wanted=AuditFilter(subjects={"nothing"}), now=MARCH, limit=5, max_read=1)
    assert found.entries == []
    assert found.next.startswith("2024-03/"), "a read of two rows ends in the first month"


def test_what_is_left_of_the_bound_is_read_from_the_month_before(trail: Trail) -> None:
    found = find(trail.scope, now=MARCH, limit=50, max_read=4)
    assert subjects(found) == trail.subjects[:6], "three rows of March leave one to read, and a page is read whole"


@pytest.mark.parametrize("after", ["2024-13/x", "2999-12/" + "Z" * 26])
def test_a_cursor_that_is_none_begins_anew(trail: Trail, after: str) -> None:
    assert trail.read(after=after, limit=3) == trail.subjects[:3]


def test_a_cursor_beyond_the_moments_asked_for_finds_nothing(trail: Trail) -> None:
    first = datetime(2024, 2, 1, tzinfo=UTC)
    assert trail.read(after="2024-02/" + "0" * 26, first=first) == []
    assert trail.read(after="2023-01/" + "Z" * 26, first=first) == []


def test_a_row_says_where_a_person_was_and_none_of_a_program_does(trail: Trail, ids: Ids) -> None:
    origin = Origin("203.0.113.7", "Firefox", "Windows")
    scope = TenantScope(trail.scope.dealer_id, origin=origin)
    for actor in ("p1", "import", "system"):
        put_audit_row(scope, audit_row(scope, ids=ids, now=MARCH, actor=actor, event="thing.done", subject=actor))
    found = find(scope, wanted=AuditFilter(beginnings=("thing.",)), now=MARCH, limit=9).entries
    assert {entry.actor: entry.origin for entry in found} == {"p1": origin, "import": None, "system": None}
    assert all(entry.origin is None for entry in find(scope, now=MARCH, limit=50).entries[3:])


def test_a_customer_reads_what_was_done_to_their_own_accounts_alone(trail: Trail) -> None:
    scope = CustomerScope(trail.scope.dealer_id, "p2", frozenset({"2.1", "1.1"}))
    found = find(scope, wanted=AuditFilter(subjects={"2.1", "1.1"}), now=MARCH, limit=9)
    assert subjects(found) == ["2.1", "1.1"]
    for wanted in (AuditFilter(), AuditFilter(subjects={"2.2"}), AuditFilter(subjects={"2.1", "2.2"})):
        with pytest.raises(NotFoundError):
            find(scope, wanted=wanted, now=MARCH, limit=9)
