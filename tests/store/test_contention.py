"""Transactions that meet each other: tried again when that can help, and an error when it cannot."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Barrier, Thread
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import TransactWriteError

from chalicelib.kernel.errors import BusyError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store import clients
from chalicelib.store.batch import batch_get
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import TransactionRefusedError, transaction
from tests.fixtures.calls import counted_calls, listening
from tests.fixtures.worlds import World


class Note(Record):
    number = NumberAttribute(null=True)


@pytest.fixture
def scope(aws: World, ids: Ids, monkeypatch: pytest.MonkeyPatch) -> TenantScope:
    assert aws.name
    monkeypatch.setattr("time.sleep", lambda _: None)
    return TenantScope(ids.dealer_id())


@contextmanager
def cancelled(*codes: str, times: int = 99) -> Iterator[list[str]]:
    """The table cancels transactions for these reasons, one for each item."""
    left = {"times": times}

    def refuse(model: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        if model.name != "TransactWriteItems" or not left["times"]:
            return None
        left["times"] -= 1
        error = {"Code": "TransactionCanceledException", "Message": ""}
        reasons = [{"Code": code} for code in codes]
        return AWSResponse("", 400, HTTPHeaders(), None), {"Error": error, "CancellationReasons": reasons}

    with listening("dynamodb", "before-call", refuse), counted_calls() as calls:
        yield calls


def write_two(scope: TenantScope) -> None:
    pk = tenant_pk(scope, "NOTE")
    with assume_scope(scope), transaction() as t:
        t.put(Note(pk, "1"))
        t.put(Note(pk, "2"))


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_what_another_transaction_holds_is_tried_again(scope: TenantScope, code: str) -> None:
    with cancelled("None", code, times=2) as calls:
        write_two(scope)
    assert calls == ["TransactWriteItems"] * 3


def test_it_gives_up_in_the_end_which_says_nothing_of_a_condition(scope: TenantScope) -> None:
    with cancelled("None", "TransactionConflict") as calls, pytest.raises(BusyError):
        write_two(scope)
    assert len(calls) == 8


@pytest.mark.parametrize(("times", "attempts"), [(2, 3), (99, 8)])
def test_a_single_item_that_a_transaction_holds_is_tried_again(scope: TenantScope, times: int, attempts: int) -> None:
    left = [times]

    def refuse(model: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        if model.name != "PutItem" or not left[0]:
            return None
        left[0] -= 1
        return AWSResponse("", 400, HTTPHeaders(), None), {"Error": {"Code": "TransactionConflictException"}}

    fails = pytest.raises(BusyError) if times > attempts else nullcontext()
    with listening("dynamodb", "before-call", refuse), counted_calls() as calls, assume_scope(scope), fails:
        Note(tenant_pk(scope, "NOTE"), "1").save()
    assert calls == ["PutItem"] * attempts


def test_a_failed_condition_is_not_tried_again(scope: TenantScope) -> None:
    reasons = "ConditionalCheckFailed", "TransactionConflict"
    with cancelled(*reasons) as calls, pytest.raises(TransactionRefusedError) as refused:
        write_two(scope)
    assert len(calls) == 1
    assert refused.value.failed == ((tenant_pk(scope, "NOTE"), "1"),)


@pytest.mark.parametrize("codes", [("ItemCollectionSizeLimitExceeded", "None"), ("ValidationError", "None"), ()])
def test_other_reasons_stay_loud(scope: TenantScope, codes: tuple[str, ...]) -> None:
    with cancelled(*codes) as calls, pytest.raises(TransactWriteError):
        write_two(scope)
    assert len(calls) == 1


def test_each_kind_of_change_has_its_word(scope: TenantScope) -> None:
    pk = tenant_pk(scope, "NOTE")
    with assume_scope(scope):
        Note(pk, "1", number=1).save()
        Note(pk, "2").save()
        with transaction("a-token-of-our-own") as t:
            t.check(Note, pk, "1", Note.number == 1)
            t.delete(Note(pk, "2"))
            t.update(Note(pk, "3"), [Note.number.set(3)])
            t.put(Note(pk, "4"))
        assert [one.sk for one in batch_get(Note, [(pk, str(number)) for number in range(6)])] == ["1", "3", "4"]


def test_a_client_is_made_once_even_by_many_threads(aws: World) -> None:
    assert aws.name
    clients.reset()
    start, made = Barrier(8), set()

    def make() -> None:
        start.wait()
        made.add(clients.client("sqs"))

    threads = [Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
