"""Entries are added by what notifies people; the person alone marks them as read, and chooses how to be notified."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from chalicelib.alerts import queries, repo
from chalicelib.alerts.kinds import KINDS, AlertChannel, AlertKind
from chalicelib.alerts.model import Bell, Entry
from chalicelib.alerts.preferences import Channels, Preferences
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, ImportScope, TenantScope
from chalicelib.kernel.versions import version_text
from chalicelib.store.audit import audit_row
from chalicelib.store.transactions import retry_when_refused

CHANGED_ELSEWHERE = lazy_gettext("Your choice was changed in another window since you opened this page.")


def add(scope: ImportScope, entry: Entry, *, person_id: str) -> None:
    """Show it to the person. The same again changes nothing."""
    _change(scope, person_id, lambda bell: bell.with_entry(entry))


def mark_read(scope: CustomerScope, entry_id: str, modules: Collection[str]) -> Entry:
    """The entry, which counts as read from now on. Raises NotFoundError for one that the scope does not show."""
    found = queries.entry(scope, entry_id, modules)
    if not found.is_read:
        _change(scope, scope.person_id, lambda bell: bell.with_read({entry_id}))
    return found


def mark_all_read(scope: CustomerScope, modules: Collection[str], *, up_to: str) -> int:
    """All that the scope shows up to this entry count as read; how many are. What has come since stays unread."""
    read = {one.entry_id for one in queries.entries(scope, modules) if not one.is_read and one.entry_id <= up_to}
    if read:
        _change(scope, scope.person_id, lambda bell: bell.with_read(read))
    return len(read)


def choose(scope: CustomerScope, choice: Mapping[str, Channels], *, seen: str, now: datetime, ids: Ids) -> bool:
    """Keep the ways that were chosen of these kinds; False where it is so already.

    `seen` is the version that the form was filled with (`version_text`). Raises ConflictError where there is another.
    """
    before = repo.preferences(scope, scope.person_id)
    after = before.with_choice(choice)
    if after == before:
        return False
    # Tested control: preferences-conflict
    if version_text(before.version) != seen:
        raise ConflictError(CHANGED_ELSEWHERE)
    _put(scope, scope.person_id, before, after, now=now, ids=ids)
    return True


def stop_mails(scope: TenantScope, kind: AlertKind, *, person_id: str, now: datetime, ids: Ids) -> None:
    """No more mails of this kind to the person. The same again changes nothing."""

    def write() -> None:
        before = repo.preferences(scope, person_id)
        after = before.with_choice({kind.name: before.channels(kind) - {AlertChannel.EMAIL}})
        if after != before:
            _put(scope, person_id, before, after, now=now, ids=ids)

    retry_when_refused(write)


def stop_texts(scope: CustomerScope, *, now: datetime, ids: Ids) -> None:
    """No text messages to the person in hand, of any kind. The same again changes nothing."""

    def write() -> None:
        before = repo.preferences(scope, scope.person_id)
        after = before.without(AlertChannel.SMS)
        if after != before:
            _put(scope, scope.person_id, before, after, now=now, ids=ids)

    retry_when_refused(write)


def forget_person(scope: TenantScope, *, person_id: str) -> None:
    """They belong to the dealer no more: nothing is kept. Repeatable."""
    repo.delete(scope, person_id)


def _put(
    scope: TenantScope, person_id: str, before: Preferences, after: Preferences, *, now: datetime, ids: Ids
) -> None:
    """With an audit row that says which kinds."""
    names = [kind.name for kind in KINDS if before.channels(kind) != after.channels(kind)]
    audit = audit_row(
        scope,
        ids=ids,
        now=now,
        actor=person_id,
        event="notifications.chosen",
        subject=person_id,
        detail={"kinds": names},
    )
    repo.put_preferences(scope, person_id, after, audit=audit)


def _change(scope: TenantScope, person_id: str, change: Callable[[Bell], Bell]) -> None:
    def write() -> None:
        before = repo.bell(scope, person_id)
        after = change(before)
        if after != before:
            repo.put(scope, person_id, after)

    queries.forget()
    retry_when_refused(write)
