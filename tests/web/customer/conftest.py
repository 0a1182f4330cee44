"""Mr A L Barlow in front of his pages, with an AWS in process behind them."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from app import app
from chalicelib import services, settings
from chalicelib.dealers import queries as dealers
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.ledger import repo
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from tests.fixtures.cast import Cast, LogIn
from tests.web.client import Visitor


@pytest.fixture
def customer(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> Iterator[Visitor]:
    """Logged in for account 1200 of our dealer; the process remembers nothing of an earlier test."""
    repo.forget()
    dealers.forget_published(cast.ours.scope)
    made = Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: now, ids=ids)
    visitor = Visitor(app)
    visitor.cookies[cookies.SESSION] = log_in(cast.ours.customer).secret
    with services.use(made):
        yield visitor
