"""The enrolments of all accounts, kept in this process; only shards that have changed are read again."""

from collections.abc import Mapping

from chalicelib.customers.enrolment import repo, shard_repo
from chalicelib.customers.enrolment.model import EnrolmentSummary
from chalicelib.customers.enrolment.shard_repo import EnrolmentShard
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.weighted_cache import WeightedCache

MAX_KEPT = 150_000
"""Enrolments that a process keeps in memory, at some 300 bytes each. One dealer always fits."""


class Enrolments:
    """Every enrolment of a dealer as of one moment. The same object, and `revision`, as long as none has changed."""

    def __init__(self, shards: Mapping[int, EnrolmentShard]) -> None:
        self.shards = shards
        self.revision = sum(part.version for part in shards.values())
        self.by_ref = {one.ref: one for part in shards.values() for one in part.summaries}

    def get(self, ref: str) -> EnrolmentSummary | None:
        """The enrolment of an account, or None where it was never invited."""
        return self.by_ref.get(ref)


_kept: WeightedCache[Enrolments] = WeightedCache(MAX_KEPT, lambda one: len(one.by_ref), keep_oversized=True)


def enrolments(scope: TenantScope) -> Enrolments:
    """All enrolments as of now: one small read, and one more where shards have changed since this process read them.

    A dealer from before the shards has them built here, from one query of its records.
    """
    versions = shard_repo.shard_versions(scope)
    if versions is None:
        shard_repo.build_shards(scope, (one.summary for one in repo.enrolments(scope)))
        versions = shard_repo.shard_versions(scope) or {}
    held = _kept.get(scope.dealer_id)
    old = held.shards if held else {}
    stale = [index for index, version in versions.items() if index not in old or old[index].version < version]
    if held and not stale:
        return held
    fresh = Enrolments({**old, **(shard_repo.read_shards(scope, stale) if stale else {})})
    _kept.put(scope.dealer_id, fresh)
    return fresh


def current_era(scope: TenantScope, ref: str) -> str:
    """The era that an account is in: empty for the first."""
    found = repo.enrolment(scope, ref)
    return found.era if found else ""


def forget_all() -> None:
    """Clear the caches, for benchmarks."""
    _kept.clear()
