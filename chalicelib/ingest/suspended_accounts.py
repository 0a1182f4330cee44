"""Accounts that a run shuts, or would, until staff say whose they are: with the name and email of before and of now."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.customers import eras
from chalicelib.customers.directory import queries as directory
from chalicelib.customers.directory.queries import natural_key
from chalicelib.customers.model import DirectoryEntry
from chalicelib.dealers.publication import Published
from chalicelib.ingest import repo
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.ingest.queries import is_overtaken
from chalicelib.kernel.scopes import TenantScope
from chalicelib.ledger import repo as ledger

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Renamed:
    """An account as it was and as it is."""

    ref: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class SuspendedAccounts:
    """The first SHOWN with their names; `others` are the references of the rest."""

    shown: Sequence[Renamed]
    others: Sequence[str]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.shown) + len(self.others)


def suspended_accounts(scope: TenantScope, run: ImportRun, current: Published) -> SuspendedAccounts | None:
    """Those that somebody could open. None where there are none, and of a run that is not applied and cannot be.

    Of a held run it reads all shards that the run wrote, of a published one the directory.
    """
    if run.summary is None or not run.summary.owners_changed or is_overtaken(run, current):
        return None
    match run.state:
        case RunState.HELD:
            parts = repo.parts(scope, run.number)
            entries = directory.staged(scope, [parts[part].shard_run for part in run.parts])
            found = eras.undecided_of(scope, entries, suggested_at=run.opened_at)
        case RunState.PUBLISHED:
            found = eras.undecided(scope, suggested_at=run.opened_at)
        case _:
            return None
    asked = sorted(eras.asked(scope, found), key=lambda entry: natural_key(entry.ref))
    if not asked:
        return None
    shown = [_renamed(scope, entry, run, current) for entry in asked[:SHOWN]]
    return SuspendedAccounts(shown, [entry.ref for entry in asked[SHOWN:]])


def _renamed(scope: TenantScope, entry: DirectoryEntry, run: ImportRun, current: Published) -> Renamed:
    newest = run.number if run.state is RunState.HELD else current.run
    head = ledger.read_head(scope, entry.ref, run=newest, skipped=current.skipped)
    change = head.owner_change if head else None
    before = _words(change.name, change.email) if change else ""
    return Renamed(entry.ref, before, _words(entry.name, entry.email))


def _words(name: str, email: str | None) -> str:
    return ", ".join(filter(None, (name, email)))
