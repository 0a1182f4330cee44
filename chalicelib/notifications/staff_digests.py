"""The one mail of a day to each of the staff who want what has happened so."""

from contextlib import suppress
from datetime import datetime, timedelta
from itertools import groupby

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.staff import queries as staff
from chalicelib.dealers.staff_mails import repo
from chalicelib.dealers.staff_mails.repo import DigestLine
from chalicelib.kernel.clock import local_date, start_of_day
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.kinds.staff_news import STAFF_NEWS
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import TransactionRefusedError

FROM = timedelta(hours=7)
MAX_LISTED = 40
"""Lines of a mail: To do has all."""
MAX_TAKEN = 90
"""Lines of a transaction."""


def send(scope: ImportScope, *, now: datetime, ids: Ids) -> int:
    """From 7 in the morning where the dealer is, queue what waits since before today; how many mails. Repeatable.

    Reads: what waits; where something does the dealer's settings and the staff.
    """
    waiting = repo.waiting(scope)
    if not waiting:
        return 0
    try:
        zone = dealers.dealer(scope).time_zone
    except NotFoundError:
        return 0
    today, emails = local_date(now, zone), staff.emails(scope)
    if now < start_of_day(today, zone) + FROM:
        return 0
    due = [one for one in waiting if local_date(one.at, zone) < today]
    return sum(
        _send(scope, list(lines), emails.get(person_id, ""), now=now, ids=ids)
        for person_id, lines in groupby(due, key=lambda one: one.person_id)
    )


def _send(scope: ImportScope, lines: list[DigestLine], email: str, *, now: datetime, ids: Ids) -> int:
    """The first transaction has the mail; what waits beyond it is in none, and To do has it."""
    mail: Record | None = None
    if email:
        listed = [[*one.news] for one in lines[:MAX_LISTED]]
        payload = {"email": email, "lines": listed, "more": len(lines) - len(listed)}
        mail = outbox_item(scope, kind=STAFF_NEWS, payload=payload, now=now, ids=ids)
    with suppress(TransactionRefusedError):
        repo.send_lines(scope, lines[:MAX_TAKEN], mail=mail)
        for start in range(MAX_TAKEN, len(lines), MAX_TAKEN):
            repo.send_lines(scope, lines[start : start + MAX_TAKEN], mail=None)
        return int(mail is not None)
    return 0
