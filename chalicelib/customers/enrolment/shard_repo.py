"""Enrolments of all accounts, for lists. The record of each account stays the truth that single operations rest on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

from pynamodb.expressions.operand import Path

from chalicelib.customers.enrolment.model import EnrolmentSummary
from chalicelib.customers.enrolment.shard_records import EnrolmentIndexRecord, EnrolmentShardRecord
from chalicelib.customers.enrolment.shards import SHARDS, decode_enrolments, encode_enrolments, enrolment_shard
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.batch import Key, batch_get
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Put, Update, WriteItem


class EnrolmentShard(NamedTuple):
    """One shard as it was read: its version, and its accounts."""

    version: int
    summaries: list[EnrolmentSummary]


def index_key(scope: TenantScope) -> Key:
    """The key of the index."""
    return tenant_pk(scope, "DIRECTORY"), f"{SHARDS}.P"


@scoped
def shard_versions(scope: TenantScope) -> dict[int, int] | None:
    """The version of every shard that there is, as of now; None for a dealer whose shards were never built."""
    found = EnrolmentIndexRecord.find(*index_key(scope), consistent=True)
    if found is None:
        return None
    return {int(index): int(version) for index, version in found.versions.attribute_values.items() if version}


@scoped
def read_shards(scope: TenantScope, indexes: Iterable[int]) -> dict[int, EnrolmentShard]:
    """The shards as of now, in one round trip; those that are not there are left out."""
    return {
        index: EnrolmentShard(record.version, decode_enrolments(record.enrolments))
        for index, record in _records(scope, indexes).items()
    }


@scoped
def build_shards(scope: TenantScope, summaries: Iterable[EnrolmentSummary]) -> None:
    """Write the shards of a dealer that has none yet, then the index; what is there stays as it is.

    No enrolment changes while there is no index (`shard_writes` refuses), so two builders write the same.
    """
    parts = _by_shard(summaries)
    pk, sk = index_key(scope)
    for index, part in parts.items():
        record = EnrolmentShardRecord(pk, _shard_sk(index), enrolments=encode_enrolments(part.values()))
        with suppress(ConflictError):
            record.save()
    versions = {str(index): int(index in parts) for index in range(SHARDS)}
    with suppress(ConflictError):
        EnrolmentIndexRecord(pk, sk, versions=versions).save(EnrolmentIndexRecord.pk.does_not_exist())


@scoped
def shard_writes(scope: TenantScope, summaries: Iterable[EnrolmentSummary]) -> list[WriteItem]:
    """The items of a transaction that put these enrolments into their shards: one for each shard, and the index.

    The transaction is refused where one of the shards has changed since, or where there is no index.
    """
    parts = _by_shard(summaries)
    there = _records(scope, parts)
    items: list[WriteItem] = []
    pk, sk = index_key(scope)
    for index, part in parts.items():
        record = there.get(index) or EnrolmentShardRecord(pk, _shard_sk(index))
        known = {one.ref: one for one in decode_enrolments(record.enrolments)} if index in there else {}
        record.enrolments = encode_enrolments({**known, **part}.values())
        items.append(Put(record))
    versions = [Path(["versions", str(index)]) for index in parts]
    grown = [version.set(version + 1) for version in versions]
    return [*items, Update(EnrolmentIndexRecord(pk, sk), grown, EnrolmentIndexRecord.pk.exists())]


def _records(scope: TenantScope, indexes: Iterable[int]) -> dict[int, EnrolmentShardRecord]:
    pk = tenant_pk(scope, "DIRECTORY")
    keys = {(pk, _shard_sk(index)): index for index in indexes}
    return {keys[one.pk, one.sk]: one for one in batch_get(EnrolmentShardRecord, keys, consistent=True)}


def _shard_sk(index: int) -> str:
    return f"{SHARDS}.{index}.P"


def _by_shard(summaries: Iterable[EnrolmentSummary]) -> Mapping[int, dict[str, EnrolmentSummary]]:
    parts: dict[int, dict[str, EnrolmentSummary]] = defaultdict(dict)
    for summary in summaries:
        parts[enrolment_shard(summary.ref)][summary.ref] = summary
    return parts
