"""When a bundle's parts are small enough."""

import pytest

from chalicelib.ingest.steps.spread import MAX_ROWS, Spread


@pytest.mark.parametrize(
    ("rows", "largest", "fits"),
    [
        (MAX_ROWS, 10, True),
        (MAX_ROWS + 1, 10, False),
        (MAX_ROWS + 1, MAX_ROWS, False),
        (5 * MAX_ROWS, 5 * MAX_ROWS, True),
        (5 * MAX_ROWS + 900, 5 * MAX_ROWS, True),
        (7 * MAX_ROWS, 5 * MAX_ROWS, False),
    ],
)
def test_one_account_too_large_may_have_others_beside_it(rows: int, largest: int, *, fits: bool) -> None:
    assert Spread([], [10, rows], [10, largest]).fits is fits
