"""The protocol on servers that keep a table as AWS does."""

import pytest

from tests.fixtures.worlds import World
from tests.ingest.test_protocol import check


@pytest.mark.engines
def test_readers_see_one_whole_export_on_a_real_table(engine: World) -> None:
    check(engine, examples=2, steps=16)
