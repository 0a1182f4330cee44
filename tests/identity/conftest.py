"""What tests of the steps after the password share."""

from datetime import datetime

import pytest

from chalicelib.identity import operations
from chalicelib.identity.model import ClientInfo
from chalicelib.identity.pending_logins import SecondStepError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.cast import PASSWORD, Member
from tests.identity.second_factors import HERE, Begin


@pytest.fixture
def begin(now: datetime, ids: Ids) -> Begin:
    """Enters the right password; the secret of the login that waits."""

    def enter_password(member: Member, client: ClientInfo = HERE, at: datetime = now) -> str:
        with pytest.raises(SecondStepError) as waits:
            operations.log_in(IdentityScope(), email=member.email, password=PASSWORD, client=client, now=at, ids=ids)
        return waits.value.secret

    return enter_password
