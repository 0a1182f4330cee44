from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.customers.impersonation.records import ImpersonationRecord
from chalicelib.kernel.errors import ReadOnlyError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import (
    CustomerScope,
    DealerScope,
    IdentityScope,
    ImportScope,
    OperatorScope,
    PublicLookupScope,
    TenantScope,
)
from chalicelib.store import blobs
from chalicelib.store.audit import AuditRow, audit_row
from chalicelib.store.batch import batch_write
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import NoScopeInForceError, StoreRole, assume_scope, current_role, role_of, scoped
from chalicelib.store.transactions import transaction
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World

ONE, OTHER = DealerScope("aaaaaaaaaa", "p1"), ImportScope("bbbbbbbbbb")


@scoped
def who(scope: TenantScope, *, note: str = "") -> tuple[StoreRole, str]:
    assert scope.dealer_id
    return current_role(), note


def test_every_scope_has_its_role() -> None:
    customer = CustomerScope("aaaaaaaaaa", "p1", frozenset({"100A"}))
    assert role_of(ONE) == role_of(customer) == role_of(TenantScope("aaaaaaaaaa")) == StoreRole("tenant", "aaaaaaaaaa")
    viewer = replace(customer, viewed_by="maria")
    assert role_of(viewer) == StoreRole("tenant", "aaaaaaaaaa", read_only=True)
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


def test_a_read_only_role_writes_nothing_by_any_way(aws: World, cast: Cast, ids: Ids, now: datetime) -> None:
    ours, ref = cast.ours.customer, "1200"
    viewer = replace(ours.customer_scope, viewed_by="maria")
    record = ImpersonationRecord(
        tenant_pk(viewer, "U", "maria"),
        "IMPERSONATION",
        account_ref=ref,
        account_name="",
        reason="",
        session_id="",
        expires_at=now,
    )
    row = audit_row(viewer, ids=ids, now=now, actor="maria", event="x.y", subject=ref)
    bucket = aws.settings.files_bucket

    def in_a_transaction() -> None:
        with transaction() as t:
            t.put(row)

    writes: list[Callable[[], object]] = [
        row.save,
        record.delete,
        in_a_transaction,
        lambda: batch_write([record]),
        lambda: record.update([ImpersonationRecord.reason.set("another")]),
        lambda: blobs.put(viewer, bucket, "a.txt", b"a", "text/plain"),
        lambda: blobs.delete(viewer, bucket, ["a.txt"]),
    ]
    for write in writes:
        with assume_scope(viewer), pytest.raises(ReadOnlyError):
            write()
    with assume_scope(viewer):
        assert AuditRow.find(row.pk, row.sk) is None
        assert not blobs.exists(viewer, bucket, "a.txt")
    with assume_scope(ours.customer_scope):
        row.save()
