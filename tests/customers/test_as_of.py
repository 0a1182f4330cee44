from datetime import date

import pytest

from chalicelib.customers.as_of import ListAsOf
from chalicelib.customers.model import Published


def test_it_comes_back_from_storage_and_nothing_else_does() -> None:
    at = ListAsOf(
        Published(run=7, generation=9, n=2, shards=(3, 7), skipped=frozenset({5}), as_at=date(2024, 6, 5)), 12
    )
    assert ListAsOf.parse(str(at)) == at
    assert str(ListAsOf(at.published, 13)) != str(at)
    with pytest.raises(ValueError, match="validation error"):
        ListAsOf.parse("12 {}x")
