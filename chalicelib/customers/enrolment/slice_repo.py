"""Enrolments of all accounts, for lists. The record of each account stays the truth that single operations rest on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

from pynamodb.expressions.operand import Path

from chalicelib.customers.enrolment.model import EnrolmentSummary
from chalicelib.customers.enrolment.slice_records import EnrolmentIndexRecord, EnrolmentSliceRecord
from chalicelib.customers.enrolment.slices import SLICES, decode_enrolments, encode_enrolments, enrolment_slice
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.batch import Key, batch_get
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Put, Update, WriteItem


class EnrolmentSlice(NamedTuple):
    """One slice as it was read: its version, and its accounts."""

    version: int
    summaries: list[EnrolmentSummary]


def index_key(scope: TenantScope) -> Key:
    """Where the index lies."""
    return tenant_pk(scope, "DIRECTORY"), f"{SLICES}.P"


@scoped
def slice_versions(scope: TenantScope) -> dict[int, int] | None:
    """The version of every slice that there is, as of now; None for a dealer whose slices were never built."""
    found = EnrolmentIndexRecord.find(*index_key(scope), consistent=True)
    if found is None:
        return None
    return {int(index): int(version) for index, version in found.versions.attribute_values.items() if version}


@scoped
def read_slices(scope: TenantScope, indexes: Iterable[int]) -> dict[int, EnrolmentSlice]:
    """The slices as of now, in one round trip; those that are not there are left out."""
    return {
        index: EnrolmentSlice(record.version, decode_enrolments(record.enrolments))
        for index, record in _records(scope, indexes).items()
    }


@scoped
def build_slices(scope: TenantScope, summaries: Iterable[EnrolmentSummary]) -> None:
    """Write the slices of a dealer that has none yet, then the index; what is there stays as it is.

    No enrolment changes while there is no index (`slice_writes` refuses), so two builders write the same.
    """
    parts = _by_slice(summaries)
    pk, sk = index_key(scope)
    for index, part in parts.items():
        record = EnrolmentSliceRecord(pk, _slice_sk(index), enrolments=encode_enrolments(part.values()))
        with suppress(ConflictError):
            record.save()
    versions = {str(index): int(index in parts) for index in range(SLICES)}
    with suppress(ConflictError):
        EnrolmentIndexRecord(pk, sk, versions=versions).save(EnrolmentIndexRecord.pk.does_not_exist())


@scoped
def slice_writes(scope: TenantScope, summaries: Iterable[EnrolmentSummary]) -> list[WriteItem]:
    """The items of a transaction that put these enrolments into their slices: one a slice, and the index.

    The transaction is refused where one of the slices has changed since, or where there is no index.
    """
    parts = _by_slice(summaries)
    there = _records(scope, parts)
    items: list[WriteItem] = []
    pk, sk = index_key(scope)
    for index, part in parts.items():
        record = there.get(index) or EnrolmentSliceRecord(pk, _slice_sk(index))
        known = {one.ref: one for one in decode_enrolments(record.enrolments)} if index in there else {}
        record.enrolments = encode_enrolments({**known, **part}.values())
        items.append(Put(record))
    versions = [Path(["versions", str(index)]) for index in parts]
    grown = [version.set(version + 1) for version in versions]
    return [*items, Update(EnrolmentIndexRecord(pk, sk), grown, EnrolmentIndexRecord.pk.exists())]


def _records(scope: TenantScope, indexes: Iterable[int]) -> dict[int, EnrolmentSliceRecord]:
    pk = tenant_pk(scope, "DIRECTORY")
    keys = {(pk, _slice_sk(index)): index for index in indexes}
    return {keys[one.pk, one.sk]: one for one in batch_get(EnrolmentSliceRecord, keys, consistent=True)}


def _slice_sk(index: int) -> str:
    return f"{SLICES}.{index}.P"


def _by_slice(summaries: Iterable[EnrolmentSummary]) -> Mapping[int, dict[str, EnrolmentSummary]]:
    parts: dict[int, dict[str, EnrolmentSummary]] = defaultdict(dict)
    for summary in summaries:
        parts[enrolment_slice(summary.ref)][summary.ref] = summary
    return parts
