"""What a dealer's staff decide about a run."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from chalicelib.customers import eras
from chalicelib.dealers import queries as dealers
from chalicelib.dealers import repo as dealer_repo
from chalicelib.ingest import failures, leases, repo
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.ingest.steps import publish
from chalicelib.ingest.summary import Summary
from chalicelib.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope, ImportScope
from chalicelib.store.transactions import Put, WriteItem

T = TypeVar("T")


def approve_run(scope: DealerScope, *, number: int, same_customers: bool = False, now: datetime, ids: Ids) -> None:
    """Publish a held run. `same_customers`: those with another name and email are who they were.

    With that callers notify the outbox, which does it. Raises ConflictError where it is no longer held, too old, or no
    longer fits.
    """
    job = _job(scope, now, ids)

    def attempt() -> bool:
        run = _found(job, number)
        if run.state is not RunState.HELD or run.summary is None:
            raise _Decided(_("This export has been decided on already."))
        if not run.decidable(now):
            raise _Decided(_("This export is more than 6 days old. Upload a new one."))
        also = _same_customers(job, run, run.summary, scope.person_id) if same_customers else ()
        return publish.publish(job, run, repo.parts(job.scope, number), run.summary, actor=scope.person_id, also=also)

    if not _repeated(attempt):
        raise ConflictError(_("What customers see has changed since this export came. Upload a new one."))


def confirm_same_customers(scope: DealerScope, *, number: int, now: datetime, ids: Ids) -> None:
    """Say of all accounts to which a published run gave another name and email that they are the same customers.

    Callers notify the outbox, which does it. Raises ConflictError where the run is not published.
    """
    job = _job(scope, now, ids)
    run = _found(job, number)
    if run.state is not RunState.PUBLISHED or run.summary is None:
        raise ConflictError(_("This export is not applied."))
    repo.commit(job.scope, _same_customers(job, run, run.summary, scope.person_id))


def _same_customers(job: Job, run: ImportRun, summary: Summary, actor: str) -> list[WriteItem]:
    """The decision's audit row, and the work that it makes for the outbox."""
    accounts = summary.owners_changed
    items = eras.same_customers_items(
        job.scope, suggested_at=run.opened_at, accounts=accounts, actor=actor, now=job.now, ids=job.ids
    )
    audit = repo.write_audit(
        job.scope, run=run, event="import.same_customers", actor=actor, now=job.now, ids=job.ids, accounts=accounts
    )
    return [audit, *map(Put, items)]


def refuse_run(scope: DealerScope, *, number: int, now: datetime, ids: Ids) -> None:
    """Refuse a held run. Raises ConflictError where it is no longer held."""
    job = _job(scope, now, ids)
    if _found(job, number).state is not RunState.HELD:
        raise ConflictError(_("This export has been decided on already."))
    if leases.end(job, number, RunState.REFUSED, failures.REFUSED_BY_STAFF, actor=scope.person_id) is None:
        raise ConflictError(_("This export has been decided on already."))


def undo_run(scope: DealerScope, *, number: int, now: datetime, ids: Ids) -> None:
    """Bring back what customers saw before this run. Raises ConflictError unless they see it now; for 6 days only."""
    job = _job(scope, now, ids)

    def attempt() -> None:
        run = _found(job, number)
        current = dealers.published(job.scope, fresh=True)
        if run.state is not RunState.PUBLISHED or current.run != number:
            raise _Decided(_("Only the export that customers see now can be undone."))
        if not run.decidable(now):
            raise _Decided(_("This export was applied more than 6 days ago. Upload a new one instead."))
        undone = replace(run, state=RunState.UNDONE, undone_at=now, decided_by=scope.person_id)
        before = current.undone_to(run.base)
        repo.commit(
            job.scope,
            [
                dealer_repo.advance(job.scope, expected_generation=current.generation, new=before),
                repo.write_run(job.scope, undone),
                repo.write_audit(
                    job.scope,
                    run=run,
                    event="import.undone",
                    actor=scope.person_id,
                    now=now,
                    ids=ids,
                    back_to=before.run,
                ),
            ],
        )

    _repeated(attempt)
    dealers.forget_published(scope)
    publish.refuse_overtaken(job)


class _Decided(Exception):  # noqa: N818 - it carries an answer out of the repetition
    pass


def _repeated(attempt: Callable[[], T]) -> T:
    try:
        return leases.retry_on_conflict(attempt)
    except _Decided as answer:
        raise ConflictError(str(answer)) from None


def _job(scope: DealerScope, now: datetime, ids: Ids) -> Job:
    if not scope.is_admin:
        raise ForbiddenError(_("Only an admin of the dealership can decide on exports."))
    return Job(ImportScope(scope.dealer_id, origin=scope.origin), lambda: now, ids)


def _found(job: Job, number: int) -> ImportRun:
    run = repo.run(job.scope, number)
    if run is None:
        raise NotFoundError
    return run
