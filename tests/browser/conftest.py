"""What browser tests share."""

from collections.abc import Iterator
from random import Random

import pytest

from chalicelib.kernel.ids import Ids
from tests.browser.served import NOW, serving_portal
from tests.fixtures.cast import Dealership


@pytest.fixture(scope="module")
def ids(request: pytest.FixtureRequest) -> Ids:
    """The same ids each time the module runs."""
    return Ids(random_bytes=Random(request.node.nodeid).randbytes)


@pytest.fixture(scope="module")
def served(ids: Ids, dealership: Dealership) -> Iterator[str]:  # noqa: ARG001 - what it serves
    """The address of a portal that serves the module's own `dealership`."""
    with serving_portal(ids, NOW) as at:
        yield at
