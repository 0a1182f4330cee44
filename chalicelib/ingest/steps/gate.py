"""The third step, when all parts are in: what they add up to decides whether the run is published, held or refused."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from chalicelib.ingest import leases, repo
from chalicelib.ingest.failures import Failure
from chalicelib.ingest.gate_rules import Decision, Guards, Moved, Verdict, verdict
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ControlTotal, FileCount, ImportRun, Part, PartResult, RunState, Summary, minor
from chalicelib.ingest.steps import publish, results
from chalicelib.kernel.money import minor_digits

_CONTROLLED = {"customers": ("balance",), "transactions": ("total_amount", "outstanding_amount")}
_NAMED = 100


def gate(job: Job, number: int) -> None:
    """Decide on a run of which all parts are done. No effect otherwise, or if it has been decided."""
    leases.retry_on_conflict(lambda: _gate(job, number))


def _gate(job: Job, number: int) -> None:
    run = repo.run(job.scope, number)
    if run is None or run.state is not RunState.STAGING or not run.n:
        return
    parts = repo.parts(job.scope, number)
    if len(parts) < run.n:
        return
    total = _Total()
    for result in results.of(job, run):
        total.add(result)
    summary = _summary(job, run, total)
    decided = verdict(summary.files, guards=_guards(job, run, total, summary), controls=summary.totals)
    _carry_out(job, run, parts, summary, decided)


def _carry_out(job: Job, run: ImportRun, parts: dict[int, Part], summary: Summary, decided: Verdict) -> None:
    texts = tuple(reason.text for reason in decided.reasons)
    match decided.decision:
        case Decision.PUBLISH:
            publish.publish(job, run, parts, summary)
        case Decision.HOLD:
            publish.hold(job, run, summary, texts)
        case Decision.REFUSE:
            failure = Failure(str(decided.reasons[0].code), decided.reasons[0].text)
            publish.refuse(job, run, summary, failure, texts)


@dataclass(slots=True)
class _Total:
    """Part results, summed; findings and events stay where they are."""

    counts: dict[str, FileCount] = field(default_factory=dict)
    sums: dict[tuple[str, str, str], int] = field(default_factory=dict)
    unsummed: set[str] = field(default_factory=set)
    settled: int = 0
    removed_items: int = 0
    accounts: int = 0
    active_before: int = 0
    archived: int = 0
    removed: list[str] = field(default_factory=list)
    open_delta: int = 0
    documents: int = 0
    events: int = 0

    def add(self, result: PartResult) -> None:
        whole = PartResult(counts=self.counts)
        for entity, count in result.counts.items():
            numbers = {name: getattr(count, name) for name in FileCount.__slots__ if name not in {"entity", "path"}}
            whole.count(entity, count.path, **numbers)
        self.counts = whole.counts
        for key, amount in result.sums.items():
            entity, column, currency = key.split("/")
            self.sums[entity, column, currency] = self.sums.get((entity, column, currency), 0) + amount
        self.unsummed |= result.unsummed
        for name in ("settled", "removed_items", "accounts", "active_before", "archived", "open_delta", "documents"):
            setattr(self, name, getattr(self, name) + getattr(result, name))
        self.removed += result.removed[: _NAMED - len(self.removed)]
        self.events += len(result.events)


def _summary(job: Job, run: ImportRun, total: _Total) -> Summary:
    files = tuple(total.counts.get(f.entity, FileCount(f.entity, f.path)) for f in run.files)
    before = _base_summary(job, run)
    return Summary(
        files=files,
        totals=tuple(_controls(run, total)),
        settled=total.settled,
        accounts=total.accounts,
        archived=total.archived,
        open_items=(before.open_items if before else 0) + total.open_delta,
        events=total.events,
        stored_documents=total.documents,
        removed=tuple(total.removed),
    )


def _controls(run: ImportRun, total: _Total) -> Iterable[ControlTotal]:
    """Every sum that the dealer's system declares or that was counted."""
    for file in run.files:
        declared = run.manifest.file(file.entity) if run.manifest else None
        said = declared.totals if declared else {}
        for column in _CONTROLLED.get(file.entity, ()):
            sums = {
                currency: a
                for (entity, name, currency), a in total.sums.items()
                if (entity, name) == (file.entity, column)
            }
            for currency in sorted({*sums, *said.get(column, {})}):
                value = said.get(column, {}).get(currency)
                yield ControlTotal(
                    file=file.path,
                    column=column,
                    currency=currency,
                    declared=None if value is None else minor(value, minor_digits(currency)),
                    counted=sums.get(currency, 0),
                    whole=file.entity not in total.unsummed,
                )


def _guards(job: Job, run: ImportRun, total: _Total, summary: Summary) -> Guards:
    """What the export would take away from what is published. Nothing, on a dealer's first."""
    before = _base_summary(job, run)
    if before is None:
        return Guards()
    had = {count.entity: count.rows for count in before.files}
    return Guards(
        accounts_before=total.active_before,
        accounts_removed=total.archived,
        open_before=before.open_items,
        open_removed=total.removed_items,
        rows=tuple(
            Moved(count.path, had[count.entity], count.rows)
            for count in summary.files
            if count.entity in had and count.entity in _CONTROLLED
        ),
        totals=tuple(_moved_totals(before, summary)),
    )


def _moved_totals(before: Summary, after: Summary) -> Iterator[Moved]:
    """By currency, one that is no longer named included. An export without the file moves nothing."""
    if after.file("transactions") is None:
        return
    now = {t.currency: t.counted for t in after.totals if t.column == "outstanding_amount"}
    for total in before.totals:
        if total.column == "outstanding_amount" and total.counted:
            yield Moved(total.currency, total.counted, now.get(total.currency) or 0)


def _base_summary(job: Job, run: ImportRun) -> Summary | None:
    base = repo.run(job.scope, run.base.run) if run.base.run else None
    return base.summary if base else None
