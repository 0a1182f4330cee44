"""A member of staff in front of the real pages, with an AWS in process behind them."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from app import app
from chalicelib import services, settings
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from tests.fixtures.cast import Cast, LogIn
from tests.web.client import Visitor


@pytest.fixture
def staff(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> Iterator[Visitor]:
    """Logged in as the user of our dealer's staff."""
    made = Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: now, ids=ids)
    visitor = Visitor(app)
    visitor.cookies[cookies.SESSION] = log_in(cast.ours.user).secret
    with services.use(made):
        yield visitor
