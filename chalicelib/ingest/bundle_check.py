"""All that an import finds in an export by itself: without the store, where nothing but Python is installed.

The dealer's machine runs it before anything is sent. Each rule is the import's own code; what is left out is whatever
needs to know what the portal holds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from chalicelib.ccx.archive import MAX_BYTES
from chalicelib.ccx.bundle import Bundle, open_bundle
from chalicelib.ccx.bundle_name import check_name, parse_bundle_name
from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import BundleError, Finding
from chalicelib.ccx.manifest import Manifest
from chalicelib.ccx.manifest_parser import check_as_at
from chalicelib.customers.entity import CUSTOMERS
from chalicelib.documents.entity import DOCUMENTS
from chalicelib.ingest.checks.account import CheckedAccount, check_account, check_unassigned
from chalicelib.ingest.checks.context import Context
from chalicelib.ingest.checks.dealer_file import check_dealer_file
from chalicelib.ingest.checks.document import read_content
from chalicelib.ingest.counts import ControlTotal, Counts, FileCount, RowChanges, control_totals
from chalicelib.ingest.entities import Entities
from chalicelib.ingest.gate_rules import Guards, Verdict, dates_of, verdict
from chalicelib.ingest.steps.account_lines import context_of_account, records_of
from chalicelib.ingest.steps.digests import Lines
from chalicelib.ingest.steps.fingerprint import fingerprint
from chalicelib.ingest.steps.part_format import raw_row, read_part
from chalicelib.ingest.steps.spread import MAX_PARTS, choose_n, spread
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.gc_pause import gc_paused
from chalicelib.ledger.entity import TRANSACTIONS

Found = Callable[[Finding], None]

LEFT_TO_THE_IMPORT = frozenset(
    {
        Code.B024_DEALER,
        Code.B025_SEQUENCE,
        Code.B026_SAME_ID,
        Code.E212_CURRENCY_CHANGED,
        Code.W308_AGE_LABEL,
        Code.W317_SETTLED_CHANGED,
        Code.G402_ACCOUNTS,
        Code.G403_OPEN_ITEMS,
        Code.G404_FEWER_ROWS,
        Code.G405_TOTAL_MOVED,
        Code.G408_AS_AT_BACK,
        Code.G409_OTHER_OWNERS,
    }
)
"""What compares an export with the dealer's settings, or with what the portal holds."""


@dataclass(frozen=True, slots=True)
class CheckedBundle:
    """What would become of the export if the portal held nothing yet. Files are in the order of their findings."""

    manifest: Manifest
    verdict: Verdict
    files: tuple[FileCount, ...]
    totals: tuple[ControlTotal, ...]


def open_export(file: BinaryIO, *, name: str, now: datetime, entities: Entities) -> Bundle:
    """The bundle of a file that would be sent under this name `now`. Raises BundleError.

    What is wrong beyond the zip's directory, the manifest and the headers shows when it is checked.
    """
    parse_bundle_name(name)
    if file.seek(0, 2) > MAX_BYTES:
        raise BundleError(Code.B002_TOO_BIG, limit="2 GiB")
    bundle = open_bundle(file, entities)
    check_name(name, bundle.manifest)
    check_as_at(bundle.manifest, today=local_date(now, bundle.manifest.timezone))
    return bundle


def check_bundle(bundle: Bundle, *, now: datetime, found: Found, work: Path) -> CheckedBundle:
    """Check every file. `found` is called with each finding, in no order; `work` is an empty folder for parts.

    Raises BundleError for what refuses the export whole.
    """
    return _Check(bundle, now, found, work).run()


def may_be_in_the_portal(code: Code, bundle: Bundle) -> bool:
    """Whether what is missing may have come with an earlier export, so that the import does not miss it."""
    needs = {Code.E202_UNKNOWN_ACCOUNT: CUSTOMERS, Code.W312_OUT_OF_BALANCE: TRANSACTIONS}
    if code in needs:
        return needs[code] not in bundle.entities
    return code in {Code.E207_NO_FILE, Code.W301_DOCUMENT_NOT_YET, Code.W321_ALLOCATED_UNKNOWN}


class _Check:
    def __init__(self, bundle: Bundle, now: datetime, found: Found, work: Path) -> None:
        self._bundle = bundle
        self._now = now
        self._found = found
        self._work = work
        self._paths = {entity.name: bundle.path(entity.name) for entity in bundle.entities}
        self._of_accounts = tuple(entity for entity in bundle.entities if not entity.per_dealer)
        self._counts = Counts()

    def run(self) -> CheckedBundle:
        with gc_paused():
            parts = self._spread()
        context = Context(
            self._bundle.manifest.as_at,
            {entity.name: self._bundle.header(entity.name) for entity in self._bundle.entities},
            self._of_accounts,
            paths=self._paths,
        )
        for part in range(parts):
            self._check_part(part, context)
        self._check_dealer_files()
        return self._decide()

    def _spread(self) -> int:
        """Spread the rows over parts that fit into memory, as the import does; how many there are."""
        bundle = self._bundle
        fingerprints = fingerprint(bundle, compared=False)
        n = choose_n(rows=sum(bundle.rows(entity.name) for entity in self._of_accounts), at_least=1)
        while True:
            self._empty()
            if spread(bundle, fingerprints, n=n, put=self._put).fits or n >= MAX_PARTS:
                break
            n *= 2
        for warning in (*bundle.warnings, *bundle.unnamed_documents(fingerprints.documents)):
            self._found(warning)
        return n

    def _empty(self) -> None:
        for path in self._work.iterdir():
            path.unlink()

    def _put(self, part: int, _chunk: int, data: bytes) -> None:
        with (self._work / str(part)).open("ab") as file:
            file.write(data)

    def _chunks(self, part: int) -> Iterator[bytes]:
        path = self._work / str(part)
        if path.exists():
            yield path.read_bytes()

    def _check_part(self, part: int, context: Context) -> None:
        with gc_paused():
            accounts = read_part(self._chunks(part))
            unassigned = accounts.pop("", {})
            for ref in sorted(accounts):
                self._check_account(ref, accounts[ref], context)
            self._check_unassigned(unassigned, context)

    def _check_account(self, ref: str, lines: Lines, context: Context) -> None:
        around = context_of_account(context, ref, lines)
        checked = check_account(ref, records_of(lines, around), around)
        damaged = self._bad_contents(checked, context)
        for name, counted in checked.counts.items():
            rejected = len(damaged) if name == DOCUMENTS.name else 0
            self._counts.add_counted(name, self._paths[name], counted, RowChanges(0, 0, rejected))
        for finding in (*checked.findings, *damaged):
            self._found(finding)

    def _bad_contents(self, checked: CheckedAccount, context: Context) -> list[Finding]:
        path = context.file(DOCUMENTS)
        read = (read_content(self._bundle, each, ref=checked.ref, path=path) for each in checked.documents)
        return [finding for finding in read if isinstance(finding, Finding)]

    def _check_unassigned(self, lines: Lines, context: Context) -> None:
        for entity in self._of_accounts:
            if rows := lines.get(entity.tag):
                findings, counted = check_unassigned(entity, map(raw_row, rows), context)
                changes = RowChanges(0, 0, counted.rows - counted.rejected)
                self._counts.add_counted(entity.name, self._paths[entity.name], counted, changes)
                for finding in findings:
                    self._found(finding)

    def _check_dealer_files(self) -> None:
        for entity in self._bundle.entities:
            if entity.per_dealer:
                _, collector = check_dealer_file(self._bundle, entity)
                self._counts.add_counted(entity.name, self._paths[entity.name], collector.counted, RowChanges(0, 0))
                for finding in collector.findings:
                    self._found(finding)

    def _decide(self) -> CheckedBundle:
        bundle, counts = self._bundle, self._counts
        files = tuple(counts.counts.get(name, FileCount(name, path)) for name, path in self._paths.items())
        totals = tuple(control_totals(bundle.manifest, bundle.entities, counts))
        decided = verdict(
            files,
            guards=Guards(dates=dates_of(bundle.manifest, opened_at=self._now, before=None)),
            controls=totals,
            only_hold={entity.name for entity in bundle.entities if not entity.refuses},
        )
        return CheckedBundle(bundle.manifest, decided, files, totals)
