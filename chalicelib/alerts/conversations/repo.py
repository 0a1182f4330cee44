"""How many conversations of an account have something that a user of it has not read: what the menu counts.

Two small items that come with the read which lets a request in: what was said last in each of the account's newest
conversations, and how far the person has read each.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import NamedTuple, TypeVar

from chalicelib.alerts.conversations.records import ThreadHeadsRecord, ThreadsReadRecord
from chalicelib.kernel.areas import ALL_AREAS, Area, areas_of
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.store.batch import Key, batch_get_mixed
from chalicelib.store.record import Record, account_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Put, WriteItem

T = TypeVar("T")
MAX_HEADS = 30
"""Of an account: what the menu counts at most."""


class Head(NamedTuple):
    """The id of what was said last for customers to see, by whom, in a conversation of this era.

    `areas`: what somebody has to be given to open it.
    """

    shown_id: str
    person_id: str
    era: str
    areas: AbstractSet[Area]

    def is_own(self, scope: CustomerScope, ref: str) -> bool:
        """Whether it is of their era of the account, and nothing that they are kept from."""
        # Tested control: unread-of-given-areas
        if not self.areas <= scope.areas:
            return False
        # Tested control: unread-of-own-era
        return self.era == scope.eras.get(ref, "")


@scoped
def put_head(scope: TenantScope, ref: str, thread_id: str, head: Head) -> WriteItem:
    """For the transaction that writes what was said, which is refused where another conversation was written in."""
    key = account_pk(scope, ref), "THREAD_HEADS"
    record = ThreadHeadsRecord.find(*key, consistent=True) or ThreadHeadsRecord(*key, heads={})
    heads = _newest({**_heads(record), thread_id: head}, lambda one: one.shown_id)
    record.heads = {key: [one.shown_id, one.person_id, one.era] for key, one in heads.items()}
    record.areas = {key: sorted(one.areas) for key, one in heads.items()}
    return Put(record)


@scoped
def note_read(scope: TenantScope, ref: str, thread_id: str, *, person_id: str, up_to: str) -> None:
    """Somebody has read a conversation so far. Of two pages at once the other may be told again: it is read anyway."""
    key = _read_key(scope, ref, person_id)
    record = ThreadsReadRecord.find(*key, consistent=True) or ThreadsReadRecord(*key, read={})
    if record.read.get(thread_id, "") < up_to:
        record.read = _newest({**record.read, thread_id: up_to}, lambda one: one)
        with suppress(ConflictError):
            record.save()


def wanted(scope: TenantScope, ref: str, person_id: str) -> dict[Key, type[Record]]:
    """For those who read them along with other items."""
    return {
        (account_pk(scope, ref), "THREAD_HEADS"): ThreadHeadsRecord,
        _read_key(scope, ref, person_id): ThreadsReadRecord,
    }


@scoped
def items(scope: TenantScope, ref: str, person_id: str) -> dict[Key, Record]:
    """The same, read by themselves."""
    return batch_get_mixed(wanted(scope, ref, person_id))


def unread(scope: CustomerScope, ref: str, found: Mapping[Key, Record]) -> int:
    """How many of the account's conversations somebody else has written in since the person has read them."""
    heads, read = found.get((account_pk(scope, ref), "THREAD_HEADS")), found.get(_read_key(scope, ref, scope.person_id))
    if not isinstance(heads, ThreadHeadsRecord):
        return 0
    seen = read.read if isinstance(read, ThreadsReadRecord) else {}
    own = {key: head for key, head in _heads(heads).items() if head.is_own(scope, ref)}
    return sum(one.person_id != scope.person_id and seen.get(key, "") < one.shown_id for key, one in own.items())


def _heads(record: ThreadHeadsRecord) -> dict[str, Head]:
    """By conversation. Of what an older release has written, areas are unknown: who has not all may be kept from it."""
    areas = record.areas or {}
    return {
        key: Head(shown_id, person_id, era, areas_of(areas[key]) if key in areas else ALL_AREAS)
        for key, (shown_id, person_id, era) in record.heads.items()
    }


def _newest(by_thread: Mapping[str, T], at: Callable[[T], str]) -> dict[str, T]:
    return dict(sorted(by_thread.items(), key=lambda one: at(one[1]), reverse=True)[:MAX_HEADS])


def _read_key(scope: TenantScope, ref: str, person_id: str) -> Key:
    return account_pk(scope, ref), f"THREADS_READ#{person_id}"
