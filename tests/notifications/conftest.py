"""The post of these tests."""

from datetime import datetime

import pytest

from chalicelib.kernel.ids import Ids
from tests.notifications.fakes import Clock, Post


@pytest.fixture
def post(now: datetime, ids: Ids) -> Post:
    """Records what is sent; its clock is the test's."""
    return Post(Clock(now), ids)
