"""When a bundle's parts are small enough."""

import pytest

from chalicelib.ingest.steps.spread import MAX_PARTS, MAX_ROWS, Spread, choose_n


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


@pytest.mark.parametrize(
    ("rows", "at_least", "n"),
    [
        (0, 1, 1),
        (MAX_ROWS * 3 // 4, 1, 1),
        (MAX_ROWS * 3 // 4 + 1, 1, 2),
        (MAX_ROWS * 3, 1, 4),
        (MAX_ROWS * 3 + 1, 1, 8),
        (10, 16, 16),
        (10**9, 1, MAX_PARTS),
    ],
)
def test_parts_are_as_many_as_three_quarters_full_ones_need(rows: int, at_least: int, n: int) -> None:
    assert choose_n(rows=rows, at_least=at_least) == n
