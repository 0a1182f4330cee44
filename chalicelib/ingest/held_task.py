"""A held export is a task of the staff, from the transaction that holds it until the one that ends that."""

from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.store.transactions import Put, WriteItem
from chalicelib.tasks.held_export import detail_of
from chalicelib.tasks.kinds import HELD_EXPORT
from chalicelib.tasks.operations import close_task, open_task


def opened(job: Job, held: ImportRun) -> WriteItem:
    """For the transaction that holds the run. It names the first of the reasons; the run's page has all."""
    export = held.manifest.sequence if held.manifest else held.number
    detail = detail_of(run=held.number, export=export, reason=held.reasons[0])
    return Put(open_task(job.scope, kind=HELD_EXPORT, task_id=held.task_id, detail=detail, now=job.now))


def closed(job: Job, before: ImportRun) -> list[WriteItem]:
    """For each transaction that gives a run another state: `before` is the run as it was."""
    # Tested control: held-task-ends
    if before.state is not RunState.HELD:
        return []
    return [close_task(job.scope, kind=HELD_EXPORT, task_id=before.task_id)]
