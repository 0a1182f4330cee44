"""What tests of monthly statements share."""

from datetime import datetime

import pytest

from chalicelib.kernel.ids import Ids
from tests.notifications.fakes import Clock, Post


@pytest.fixture
def post(now: datetime, ids: Ids) -> Post:
    """A mail service that keeps what it is given."""
    return Post(Clock(now), ids)
