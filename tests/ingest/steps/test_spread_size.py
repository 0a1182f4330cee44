"""When a bundle's parts are small enough."""

import pytest

from chalicelib.ingest.steps.spread import MOST_ROWS, Spread


@pytest.mark.parametrize(
    ("rows", "largest", "fits"),
    [
        (MOST_ROWS, 10, True),
        (MOST_ROWS + 1, 10, False),
        (MOST_ROWS + 1, MOST_ROWS, False),
        (5 * MOST_ROWS, 5 * MOST_ROWS, True),
        (5 * MOST_ROWS + 900, 5 * MOST_ROWS, True),
        (7 * MOST_ROWS, 5 * MOST_ROWS, False),
    ],
)
def test_one_account_too_large_may_have_others_beside_it(rows: int, largest: int, *, fits: bool) -> None:
    assert Spread([], [10, rows], [10, largest]).fits is fits
