"""A dealer whose ledger nobody in this process has read."""

from collections.abc import Iterator

import pytest

from chalicelib.kernel.scopes import ImportScope
from chalicelib.ledger import repo
from tests.fixtures.worlds import World
from tests.ledger.published import a_dealer


@pytest.fixture
def dealer(aws: World) -> Iterator[ImportScope]:
    assert aws.name
    repo.forget()
    yield a_dealer()
    repo.forget()
