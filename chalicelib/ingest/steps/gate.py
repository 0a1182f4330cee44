"""The third step, when all parts are in: what they add up to decides whether the run is published, held or refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from chalicelib.ccx.entity import Absence
from chalicelib.customers.groups import Member
from chalicelib.ingest import failures, leases, repo
from chalicelib.ingest.counts import Counts, FileCount, control_totals
from chalicelib.ingest.entities import Entities
from chalicelib.ingest.gate_rules import Decision, Delta, Guards, TotalMove, Verdict, dates_of, verdict
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun, Part, RunState
from chalicelib.ingest.part_result import PartResult
from chalicelib.ingest.steps import dealer_sheets, publish, results
from chalicelib.ingest.steps.dealer_sheets import DealerSheets
from chalicelib.ingest.summary import MAX_NAMED, OpenItems, OpenMove, Summary
from chalicelib.sheets import repo as sheets
from chalicelib.store.blobs import ETagMismatchError


def gate(job: Job, number: int) -> None:
    """Decide on a run of which all parts are done. No effect otherwise, or if it has been decided."""
    try:
        leases.retry_on_conflict(lambda: _gate(job, number))
    except ETagMismatchError:
        leases.end(job, number, RunState.FAILED, failures.REPLACED, where=lambda run: run.state is RunState.STAGING)
        publish.wake_inbox(job)


def _gate(job: Job, number: int) -> None:
    run = repo.run(job.scope, number)
    if run is None or run.state is not RunState.STAGING or not run.n:
        return
    parts = repo.parts(job.scope, number)
    if len(parts) < run.n:
        return
    total = _Total()
    for result in results.of_parts(job, run):
        total.add(result)
    found = dealer_sheets.read(job, run, total.members)
    total.add(found.result)
    run = _stage_sheets(job, run, found)
    entities = tuple(entity for entity in job.entities if any(file.entity == entity.name for file in run.files))
    summary = _summary(job, run, entities, total)
    decided = verdict(
        summary.files,
        guards=_guards(job, run, entities, total, summary),
        controls=summary.totals,
        only_hold={entity.name for entity in entities if not entity.refuses},
    )
    _carry_out(job, run, parts, summary, decided)


def _stage_sheets(job: Job, run: ImportRun, found: DealerSheets) -> ImportRun:
    """Write the dealer's sheets. The run names them first: the sweeper must know of all that may be written."""
    results.put_dealers(job, run, found.result)
    if run.sheets != found.named:
        run = replace(run, sheets=found.named)
        repo.commit(job.scope, [repo.write_run(job.scope, run)])
        run = replace(run, version=(run.version or 0) + 1)
    for name, pages in found.pages.items():
        sheets.stage_dealer(job.scope, name, run.number, pages)
    return run


def _carry_out(job: Job, run: ImportRun, parts: dict[int, Part], summary: Summary, decided: Verdict) -> None:
    match decided.decision:
        case Decision.PUBLISH:
            publish.publish(job, run, parts, summary)
        case Decision.HOLD:
            publish.hold(job, run, summary, decided.reasons)
        case Decision.REFUSE:
            publish.refuse(job, run, summary, decided.reasons)


@dataclass(slots=True)
class _Total(Counts):
    """Part results, summed; findings and events stay where they are."""

    settled: int = 0
    removed_items: int = 0
    accounts: int = 0
    active_before: int = 0
    archived: int = 0
    removed: list[str] = field(default_factory=list)
    other_owners: list[str] = field(default_factory=list)
    owners_changed: int = 0
    open_delta: int = 0
    open_moves: dict[str, OpenMove] = field(default_factory=dict)
    incomplete_accounts: int = 0
    documents: int = 0
    events: int = 0
    members: list[Member] = field(default_factory=list)

    def add(self, result: PartResult) -> None:
        self.add_counts(result)
        for currency, move in result.open_moves.items():
            self.open_moves[currency] = self.open_moves.get(currency, OpenMove()).plus(move)
        self.incomplete_accounts += result.incomplete_accounts
        self.settled += result.settled
        self.removed_items += result.removed_items
        self.accounts += result.accounts
        self.active_before += result.active_before
        self.archived += result.archived
        self.removed += result.removed[: MAX_NAMED - len(self.removed)]
        self.other_owners += result.other_owners[: MAX_NAMED - len(self.other_owners)]
        self.owners_changed += result.owners_changed
        self.open_delta += result.open_delta
        self.documents += result.documents
        self.events += len(result.events)
        self.members += result.members


def _summary(job: Job, run: ImportRun, entities: Entities, total: _Total) -> Summary:
    files = tuple(total.counts.get(f.entity, FileCount(f.entity, f.path)) for f in run.files)
    before = _base_summary(job, run)
    return Summary(
        files=files,
        totals=tuple(control_totals(run.manifest, entities, total)),
        settled=total.settled,
        accounts=total.accounts,
        archived=total.archived,
        open_items=(before.open_items if before else 0) + total.open_delta,
        events=total.events,
        stored_documents=total.documents,
        removed=tuple(total.removed),
        other_owners=tuple(total.other_owners),
        open_by_currency=_open_by_currency(before, total),
        last_rows=_last_rows(before) | {file.entity: file.rows for file in files},
        incomplete_accounts=total.incomplete_accounts,
        owners_changed=total.owners_changed,
    )


def _open_by_currency(before: Summary | None, total: _Total) -> dict[str, OpenItems]:
    open_before = _open_before(before)
    out = {}
    for currency in sorted({*open_before, *total.open_moves}):
        items, outstanding = open_before.get(currency, OpenItems())
        move = total.open_moves.get(currency, OpenMove())
        out[currency] = OpenItems(items + move.items, outstanding + move.outstanding)
    return {currency: opened for currency, opened in out.items() if any(opened)}


def _open_before(before: Summary | None) -> Mapping[str, OpenItems]:
    """What was open before. Runs from before this was kept by currency have one count and their control totals."""
    if before is None or before.open_by_currency or not before.open_items:
        return before.open_by_currency if before else {}
    sums = (total for total in before.totals if total.column == "outstanding_amount")
    return {total.currency: OpenItems(before.open_items, total.counted or 0) for total in sums}


def _last_rows(before: Summary | None) -> dict[str, int]:
    """Each file's rows in the newest export that had it: one that leaves a file out must not hide what was there."""
    if before is None:
        return {}
    return before.last_rows | {file.entity: file.rows for file in before.files}


def _guards(job: Job, run: ImportRun, entities: Entities, total: _Total, summary: Summary) -> Guards:
    """What the export would take away from what is published: nothing, on a dealer's first. And its dates."""
    before = _base_summary(job, run)
    dates = dates_of(run.manifest, opened_at=run.opened_at, before=run.base.as_at) if run.manifest else None
    if before is None:
        return Guards(dates=dates)
    rows_before = _last_rows(before)
    guarded = {entity.name for entity in entities if entity.absence is not Absence.KEPT}
    return Guards(
        accounts_before=total.active_before,
        accounts_removed=total.archived,
        open_before=before.open_items,
        open_removed=total.removed_items,
        dates=dates,
        other_owners=total.owners_changed,
        rows=tuple(
            Delta(count.path, rows_before[count.entity], count.rows)
            for count in summary.files
            if count.entity in rows_before and count.entity in guarded
        ),
        totals=tuple(_totals_moved(_open_before(before), summary, total)),
    )


def _totals_moved(open_before: Mapping[str, OpenItems], after: Summary, total: _Total) -> Iterator[TotalMove]:
    """By currency, one that is no longer named included."""
    for currency, (items, outstanding) in open_before.items():
        explained = total.open_moves.get(currency, OpenMove()).explained
        now = after.open_by_currency.get(currency, OpenItems()).outstanding
        yield TotalMove(currency, items, outstanding, now, explained)


def _base_summary(job: Job, run: ImportRun) -> Summary | None:
    base = repo.run(job.scope, run.base.run) if run.base.run else None
    return base.summary if base else None
