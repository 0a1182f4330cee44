"""The eras that begin with an export: those that staff have begun, and of which the published figures have no rows."""

from collections.abc import Mapping
from itertools import islice

from chalicelib.customers.directory import queries as directory
from chalicelib.customers.enrolment.queries import enrolments
from chalicelib.customers.model import DirectoryEntry
from chalicelib.dealers.publication import Published
from chalicelib.kernel.scopes import TenantScope

MAX_ERAS = 5_000
"""Eras that begin with one export: the run names them, in an item of 400 KB. Others begin with the next."""

Eras = Mapping[str, str]
"""The era that staff have begun, by account."""


def awaited_eras(scope: TenantScope, base: Published) -> dict[str, str]:
    """Eras that staff have begun and that `base` has no rows of yet, as of now."""
    begun = {ref: one.era for ref, one in enrolments(scope).by_ref.items() if one.era}
    shards = sorted({directory.shard_of(ref, base.n) for ref in begun})
    entries = (entry for shard in shards for entry in directory.read_shard(scope, base, shard))
    awaited = ((entry.ref, entry.next_era) for entry in entries if awaits_era(entry, begun))
    return dict(islice(awaited, MAX_ERAS))


def awaits_era(entry: DirectoryEntry, eras: Eras) -> bool:
    """Whether the account's rows are still laid out as those of the customer before."""
    return bool(entry.next_era) and entry.era != entry.next_era == eras.get(entry.ref)
