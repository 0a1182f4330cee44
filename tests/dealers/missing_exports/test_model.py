from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chalicelib.dealers.missing_exports.model import expected_by, missing_since
from chalicelib.dealers.model import Profile
from chalicelib.dealers.publication import Published

PROFILE = Profile(
    slug="moorbeck",
    code="MOORBECK",
    name="Moorbeck",
    contact_email="maria@moorbeck.example",
    address=("Beck Lane",),
    export_days="weekdays",
    export_by="07:30",
)
MONDAY = date(2024, 6, 3)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Of June 2024, in London, where it is summer."""
    return datetime(2024, 6, day, hour - 1, minute, tzinfo=UTC)


def published(received_at: datetime | None) -> Published:
    return Published(run=1, as_at=MONDAY, received_at=received_at, shards=(1,))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(5, 7, 29), at(4, 7, 30)),
        (at(5, 7, 30), at(5, 7, 30)),
        (at(8, 12), at(7, 7, 30)),
        (at(10, 7), at(7, 7, 30)),
        (at(10, 8), at(10, 7, 30)),
    ],
)
def test_by_when_it_is_expected(now: datetime, expected: datetime) -> None:
    """The 8th is a Saturday."""
    assert expected_by(PROFILE, now) == expected


@pytest.mark.parametrize(
    ("received", "now", "missing"),
    [
        (at(5, 5), at(5, 8), False),
        (at(4, 22), at(5, 8), False),
        (at(4, 5), at(5, 7), False),
        (at(4, 5), at(5, 8), True),
        (at(4, 9), at(5, 8), True),
        (at(5, 9), at(5, 10), False),
        (at(7, 5), at(9, 23), False),
        (at(6, 5), at(9, 23), True),
    ],
)
def test_what_is_missing(received: datetime, now: datetime, missing: bool) -> None:  # noqa: FBT001
    """That of yesterday which came late, at nine, is not today's."""
    assert (missing_since(PROFILE, published(received), now) is not None) is missing


def test_where_nothing_is_expected() -> None:
    assert missing_since(replace(PROFILE, export_days=None), published(at(3, 5)), at(28, 8)) is None
    assert missing_since(PROFILE, published(None), at(28, 8)) is None, "the first has not come yet"
