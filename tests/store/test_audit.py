"""The audit trail: rows that nobody alters, read newest first over the turn of months."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.audit import audit_row, entries, put_audit_row
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

    def read(self, **asked: Any) -> list[str]:
        """The subjects of the entries found."""
        return [entry.subject for entry in entries(self.scope, now=MARCH, **asked)]


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


@pytest.mark.parametrize("limit", [1, 4, 5])
def test_reading_goes_on_after_the_last_entry(trail: Trail, limit: int) -> None:
    seen: list[str] = []
    after = ""
    while page := entries(trail.scope, now=MARCH, after=after, limit=limit):
        seen += [entry.subject for entry in page]
        after = page[-1].cursor
    assert seen == trail.subjects


def test_only_the_events_asked_for_are_read(trail: Trail) -> None:
    found = entries(trail.scope, now=MARCH, events="customer.", limit=5)
    assert [entry.subject for entry in found] == ["3.2", "3.1", "2.2", "2.1", "1.2"]
    assert {entry.event for entry in found} == {"customer.invited", "customer.removed"}


def test_reading_ends_with_the_oldest_month_asked_for(trail: Trail) -> None:
    assert trail.read(limit=50, months=2) == trail.subjects[:6]


def test_a_cursor_that_is_none_begins_anew(trail: Trail) -> None:
    assert trail.read(after="2024-13/x", limit=3) == trail.subjects[:3]
