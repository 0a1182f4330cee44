"""One furnished scenario for all sweeps of a module."""

from datetime import datetime
from random import Random

import pytest

from chalicelib.kernel.ids import Ids
from tests.fixtures.aws import forget_partitions
from tests.fixtures.cast import make_cast
from tests.fixtures.worlds import World
from tests.sweeps.scenario import Scenario, furnish

NOW = datetime.fromisoformat("2024-06-05T09:00:00+00:00")


@pytest.fixture(scope="module")
def scenario(aws: World, request: pytest.FixtureRequest) -> Scenario:
    ids = Ids(random_bytes=Random(request.node.nodeid).randbytes)
    return furnish(aws, make_cast(ids, NOW), ids, NOW)


@pytest.fixture
def no_limit_reached(aws: World, scenario: Scenario) -> None:  # noqa: ARG001 - its making counts too
    """Forgets what was counted of callers who, in the sweeps of a module, download and try more than anybody may."""
    forget_partitions(aws, "LIMIT#")
