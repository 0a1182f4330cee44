"""Reads of the list behind a bell, and of the ways to be notified.

Each page of a customer counts what is unread. The item comes with those that say what the person may reach, in the same
round trip, and is kept until the page asks for it.
"""

from collections.abc import Collection, Mapping
from contextvars import ContextVar

from chalicelib.alerts import repo
from chalicelib.alerts.conversations import repo as conversations
from chalicelib.alerts.kinds import AlertKind
from chalicelib.alerts.model import Bell, Entry
from chalicelib.alerts.preferences import Channels, Preferences
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.store.batch import Key
from chalicelib.store.record import Record

_read_along: ContextVar[tuple[str, str, Bell] | None] = ContextVar("bell_read_along", default=None)
_items_read_along: ContextVar[tuple[str, str, str, Mapping[Key, Record]] | None] = ContextVar(
    "conversations_read_along", default=None
)


def entries(scope: CustomerScope, modules: Collection[str]) -> list[Entry]:
    """What the person is shown for the account in hand, newest first. To staff who see the portal as they do, none."""
    # Tested control: bell-of-the-person-alone
    return [] if scope.is_read_only else repo.bell(scope, scope.person_id).visible(scope, modules)


def entry(scope: CustomerScope, entry_id: str, modules: Collection[str]) -> Entry:
    """One of them. Raises NotFoundError for one that the scope does not show."""
    found = next((one for one in entries(scope, modules) if one.entry_id == entry_id), None)
    if found is None:
        raise NotFoundError
    return found


def unread(scope: CustomerScope, modules: Collection[str]) -> int:
    """How many of these were not read, as the read that let the request in has found them."""
    if scope.is_read_only:
        return 0
    known = _read_along.get()
    is_own = known is not None and known[:2] == (scope.dealer_id, scope.person_id)
    bell = known[2] if known and is_own else repo.bell(scope, scope.person_id)
    return sum(not entry.is_read for entry in bell.visible(scope, modules))


def unread_conversations(scope: CustomerScope, ref: str) -> int:
    """How many conversations of the account have news for the person, as the same read has found them."""
    if scope.is_read_only:
        return 0
    known = _items_read_along.get()
    is_own = known is not None and known[:3] == (scope.dealer_id, scope.person_id, ref)
    items = known[3] if known and is_own else conversations.items(scope, ref, scope.person_id)
    return conversations.unread(scope, ref, items)


def wanted(scope: TenantScope, person_id: str, ref: str) -> dict[Key, type[Record]]:
    """What to read along for the person, whose own account is `ref`."""
    return repo.wanted(scope, person_id) | conversations.wanted(scope, ref, person_id)


def keep(scope: TenantScope, person_id: str, ref: str, items: Mapping[Key, Record]) -> None:
    """Such a read has brought these."""
    _read_along.set((scope.dealer_id, person_id, repo.found_in(scope, person_id, items)))
    _items_read_along.set((scope.dealer_id, person_id, ref, items))


def forget() -> None:
    """The next count reads anew."""
    _read_along.set(None)
    _items_read_along.set(None)


def own_preferences(scope: CustomerScope) -> Preferences:
    """The ways that the person in hand has chosen. Of staff who see the portal as they do, none."""
    return Preferences() if scope.is_read_only else repo.preferences(scope, scope.person_id)


def channels(scope: TenantScope, person_id: str, kind: AlertKind) -> Channels:
    """The ways by which to notify somebody."""
    return kind.channels if kind.must else repo.preferences(scope, person_id).channels(kind)
