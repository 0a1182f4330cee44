"""The dealer's own sheets, read and written by the gate: files without accounts, and which accounts a master has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib import settings
from chalicelib.ccx.bundle import Bundle, open_bundle
from chalicelib.ccx.digest import account_digest
from chalicelib.ccx.entity import Entity
from chalicelib.customers import groups
from chalicelib.customers.groups import GROUPS, Member
from chalicelib.dealers.publication import DealerSheet
from chalicelib.ingest.checks.dealer_file import check_dealer_file
from chalicelib.ingest.counts import RowChanges
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun
from chalicelib.ingest.part_result import PartResult
from chalicelib.ingest.remote import open_remote
from chalicelib.ingest.steps.part_summary import add_findings
from chalicelib.sheets import queries as sheets
from chalicelib.sheets.layout import PAGE_BYTES, encode_rows, split
from chalicelib.sheets.model import merge


@dataclass(slots=True)
class DealerSheets:
    """What PUBLISHED is to name, and the pages of those that this run writes. `result` is of their files."""

    named: dict[str, DealerSheet]
    pages: dict[str, list[bytes]] = field(default_factory=dict)
    result: PartResult = field(default_factory=PartResult)


def read(job: Job, run: ImportRun, members: Iterable[Member]) -> DealerSheets:
    """Check the dealer's files and put their rows over those that are there; one that came unchanged is not read.

    Raises ETagMismatchError where the bundle has been replaced.
    """
    out = DealerSheets(dict(run.base.sheets))
    paths = {file.entity: file.path for file in run.files}
    wanted = [entity for entity in job.entities if entity.per_dealer and entity.name in paths]
    if wanted:
        zipped = open_remote(job.scope, settings.load().inbox_bucket, run.name, etag=run.etag)
        bundle = open_bundle(zipped, job.entities)
        for entity in wanted:
            _read_file(job, run, bundle, entity, out, paths)
    _group(run, members, out)
    return out


def _read_file(
    job: Job, run: ImportRun, bundle: Bundle, entity: Entity[Any], out: DealerSheets, paths: Mapping[str, str]
) -> None:
    old = out.named.get(entity.name)
    source = account_digest([(entity.name, bundle.header(entity.name).raw, int(bundle.checksum(entity.name), 16))])
    if old is not None and old.source == source and not entity.amounts:
        out.result.count(entity.name, paths[entity.name], rows=old.rows, unchanged=old.rows)
        return
    fresh, collector = check_dealer_file(bundle, entity)
    before = sheets.read_dealer(job.scope, run.base, entity)
    covers = run.scope_of(entity.name)
    merged = merge(
        entity,
        before,
        fresh,
        rejected=collector.rejected,
        complete=not collector.unreadable,
        history_from=covers.history_from.isoformat() if covers and covers.history_from else None,
    )
    source = "" if collector.findings else source
    changes = RowChanges(len(merged.new), len(merged.changed))
    out.result.add_counted(entity.name, paths[entity.name], collector.counted, changes)
    add_findings(out.result, collector.findings, paths)
    if entity.after:
        out.result.changes[entity.name] = merged.changes("")
    if old is not None and merged.rows == before:
        out.named[entity.name] = DealerSheet(old.run, old.pages, old.rows, source)
        return
    pages = [data for _, data in split(merged.rows, encode_rows, PAGE_BYTES)] if merged.rows else []
    _name(out, entity.name, run, pages, len(merged.rows), source)


def _group(run: ImportRun, members: Iterable[Member], out: DealerSheets) -> None:
    pages = groups.lay_out(members)
    source, old = groups.digest_of(pages), out.named.get(GROUPS)
    if old is None and not pages:
        return
    if old is None or old.source != source:
        _name(out, GROUPS, run, pages, 0, source)


def _name(out: DealerSheets, name: str, run: ImportRun, pages: list[bytes], rows: int, source: str) -> None:
    out.named[name] = DealerSheet(run.number, len(pages), rows, source)
    out.pages[name] = pages
