"""API keys of dealers: by admins alone, shown once, one dealer's own, ended at once."""

from datetime import datetime

import pytest

from chalicelib.identity import queries
from chalicelib.identity.api_keys import create_api_key, revoke_api_key
from chalicelib.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.cast import Cast

SCOPE = IdentityScope()


def test_a_key_opens_its_dealer_until_it_is_revoked(cast: Cast, now: datetime, ids: Ids) -> None:
    admin = cast.ours.admin.staff_scope
    secret, key = create_api_key(SCOPE, dealer=admin, name="  Gold\n server ", now=now, ids=ids)
    assert secret.startswith("ccx_")
    assert (key.name, key.prefix) == ("Gold server", secret[:10])
    assert queries.key_owner(SCOPE, secret) == cast.ours.dealer.dealer_id
    assert queries.api_keys(SCOPE, cast.ours.dealer.dealer_id) == [key]
    assert queries.api_keys(SCOPE, cast.rival.dealer.dealer_id) == []
    revoke_api_key(SCOPE, dealer=admin, key_id=key.key_id, now=now, ids=ids)
    assert queries.key_owner(SCOPE, secret) is None
    assert [one.revoked_at for one in queries.api_keys(SCOPE, cast.ours.dealer.dealer_id)] == [now]
    with pytest.raises(ConflictError):
        revoke_api_key(SCOPE, dealer=admin, key_id=key.key_id, now=now, ids=ids)


def test_only_an_admin_of_the_dealer_makes_and_revokes(cast: Cast, now: datetime, ids: Ids) -> None:
    secret, key = create_api_key(SCOPE, dealer=cast.ours.admin.staff_scope, name="Agent", now=now, ids=ids)
    with pytest.raises(ForbiddenError):
        create_api_key(SCOPE, dealer=cast.ours.user.staff_scope, name="Agent", now=now, ids=ids)
    with pytest.raises(ForbiddenError):
        revoke_api_key(SCOPE, dealer=cast.ours.user.staff_scope, key_id=key.key_id, now=now, ids=ids)
    with pytest.raises(NotFoundError):
        revoke_api_key(SCOPE, dealer=cast.rival.admin.staff_scope, key_id=key.key_id, now=now, ids=ids)
    assert queries.key_owner(SCOPE, secret)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_key_has_a_name(cast: Cast, now: datetime, ids: Ids, name: str) -> None:
    with pytest.raises(InvalidError) as refused:
        create_api_key(SCOPE, dealer=cast.ours.admin.staff_scope, name=name, now=now, ids=ids)
    assert refused.value.fields == {"name": "Enter a name of 1 to 60 characters"}


def test_twenty_keys_are_enough(cast: Cast, now: datetime, ids: Ids) -> None:
    for number in range(20):
        create_api_key(SCOPE, dealer=cast.ours.admin.staff_scope, name=f"Key {number}", now=now, ids=ids)
    with pytest.raises(InvalidError):
        create_api_key(SCOPE, dealer=cast.ours.admin.staff_scope, name="One more", now=now, ids=ids)


@pytest.mark.parametrize("secret", ["", "ccx_", "ccx_" + "x" * 43])
@pytest.mark.usefixtures("aws")
def test_no_other_key_opens_anything(secret: str) -> None:
    assert queries.key_owner(SCOPE, secret) is None
