"""What an export leaves as it is, known before a row is spread: accounts, and parts that hold no other.

A part that holds no other is done without a message: it keeps its shard, and adds up to what was remembered.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from chalicelib.customers.directory.queries import decode_shard, shard_of
from chalicelib.customers.directory.shards import Packed
from chalicelib.customers.model import DirectoryEntry
from chalicelib.ingest.awaited_eras import Eras, awaits_era
from chalicelib.ingest.part_result import PartResult
from chalicelib.ingest.steps.digests import is_unchanged
from chalicelib.ingest.steps.fingerprint import Fingerprints
from chalicelib.ingest.steps.part_summary import add_unchanged, members_of
from chalicelib.ingest.steps.spread import Same

NO_ERAS: Eras = {}
MAX_DONE = 90
"""Parts done at once: they are written with the run, in one transaction of at most 100 items."""


@dataclass(slots=True)
class Unchanged:
    """`tags`: of the files that name an account which stays as it is, by reference. `rows`: of each part that is done.

    `result` is of these parts together. `everything`: no row is of any other account.
    """

    tags: dict[str, str] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)
    result: PartResult = field(default_factory=PartResult)
    everything: bool = False

    @property
    def same(self) -> Same:
        """What need not be spread."""
        return Same(self.tags, self.rows.keys(), self.everything)

    def in_other_parts(self) -> "Unchanged":
        """The same where the parts are not those of the directory's shards: each is written again."""
        return Unchanged(self.tags, everything=self.everything)


def compare(
    fingerprints: Fingerprints, shards: Mapping[int, Packed], paths: Mapping[str, str], eras: Eras = NO_ERAS
) -> Unchanged:
    """Compare the fingerprints with the directory with its digests. `shards` are all there are, by index.

    An account that staff have given to another customer is laid out from nothing: `eras` are those they have begun.
    """
    out, asked = Unchanged(everything=True), {annotation.about for annotation in fingerprints.across}
    named: dict[int, set[str]] = defaultdict(set)
    for ref in fingerprints.refs:
        named[shard_of(ref, len(shards))].add(ref)
    for index in sorted(shards, reverse=True):
        entries = decode_shard(*shards[index])
        tags = _same(fingerprints, (entry for entry in entries if not awaits_era(entry, eras)), asked)
        out.tags |= tags
        out.everything = out.everything and named[index] <= tags.keys()
        # Part 0 comes last, for it also takes the rows of which the account turns out to be unreadable.
        # Tested control: unchanged-part-zero-last
        whole = len(tags) == len(entries) and (out.everything if index == 0 else named[index] <= tags.keys())
        if whole and len(out.rows) < MAX_DONE:
            accounts = ((entry, tags[entry.ref]) for entry in entries)
            out.rows[index] = add_unchanged(out.result, accounts, fingerprints.entities, paths)
            out.result.accounts += len(entries)
            out.result.members += members_of(entries)
            out.result.active_before += sum(not entry.archived for entry in entries)
    return out


def _same(fingerprints: Fingerprints, entries: Iterable[DirectoryEntry], asked: Container[str]) -> dict[str, str]:
    """The files that name each account that stays as it is: none where the export does not name it, as before.

    Of those `asked` about, another account's rows say something.
    """
    # Tested control: unchanged-minds-other-accounts
    return {
        entry.ref: fingerprints.tags(entry.ref)
        for entry in entries
        if entry.ref not in asked and _is_same(fingerprints, entry)
    }


def _is_same(fingerprints: Fingerprints, entry: DirectoryEntry) -> bool:
    return is_unchanged(entry, fingerprints.digests(entry.ref), fingerprints.tags(entry.ref), fingerprints.entities)
