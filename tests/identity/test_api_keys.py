"""API keys of dealers: by admins alone, shown once, one dealer's own, ended at once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.dealers.staff import operations as staff
from chalicelib.identity import queries
from chalicelib.identity.api_keys import authenticate_key, create_api_key, form_token, revoke_api_key, show_key_of_form
from chalicelib.identity.model import ApiKey
from chalicelib.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.calls import beside_a_transaction, counted_calls
from tests.fixtures.cast import Cast
from tests.fixtures.staff import listed

SCOPE = IdentityScope()


@pytest.fixture(autouse=True)
def admins(cast: Cast, now: datetime) -> None:
    """The person who makes a key is on the dealer's list."""
    for dealership in (cast.ours, cast.rival):
        listed(dealership, dealership.admin, dealership.user, now=now)


def test_a_key_opens_its_dealer_until_it_is_revoked(cast: Cast, now: datetime, ids: Ids) -> None:
    admin = cast.ours.admin.staff_scope
    secret, key = create_api_key(SCOPE, dealer=admin, name="  Gold\n server ", now=now, ids=ids)
    assert secret.startswith("ccx_")
    assert (key.name, key.prefix) == ("Gold server", secret[:10])
    used = authenticate_key(SCOPE, secret=secret, now=now)
    assert used
    assert used.dealer_id == cast.ours.dealer.dealer_id
    (listed,) = queries.api_keys(SCOPE, cast.ours.dealer.dealer_id)
    assert listed == replace(key, last_used_at=now)
    assert queries.api_keys(SCOPE, cast.rival.dealer.dealer_id) == []
    revoke_api_key(SCOPE, dealer=admin, key_id=key.key_id, now=now, ids=ids)
    assert authenticate_key(SCOPE, secret=secret, now=now) is None
    assert [one.revoked_at for one in queries.api_keys(SCOPE, cast.ours.dealer.dealer_id)] == [now]
    with pytest.raises(ConflictError):
        revoke_api_key(SCOPE, dealer=admin, key_id=key.key_id, now=now, ids=ids)


def test_the_last_use_is_noted_once_an_hour(cast: Cast, now: datetime, ids: Ids) -> None:
    secret, _ = create_api_key(SCOPE, dealer=cast.ours.admin.staff_scope, name="Agent", now=now, ids=ids)
    noted = []
    for minutes in (0, 59, 60, 61):
        with counted_calls("dynamodb") as calls:
            assert authenticate_key(SCOPE, secret=secret, now=now + timedelta(minutes=minutes))
        noted.append(list(calls).count("UpdateItem"))
    assert noted == [2, 0, 2, 0]
    (key,) = queries.api_keys(SCOPE, cast.ours.dealer.dealer_id)
    assert key.last_used_at == now + timedelta(hours=1)


def test_two_clicks_at_once_get_the_same_key(cast: Cast, now: datetime, ids: Ids) -> None:
    admin, token = cast.rival.admin.staff_scope, form_token("the session's secret", "two clicks")
    quicker: list[tuple[str, ApiKey]] = []

    def click() -> tuple[str, ApiKey]:
        return create_api_key(SCOPE, dealer=admin, name="Agent", token=token, now=now, ids=ids)

    with beside_a_transaction(lambda: quicker.append(click())):
        assert click() == quicker[0]
    assert [key for key in queries.api_keys(SCOPE, admin.dealer_id) if key.key_id == quicker[0][1].key_id] == [
        quicker[0][1]
    ]


def test_a_form_makes_one_key_and_gives_it_again(cast: Cast, now: datetime, ids: Ids) -> None:
    admin = cast.ours.admin.staff_scope
    token = form_token("the session's secret", "the form")
    assert len(token) == 43
    assert form_token("another session's secret", "the form") != token != form_token("the session's secret", "another")
    made = [create_api_key(SCOPE, dealer=admin, name="Agent", token=token, now=now, ids=ids) for _ in range(2)]
    assert made[0] == made[1]
    assert len(queries.api_keys(SCOPE, admin.dealer_id)) == 1
    revoke_api_key(SCOPE, dealer=admin, key_id=made[0][1].key_id, now=now, ids=ids)
    create_api_key(SCOPE, dealer=admin, name="Agent", token=token, now=now, ids=ids)
    assert show_key_of_form(SCOPE, dealer=admin, token=token, now=now) is None
    assert authenticate_key(SCOPE, secret=made[0][0], now=now) is None  # what is revoked stays so


def test_a_key_is_shown_once(cast: Cast, now: datetime, ids: Ids) -> None:
    admin, token = cast.ours.admin.staff_scope, form_token("the session's secret", "a form")
    secret, key = create_api_key(SCOPE, dealer=admin, name="Agent", token=token, now=now, ids=ids)
    assert show_key_of_form(SCOPE, dealer=admin, token=token, now=now) == (secret, key)
    assert show_key_of_form(SCOPE, dealer=admin, token=token, now=now) == ("", key)


def test_only_an_admin_of_the_dealer_makes_and_revokes(cast: Cast, now: datetime, ids: Ids) -> None:
    secret, key = create_api_key(SCOPE, dealer=cast.ours.admin.staff_scope, name="Agent", now=now, ids=ids)
    with pytest.raises(ForbiddenError):
        create_api_key(SCOPE, dealer=cast.ours.user.staff_scope, name="Agent", now=now, ids=ids)
    with pytest.raises(ForbiddenError):
        revoke_api_key(SCOPE, dealer=cast.ours.user.staff_scope, key_id=key.key_id, now=now, ids=ids)
    with pytest.raises(NotFoundError):
        revoke_api_key(SCOPE, dealer=cast.rival.admin.staff_scope, key_id=key.key_id, now=now, ids=ids)
    assert authenticate_key(SCOPE, secret=secret, now=now)


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
def test_no_other_key_opens_anything(secret: str, now: datetime) -> None:
    assert authenticate_key(SCOPE, secret=secret, now=now) is None


def test_who_is_no_admin_on_the_list_any_more_makes_and_revokes_none(cast: Cast, now: datetime, ids: Ids) -> None:
    ours, admin = cast.ours, cast.ours.admin.staff_scope
    _, key = create_api_key(SCOPE, dealer=admin, name="Agent", now=now, ids=ids)
    assert key.made_by == ours.admin.person_id
    staff.remove_member(ours.scope, person_id=ours.admin.person_id, actor="x", now=now, ids=ids)
    with pytest.raises(ForbiddenError):  # the session is there until the outbox has ended it
        create_api_key(SCOPE, dealer=admin, name="Another", now=now, ids=ids)
    with pytest.raises(ForbiddenError):
        revoke_api_key(SCOPE, dealer=admin, key_id=key.key_id, now=now, ids=ids)
    assert [one.name for one in queries.api_keys(SCOPE, ours.dealer.dealer_id)] == ["Agent"]


def test_a_key_that_was_made_while_the_role_was_taken_away_works_for_nobody(
    cast: Cast, now: datetime, ids: Ids
) -> None:
    ours = cast.ours

    def remove() -> None:
        staff.remove_member(ours.scope, person_id=ours.admin.person_id, actor="x", now=now, ids=ids)

    with beside_a_transaction(remove, when="after"), pytest.raises(ForbiddenError):
        create_api_key(SCOPE, dealer=ours.admin.staff_scope, name="Agent", now=now, ids=ids)
    (key,) = queries.api_keys(SCOPE, ours.dealer.dealer_id)
    assert key.revoked_at == now
