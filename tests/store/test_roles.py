from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context

import pytest

from chalicelib.kernel.scopes import (
    CustomerScope,
    DealerScope,
    IdentityScope,
    ImportScope,
    OperatorScope,
    PublicLookupScope,
    TenantScope,
)
from chalicelib.store.roles import NoScopeInForceError, StoreRole, assume_scope, current_role, role_of, scoped

ONE, OTHER = DealerScope("aaaaaaaaaa", "p1"), ImportScope("bbbbbbbbbb")


@scoped
def who(scope: TenantScope, *, note: str = "") -> tuple[StoreRole, str]:
    assert scope.dealer_id
    return current_role(), note


def test_every_scope_has_its_role() -> None:
    customer = CustomerScope("aaaaaaaaaa", "p1", frozenset({"100A"}))
    assert role_of(ONE) == role_of(customer) == role_of(TenantScope("aaaaaaaaaa")) == StoreRole("tenant", "aaaaaaaaaa")
    assert role_of(OTHER) == StoreRole("tenant", "bbbbbbbbbb")
    assert role_of(IdentityScope()) == StoreRole("identity")
    assert role_of(OperatorScope("op")) == StoreRole("operator")
    assert role_of(PublicLookupScope()) == StoreRole("public")


def test_without_a_scope_there_is_no_role() -> None:
    with pytest.raises(NoScopeInForceError):
        current_role()


def test_scopes_nest_and_come_back_even_after_an_error() -> None:
    with assume_scope(ONE):
        with pytest.raises(ZeroDivisionError), assume_scope(OTHER):
            divmod(len(current_role().kind), 0)
        assert who(OTHER, note="x") == (StoreRole("tenant", "bbbbbbbbbb"), "x")
        assert current_role().dealer_id == "aaaaaaaaaa"
    with pytest.raises(NoScopeInForceError):
        current_role()


@pytest.mark.parametrize("nonsense", ["aaaaaaaaaa", None, 7, {"dealer_id": "aaaaaaaaaa"}])
def test_only_a_scope_is_a_scope(nonsense: TenantScope) -> None:
    with pytest.raises(TypeError):
        who(nonsense)


def test_the_scope_is_never_passed_by_name() -> None:
    with pytest.raises(TypeError):
        who(scope=ONE)  # type: ignore[call-arg]


def test_a_pools_threads_do_not_inherit_it_unless_given_the_context() -> None:
    with assume_scope(ONE), ThreadPoolExecutor(1) as pool:
        with pytest.raises(NoScopeInForceError):
            pool.submit(current_role).result()
        assert pool.submit(copy_context().run, current_role).result() == StoreRole("tenant", "aaaaaaaaaa")


def test_a_generator_does_not_leak_its_role_into_its_reader() -> None:
    @contextmanager
    def inner() -> Iterator[None]:
        with assume_scope(OTHER):
            yield

    with assume_scope(ONE):
        with inner():
            assert current_role().dealer_id == "bbbbbbbbbb"
        assert current_role().dealer_id == "aaaaaaaaaa"
