"""The list behind a person's bell at a dealer: the newest 50 entries, and which of them were read. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.alerts.kinds import BY_NAME
from chalicelib.kernel.ids import moment_of
from chalicelib.kernel.scopes import CustomerScope

MAX_ENTRIES = 50
MAX_TEXT = 140
"""Characters of a text in an entry: the page that it leads to has all of it."""

NEEDED = "needed"


@dataclass(frozen=True, slots=True)
class Alert:
    """What somebody is notified of: `about` holds what its words are made of, and `path` is the page it leads to.

    Nobody sees it but those who reach the account in this era, and are given the areas that `about` names as NEEDED,
    separated by spaces: older releases read no more fields.
    """

    kind: str
    account_ref: str
    era: str
    path: str
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list. Its id is a ULID of when it was caused, and identifies the event."""

    entry_id: str
    alert: Alert
    is_read: bool = False

    @property
    def at(self) -> datetime:
        """When it was caused."""
        return moment_of(self.entry_id)


@dataclass(frozen=True, slots=True)
class Bell:
    """All entries, newest first. `version` is None where nothing has been stored yet."""

    entries: tuple[Entry, ...] = ()
    version: int | None = None

    def with_entry(self, new: Entry) -> "Bell":
        """With one more, and without those that are too many; the same where it is known already."""
        if any(entry.entry_id == new.entry_id for entry in self.entries):
            return self
        entries = sorted((*self.entries, _shortened(new)), key=lambda entry: entry.entry_id, reverse=True)
        return replace(self, entries=tuple(entries[:MAX_ENTRIES]))

    def with_read(self, entry_ids: Collection[str]) -> "Bell":
        """These count as read."""
        return replace(
            self,
            entries=tuple(
                replace(entry, is_read=entry.is_read or entry.entry_id in entry_ids) for entry in self.entries
            ),
        )

    def visible(self, scope: CustomerScope, modules: Collection[str]) -> list[Entry]:
        """What the scope reaches, of modules that are switched on."""
        return [entry for entry in self.entries if _is_visible(entry.alert, scope, modules)]


def _is_visible(alert: Alert, scope: CustomerScope, modules: Collection[str]) -> bool:
    kind = BY_NAME.get(alert.kind)
    if kind is None or (kind.module and kind.module not in modules):
        return False
    # Tested control: alerts-of-given-areas
    if kind.area and kind.area not in scope.areas:
        return False
    # Tested control: alerts-of-what-may-be-opened
    if not set(alert.about.get(NEEDED, "").split()) <= scope.areas:
        return False
    # Tested control: alerts-of-reached-accounts
    return alert.account_ref in scope.account_refs and alert.era == scope.eras.get(alert.account_ref, "")


def _shortened(entry: Entry) -> Entry:
    about = {name: shortened(value) for name, value in entry.alert.about.items()}
    return replace(entry, alert=replace(entry.alert, about=about))


def shortened(text: str) -> str:
    """The text in one line, cut off where it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_TEXT else f"{line[: MAX_TEXT - 1].rstrip()}…"
