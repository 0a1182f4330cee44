"""A dealer's import line on the AWS of the test."""

from datetime import datetime

import pytest

from chalicelib.kernel.ids import Ids
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.ingest.pipeline import ImportPipeline


@pytest.fixture
def line(aws: World, cast: Cast, now: datetime, ids: Ids) -> ImportPipeline:
    return ImportPipeline(aws, cast.ours, now, ids)
