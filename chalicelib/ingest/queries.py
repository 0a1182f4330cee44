"""What the Imports page and the dealer's upload client see of runs and uploads."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from chalicelib import settings
from chalicelib.ccx.findings import FindingGroup, grouped
from chalicelib.ccx.manifest import Manifest
from chalicelib.customers.directory.queries import natural_key
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.publication import Published
from chalicelib.ingest import names, repo, report
from chalicelib.ingest.model import ImportRun, RunFilter, RunState, Upload
from chalicelib.ingest.part_result import TouchedAccount
from chalicelib.ingest.stored_findings import FINDINGS, GROUPS
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.rendering.format import Formats
from chalicelib.store import blobs

PAGE = 25
LINK_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run came: rows of parts done, of all; rows a second and seconds left where that is known."""

    done: int
    rows: int
    per_second: float | None = None
    seconds_left: float | None = None

    @property
    def percent(self) -> int:
        """0 to 100, rounded down."""
        return 100 * self.done // self.rows if self.rows else 0


@dataclass(frozen=True, slots=True)
class ImportsPage:
    """Runs, newest first; bundles that wait in the inbox; the published run. `older` is the number to go on below."""

    runs: tuple[ImportRun, ...]
    waiting: tuple[Upload, ...]
    published: Published
    reading: Progress | None
    older: int | None


def import_runs(
    scope: TenantScope,
    *,
    below: int | None = None,
    only: RunFilter | None = None,
    now: datetime,
) -> ImportsPage:
    """A page of runs, all or those that `only` names; on the first one also what is being read and what waits."""
    found = repo.newest_runs(scope, below=below, only=only, limit=PAGE + 1)
    runs = tuple(found[:PAGE])
    first = below is None
    waiting = tuple(repo.waiting_uploads(scope)) if first else ()
    staging = next((run for run in runs if run.state is RunState.STAGING), None)
    return ImportsPage(
        runs=runs,
        waiting=waiting,
        published=dealers.published(scope, fresh=True),
        reading=progress(scope, staging, now) if staging else None,
        older=runs[-1].number if len(found) > PAGE else None,
    )


def progress(scope: TenantScope, run: ImportRun, now: datetime) -> Progress:
    """How far a staging run came."""
    rows = sum(file.rows for file in run.files)
    if not rows and run.manifest:
        rows = sum(file.rows for file in run.manifest.files)
    done = sum(part.rows for part in repo.parts(scope, run.number).values()) if run.n else 0
    seconds = (now - run.opened_at).total_seconds()
    if not done or seconds <= 0:
        return Progress(done, rows)
    per_second = done / seconds
    return Progress(done, rows, per_second, max(0, rows - done) / per_second)


def import_run(scope: TenantScope, *, number: int) -> ImportRun:
    """One run. Raises NotFoundError."""
    run = repo.run(scope, number)
    if run is None:
        raise NotFoundError
    return run


def runs(scope: TenantScope, numbers: Iterable[int]) -> list[ImportRun]:
    """Those of these runs that there are."""
    return repo.runs(scope, numbers)


def manifest_of(scope: TenantScope, *, number: int) -> Manifest | None:
    """What the export of a run says of itself, or None of a run that never was, or could not be read."""
    run = repo.run(scope, number)
    return run.manifest if run else None


def published_run(scope: TenantScope) -> Published:
    """What customers see now."""
    return dealers.published(scope, fresh=True)


def held_run(scope: TenantScope) -> ImportRun | None:
    """The export that waits for a decision of the dealer's staff: it is newer than what is published."""
    above = dealers.published(scope, fresh=True).run
    return next(iter(repo.newest_runs(scope, above=above, only=RunFilter(RunState.HELD), limit=1)), None)


def is_overtaken(run: ImportRun, current: Published) -> bool:
    """Whether a held run rests on what is no longer published."""
    return run.state is RunState.HELD and run.base.generation != current.generation


def findings(scope: TenantScope, *, number: int, warnings: bool = False) -> list[FindingGroup]:
    """The errors by cause, or the warnings; none before the run is finalised."""
    name = names.warnings(number) if warnings else names.rejects(number)
    try:
        stored = blobs.get(scope, settings.load().files_bucket, f"{name}.json")
    except NotFoundError:
        return []
    try:
        return GROUPS.validate_json(stored)
    except ValidationError:  # runs of earlier releases left the first of each file
        found = FINDINGS.validate_json(stored)
        return grouped(found, rows=Counter(finding.cause for finding in found), most=len(found))


def touched_accounts(scope: TenantScope, *, number: int) -> list[TouchedAccount] | None:
    """The accounts that a run changes, by number. None before it is finalised, and of runs of earlier releases."""
    try:
        stored = blobs.get(scope, settings.load().files_bucket, names.touched_accounts(number))
    except NotFoundError:
        return None
    return sorted(report.TOUCHED.unpack(stored), key=lambda account: natural_key(account.ref))


def rejects_link(scope: TenantScope, *, run: ImportRun, fmt: Formats, warnings: bool = False) -> str:
    """A link of 60 seconds to the whole report as CSV, made in the reader's language.

    Raises NotFoundError before the run is finalised.
    """
    report_name = names.warnings(run.number) if warnings else names.rejects(run.number)
    name, bucket = f"{report_name}.csv", settings.load().files_bucket
    try:
        found = report.ALL.unpack(blobs.get(scope, bucket, f"{report_name}.all"))
    except NotFoundError:
        if not blobs.exists(scope, bucket, name):  # a run of the first release left it as text
            raise
    else:
        text = "".join(report.findings_csv(found, fmt))
        content = text.encode("utf-8-sig")  # a spreadsheet takes it for cp1252 without the mark
        blobs.put(scope, bucket, name, content, "text/csv; charset=utf-8", kept=blobs.Kept.PER_DAY)
    kind = "warnings" if warnings else "rejects"
    return blobs.presign_get(
        scope,
        bucket,
        name,
        filename=f"{kind}-{run.number}.csv",
        disposition="attachment",
        content_type="text/csv; charset=utf-8",
        seconds=LINK_SECONDS,
    )


def upload(scope: TenantScope, *, upload_id: str) -> Upload:
    """One upload. Raises NotFoundError."""
    found = repo.upload(scope, upload_id)
    if found is None:
        raise NotFoundError
    return found
