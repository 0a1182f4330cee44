"""Invoices of which customers are reminded by the dealer's schedule, and who is."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

from chalicelib.alerts.reminders import repo
from chalicelib.alerts.reminders.model import REMINDER_SHARE, SHARE, is_daytime
from chalicelib.customers.enrolment.model import State
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.customers.queries import enrolment_states, with_groups
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer, Module
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.kernel.standing import CLOSED
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.row import Row, TransactionType
from chalicelib.notifications.people_of_dealer import ledger_account
from chalicelib.store import outbox_messages
from chalicelib.store.outbox import outbox_item

MADE_UP_FOR = timedelta(days=7)
"""So far back: over a weekend or a holiday without exports, and not for weeks."""


class DueAccount(NamedTuple):
    """An account with rows of which its users are reminded, those that are due first in front."""

    view: AccountView
    era: str
    rows: list[Row]


def remind(scope: ImportScope, *, now: datetime) -> int:
    """Share out the accounts whose users may have to be reminded today; how many accounts. Once a day, by daylight.

    Nothing while the dealer's figures are late: who has paid since would be reminded all the same. What was to be
    reminded of meanwhile is made up for on the first day with figures.
    """
    dealer = dealers.dealer(scope)
    if not _reminds(dealer) or not is_daytime(now, dealer.time_zone):
        return 0
    today = local_date(now, dealer.time_zone)
    day = today.isoformat()
    # Tested control: late-figures-remind-nobody
    if dealers.published(scope).is_late(today) or repo.is_shared_out(scope, day):
        return 0
    refs = sorted(_refs_in_use(scope))
    made = partial(outbox_item, scope, kind=REMINDER_SHARE, now=now, bulk=True)
    shares = [refs[at : at + SHARE] for at in range(0, len(refs), SHARE)]
    about = {"day": day, "since": _last_day(scope, today).isoformat()}
    items = [made(payload={**about, "refs": share}, ids=_ids(day, share[0])) for share in shares]
    repo.share_out(scope, day, items, now=now)
    if items:
        outbox_messages.notify_bulk(scope)
    return len(refs)


def _last_day(scope: ImportScope, today: date) -> date:
    """The day up to which people were reminded; the one before where reminders have only just been turned on."""
    last = repo.last_shared_out(scope, before=today.isoformat())
    return max(date.fromisoformat(last), today - MADE_UP_FOR) if last else today - timedelta(days=1)


def due_account(scope: ImportScope, ref: str, *, payload: Mapping[str, Any], now: datetime) -> DueAccount | None:
    """The account, if something of it is to be reminded of on the payload's `day`. None after the day is over.

    Its `since` is the last day on which people were reminded; the one before where an older release has queued it.
    """
    day = payload["day"]
    dealer = dealers.dealer(scope)
    if not _reminds(dealer) or local_date(now, dealer.time_zone).isoformat() != day:
        return None
    try:
        view = ledger.account_view(scope, ref=ref, now=now)
    except NotFoundError:
        return None
    era = current_era(scope, ref)
    if view.head.era != era or view.facts.standing(archived=view.head.archived) in CLOSED:
        return None
    today = date.fromisoformat(day)
    since = date.fromisoformat(payload["since"]) if "since" in payload else today - timedelta(days=1)
    rows = due_rows(view, dealer.payment_reminders or (), since=since, today=today)
    return DueAccount(view, era, rows) if rows else None


def due_rows(view: AccountView, schedule: Iterable[int], *, since: date, today: date) -> list[Row]:
    """The open invoices whose due date is as many days ago as the schedule says (negative: ahead), not in dispute.

    So they are today, or were on a day after `since`. Journals and refunds are no invoices, and nobody is reminded of
    them. An account on stop is reminded of what is overdue alone: of what is not due yet it is not asked to buy more.
    """
    days, gap = frozenset(schedule), (today - since).days

    def is_meant(row: Row) -> bool:
        # Tested control: disputed-not-reminded
        if row.outstanding <= 0 or row.due_date is None or view.rules.is_disputed(row):
            return False
        if row.type != TransactionType.INVOICE:
            return False
        late = (today - date.fromisoformat(row.due_date)).days
        return any(late - gap < one <= late for one in days) and (late > 0 or not view.rules.on_stop)

    return sorted(filter(is_meant, view.open_rows), key=lambda row: (row.due_date or "", row.reference))


def _reminds(dealer: Dealer) -> bool:
    return bool(dealer.payment_reminders) and Module.INVOICES in dealer.modules


def _refs_in_use(scope: ImportScope) -> set[str]:
    """The accounts for which somebody has logged in, and those that these are the masters of."""
    states = enrolment_states(scope).by_ref.values()
    own = {ledger_account(scope, one.ref) for one in states if one.state is State.ACTIVE}
    return with_groups(scope, dealers.published(scope), own - {""})


def _ids(day: str, ref: str) -> Ids:
    seed = sha256(f"{day} {ref}".encode()).digest()
    return Ids(random_bytes=lambda length: seed[:length])
