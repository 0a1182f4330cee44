from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.dealers.publication import Published
from chalicelib.ledger.snapshot import KEPT_FOR, AccountSnapshot, SnapshotRef

DAY = date(2024, 6, 5)
OLD = SnapshotRef(run=3, as_at=DAY, seen=DAY, sequence=397)
PUBLISHED = Published(run=5, skipped=frozenset({4}), as_at=DAY)


def test_a_reference_survives_a_link() -> None:
    assert str(OLD) == "3.20240605.20240605.397"
    assert SnapshotRef.parse(str(OLD)) == OLD


@pytest.mark.parametrize("text", ["", "412", "a.b.c", "412.20261121", "412.20261121.20261123", "412.2026-11-21.x.y"])
def test_a_broken_reference_starts_with_the_newest(text: str) -> None:
    assert SnapshotRef.parse(text) is None


@pytest.mark.parametrize(
    ("change", "days", "expected"),
    [
        ({}, 0, True),
        ({}, KEPT_FOR.days - 1, True),
        ({}, KEPT_FOR.days, False),
        ({}, -1, False),
        ({"run": 4}, 0, False),
        ({"run": 6}, 0, False),
    ],
    ids=["at once", "on its last day", "a day later", "seen tomorrow", "undone", "never published"],
)
def test_an_older_run_can_be_read_while_it_is_kept(change: dict[str, int], days: int, *, expected: bool) -> None:
    assert replace(OLD, **change).is_readable(PUBLISHED, DAY + timedelta(days=days)) is expected  # type: ignore[arg-type]


def test_before_the_first_export_there_is_no_date() -> None:
    snapshot = AccountSnapshot(None, Published(), None)
    assert (snapshot.as_at, snapshot.is_older) == (None, False)
