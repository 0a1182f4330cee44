"""Identity's outbox is one for all dealers: each test begins with an empty one."""

import pytest

from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.cast import Cast
from tests.notifications.fakes import empty


@pytest.fixture(autouse=True)
def empty_identity_outbox(cast: Cast) -> None:  # noqa: ARG001 - the world must stand
    empty(IdentityScope())
