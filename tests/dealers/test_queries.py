from collections.abc import Callable
from datetime import datetime

import pytest

from chalicelib.dealers import queries
from chalicelib.dealers.operations import create_dealer
from chalicelib.dealers.records import PublicRecord
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope, OperatorScope, TenantScope
from chalicelib.store.record import tenant_pk
from tests.dealers.profiles import a_profile
from tests.fixtures.worlds import World
from tests.ledger.published import counted_calls, publish

OPERATOR = OperatorScope("tests")


@pytest.fixture
def scope(aws: World, now: datetime, ids: Ids) -> TenantScope:
    """A dealer with a published run, of whom the process remembers nothing."""
    assert aws.name
    dealer_id = create_dealer(OPERATOR, profile=a_profile(ids), now=now, ids=ids).dealer_id
    publish(ImportScope(dealer_id), [])
    queries.forget(TenantScope(dealer_id))
    return TenantScope(dealer_id)


def test_settings_are_read_once_in_five_seconds(scope: TenantScope) -> None:
    with counted_calls() as calls:
        for _ in range(3):
            queries.dealer(scope)
    assert calls == ["BatchGetItem"]


@pytest.mark.parametrize("first", [queries.dealer, queries.published], ids=["settings", "the published run"])
def test_whichever_is_asked_for_first_brings_the_other(
    scope: TenantScope, first: Callable[[TenantScope], object]
) -> None:
    with counted_calls() as calls:
        first(scope)
        published, dealer = queries.published_and_dealer(scope)
    assert (published.run, dealer.dealer_id) == (1, scope.dealer_id)
    assert calls == ["BatchGetItem"]


@pytest.mark.parametrize("read", [queries.dealer, queries.published], ids=["settings", "the published run"])
def test_a_writer_reads_one_item_as_of_now(scope: TenantScope, read: Callable[..., object]) -> None:
    queries.published_and_dealer(scope)
    with counted_calls() as calls:
        read(scope, fresh=True)
    assert calls == ["GetItem"]


def test_what_was_forgotten_is_read_again(scope: TenantScope) -> None:
    queries.published_and_dealer(scope)
    queries.forget(scope)
    with counted_calls() as calls:
        queries.published_and_dealer(scope)
    assert calls == ["BatchGetItem"]


def test_another_item_comes_with_both_where_they_are_not_held(scope: TenantScope) -> None:
    queries.forget(scope)
    key = (tenant_pk(scope, "PUBLIC"), "DEALER")
    with counted_calls() as calls:
        for _ in range(2):
            found = queries.read_beside(scope, {key: PublicRecord})[key]
            assert isinstance(found, PublicRecord)
            assert found.body
        queries.published_and_dealer(scope)
    assert calls == ["BatchGetItem", "BatchGetItem"], "never from memory"
    assert queries.read_beside(scope, {(key[0], "NOTHING"): PublicRecord}) == {}


def test_what_is_held_of_a_dealer_is_that_dealers_alone(scope: TenantScope, now: datetime, ids: Ids) -> None:
    other = TenantScope(create_dealer(OPERATOR, profile=a_profile(ids), now=now, ids=ids).dealer_id)
    for _ in range(2):
        assert [queries.published(one).run for one in (scope, other)] == [1, 0]
        assert [queries.dealer(one).dealer_id for one in (scope, other)] == [scope.dealer_id, other.dealer_id]
