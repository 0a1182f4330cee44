"""All or nothing: up to 100 items of one role in one write."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from pynamodb.exceptions import CancellationReason, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.kernel.errors import BusyError, ConflictError
from chalicelib.store.backoff import attempts
from chalicelib.store.batch import Key
from chalicelib.store.record import CHANGED, Record, shared_table

T = TypeVar("T")
LIMIT = 100
_CONTENTION = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class TransactionRefusedError(ConflictError):
    """A condition did not hold, so nothing was written. `failed` holds the (pk, sk) of the items that refused."""

    def __init__(self, failed: Sequence[Key] = ()) -> None:
        super().__init__(CHANGED)
        self.failed = tuple(failed)


@dataclass(frozen=True, slots=True)
class Put:
    """Write the whole record. A Versioned one also has its version checked and grown."""

    record: Record
    condition: Condition | None = None

    @property
    def key(self) -> Key:
        """The item's (pk, sk)."""
        return self.record.pk, self.record.sk

    def add_to(self, write: TransactWrite) -> None:
        """Add it to pynamodb's transaction."""
        write.save(self.record, self.record.put_condition() if self.condition is None else self.condition)


@dataclass(frozen=True, slots=True)
class Update:
    """Change single attributes of the item with the record's key."""

    record: Record
    actions: Sequence[Action]
    condition: Condition | None = None

    @property
    def key(self) -> Key:
        """The item's (pk, sk)."""
        return self.record.pk, self.record.sk

    def add_to(self, write: TransactWrite) -> None:
        """Add it to pynamodb's transaction."""
        write.update(self.record, list(self.actions), self.condition)


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the item with the record's key."""

    record: Record
    condition: Condition | None = None

    @property
    def key(self) -> Key:
        """The item's (pk, sk)."""
        return self.record.pk, self.record.sk

    def add_to(self, write: TransactWrite) -> None:
        """Add it to pynamodb's transaction."""
        write.delete(self.record, self.condition)


@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing here, but require `condition` of the item at the key."""

    model: type[Record]
    pk: str
    sk: str
    condition: Condition

    @property
    def key(self) -> Key:
        """The item's (pk, sk)."""
        return self.pk, self.sk

    def add_to(self, write: TransactWrite) -> None:
        """Add it to pynamodb's transaction."""
        write.condition_check(self.model, self.pk, self.sk, condition=self.condition)


WriteItem = Put | Update | Delete | Check


@dataclass(slots=True)
class WriteTransaction:
    """What `transaction()` gives: items are collected here and sent when its block ends."""

    token: str | None = None
    items: list[WriteItem] = field(default_factory=list)

    def add(self, *items: WriteItem) -> None:
        """Add items that somebody else built."""
        self.items += items

    def put(self, record: Record, condition: Condition | None = None) -> None:
        """See Put."""
        self.add(Put(record, condition))

    def update(self, record: Record, actions: Sequence[Action], condition: Condition | None = None) -> None:
        """See Update."""
        self.add(Update(record, actions, condition))

    def delete(self, record: Record, condition: Condition | None = None) -> None:
        """See Delete."""
        self.add(Delete(record, condition))

    def check(self, model: type[Record], pk: str, sk: str, condition: Condition) -> None:
        """See Check."""
        self.add(Check(model, pk, sk, condition))


@contextmanager
def transaction(token: str | None = None) -> Iterator[WriteTransaction]:
    """Write all that the block added, or nothing; an empty one sends nothing.

    Raises TransactionRefusedError where a condition does not hold, BusyError where other transactions kept holding the
    items. A reply lost on the way is asked for again with the same token (botocore makes one where `token` is None).
    A `token` (1 to 36 characters) makes a repeat within 10 minutes a no-op: not long enough for a queue's redrive.
    """
    collected = WriteTransaction(token)
    yield collected
    if not collected.items:
        return
    if len(collected.items) > LIMIT:
        raise ValueError(f"{len(collected.items)} items in one transaction, {LIMIT} allowed")
    for _ in attempts():
        if _commit(collected):
            return
    raise BusyError


def retry_when_refused(change: Callable[[], T]) -> T:
    """Return what `change` returns. It reads and writes, and is called again where somebody else wrote in between.

    The last TransactionRefusedError is raised. Any other error ends it at once.
    """
    refused = TransactionRefusedError()
    for _ in attempts():
        try:
            return change()
        except TransactionRefusedError as error:
            refused = error
    raise refused


@contextmanager
def refusal_as(error: Exception, *, of: "WriteItem") -> Iterator[None]:
    """Raise `error` where the transaction inside is refused because of this one of its items."""
    try:
        yield
    except TransactionRefusedError as refused:
        if of.key in refused.failed:
            raise error from refused
        raise


def _commit(collected: WriteTransaction) -> bool:
    """Send. False where other transactions held the items, so that another attempt is worth it."""
    write, keys = _build(collected)
    try:
        write._commit()  # noqa: SLF001 - the way in without its context manager, which cannot be repeated
    except TransactWriteError as error:
        reasons = [(key, reason) for key, reason in zip(keys, error.cancellation_reasons, strict=False) if reason]
        failed = [key for key, reason in reasons if reason.code == "ConditionalCheckFailed"]
        if failed:
            raise TransactionRefusedError(failed) from error
        if not reasons or not all(_is_contention(reason) for _, reason in reasons):
            raise
        return False
    return True


def _is_contention(reason: CancellationReason) -> bool:
    return reason.code in _CONTENTION


def _build(collected: WriteTransaction) -> tuple[TransactWrite, list[Key]]:
    write = TransactWrite(connection=shared_table().connection, client_request_token=collected.token)
    # pynamodb sends the kinds in this order, and DynamoDB gives its reasons in the order sent.
    items = sorted(collected.items, key=lambda item: (Check, Delete, Put, Update).index(type(item)))
    for item in items:
        item.add_to(write)
    return write, [item.key for item in items]
