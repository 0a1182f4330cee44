"""Counting what is sent: each text message costs the dealer."""

from datetime import datetime

from chalicelib.alerts.texts import repo
from chalicelib.alerts.texts.model import MAX_A_DAY, Allowance, month_of, next_month
from chalicelib.dealers.model import Dealer
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.scopes import ImportScope
from chalicelib.tasks.kinds import TEXTS_USED_UP
from chalicelib.tasks.operations import open_task


def consume(scope: ImportScope, dealer: Dealer, *, event: str, person_id: str, now: datetime) -> Allowance:
    """Count the text message about an event, once however often it is tried; whether there was room for it.

    `event` is a ULID. Where the month's are used up its admins get a task, once.
    """
    if repo.is_counted(scope, event, person_id):
        return Allowance.LEFT
    today = local_date(now, dealer.time_zone)
    # Tested control: texts-of-a-person-bounded
    if not repo.count_of_day(scope, today.isoformat(), person_id, maximum=MAX_A_DAY, now=now):
        return Allowance.DAY_USED_UP
    # Tested control: texts-of-a-month-bounded
    if not repo.count_of_month(scope, month_of(today), maximum=dealer.texts_a_month, now=now):
        until = next_month(today).isoformat()
        detail = {"count": str(dealer.texts_a_month), "until": until}
        task = open_task(scope, kind=TEXTS_USED_UP, task_id=event, detail=detail, now=now)
        repo.notify_once(scope, month_of(today), task, now=now)
        return Allowance.MONTH_USED_UP
    repo.mark_counted(scope, event, person_id)
    return Allowance.LEFT
