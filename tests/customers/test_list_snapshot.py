from datetime import date

import pytest

from chalicelib.customers.list_snapshot import ListSnapshotRef
from chalicelib.dealers.publication import Published


def test_it_comes_back_from_storage_and_nothing_else_does() -> None:
    at = ListSnapshotRef(
        Published(run=7, generation=9, n=2, shards=(3, 7), skipped=frozenset({5}), as_at=date(2024, 6, 5)), 12
    )
    assert ListSnapshotRef.parse(str(at)) == at
    assert str(ListSnapshotRef(at.published, 13)) != str(at)
    with pytest.raises(ValueError, match="validation error"):
        ListSnapshotRef.parse("12 {}x")
