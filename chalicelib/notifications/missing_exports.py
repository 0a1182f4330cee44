"""An export that has not come in time: staff are notified once, and it is over when one comes."""

from datetime import datetime

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.missing_exports import repo
from chalicelib.dealers.missing_exports.model import missing_since
from chalicelib.dealers.model import Dealer
from chalicelib.dealers.staff_mails.model import StaffEvent
from chalicelib.dealers.staff_mails.operations import happened
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store.transactions import Put
from chalicelib.tasks.kinds import EXPORT_MISSING, HELD_EXPORT
from chalicelib.tasks.operations import close_task, open_task
from chalicelib.tasks.queries import open_tasks_of


def check(scope: ImportScope, *, now: datetime, ids: Ids) -> int:
    """Open a task and tell staff where an export is missing, close it where one has come; 1 where it did.

    The mails leave within a minute: nobody waits for them.
    One that has come and is held is not missing: its own task says so.
    """
    try:
        dealer = dealers.dealer(scope)
    except NotFoundError:  # it has no settings yet
        return 0
    told = repo.task_of(scope)
    deadline = _deadline(scope, dealer, now)
    if told is not None:
        closed = close_task(scope, kind=EXPORT_MISSING, task_id=told)
        return int(deadline is None and repo.end(scope, told, also=[closed]))
    if deadline is None or open_tasks_of(scope, HELD_EXPORT):
        return 0
    task_id = ids.ulid(now)
    said = {"day": deadline.date().isoformat(), "time": f"{deadline:%H:%M}"}
    task = open_task(scope, kind=EXPORT_MISSING, task_id=task_id, detail=said, now=now)
    about = {**said, "task": task_id, "title": said["day"], "path": "/staff/imports"}
    told_of = happened(scope, StaffEvent.MISSING_EXPORT, about, now=now, ids=ids)
    return int(repo.begin(scope, task_id, also=[Put(task), Put(told_of)]))


def _deadline(scope: ImportScope, dealer: Dealer, now: datetime) -> datetime | None:
    if dealer.export_days is None or dealer.suspended:
        return None
    return missing_since(dealer, dealers.published(scope, fresh=True), now)
