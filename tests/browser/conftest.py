"""What browser tests share."""

from random import Random

import pytest

from chalicelib.kernel.ids import Ids


@pytest.fixture(scope="module")
def ids(request: pytest.FixtureRequest) -> Ids:
    """The same ids each time the module runs."""
    return Ids(random_bytes=Random(request.node.nodeid).randbytes)
