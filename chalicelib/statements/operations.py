"""Makes each account's statement of a month, some accounts a call. Doing any of it twice changes nothing."""

from collections.abc import Callable
from datetime import date, datetime

from chalicelib.customers import queries as customers
from chalicelib.customers.directory import queries as directory
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Module
from chalicelib.kernel.areas import Area
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import NoFiguresError
from chalicelib.ledger.row import Row
from chalicelib.observability import logger
from chalicelib.statements import repo
from chalicelib.statements.model import Period, StatementStyle, month_period
from chalicelib.statements.monthly import ArchivedItem, due_month, monthly_statement
from chalicelib.statements.queries import made_of
from chalicelib.store import outbox_messages
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record

ROUND = "statement_round"
"""The outbox's kind of step: some accounts of a month."""
READY = "statement_ready"
"""The mail's."""
ACCOUNTS_A_CALL = 50
MAILS_AT_ONCE = 40
"""Of one account, written with its statement: each takes an item of the transaction. Another step has the others."""
_NO_SHARD = 10**9
"""Of a step that makes no statements."""

IdsOf = Callable[[str], Ids]
"""Ids to use for what is about this."""


def begin_due(scope: ImportScope, *, now: datetime, ids: Ids) -> int:
    """Begin a month's statements where the dealer wants them, their day has come and its figures reach so far.

    1 where it did, else 0. Raises nothing where another call was quicker.
    """
    dealer = dealers.dealer(scope)
    if dealer.statement_style is None or Module.INVOICES not in dealer.modules:
        return 0
    today, begun = local_date(now, dealer.time_zone), repo.begun_month(scope)
    period, as_at = due_month(today, dealer.statement_day or 1, begun=begun), dealers.published(scope).as_at
    if period is None or as_at is None or as_at < period.last:
        return 0
    first = _round(scope, {"month": period.month, "shard": 0, "after": "", "again": ""}, now=now, ids=ids)
    if not repo.begin(scope, period.month, also=(first,)):
        return 0
    outbox_messages.notify_bulk(scope)
    return 1


def make_some(scope: ImportScope, *, place: dict[str, object], now: datetime, ids_of: IdsOf) -> int:
    """Make the statements of some accounts, and have another call go on behind them; how many were made.

    `place` is the payload of a ROUND. An account that fails is tried again by itself: the others do not wait for it;
    one with very many people has the rest of them told by itself.
    """
    period, dealer = month_period(date.fromisoformat(f"{place['month']}-01")), dealers.dealer(scope)
    if dealer.statement_style is None:
        return 0
    style = StatementStyle(dealer.statement_style)
    if tell := str(place.get("notify_account", "")):
        era, after = str(place["era"]), str(place["after"])
        repo.put_items(scope, _news(scope, tell, era, period.month, after=after, now=now, ids_of=ids_of))
        outbox_messages.notify_bulk(scope)
        return 0
    if again := str(place["again"]):
        return make_statement(scope, ref=again, period=period, style=style, now=now, ids_of=ids_of)
    published = dealers.published(scope, fresh=True)
    shard, after = int(str(place["shard"])), str(place["after"])
    if shard >= published.n:
        return 0
    entries = sorted(one.ref for one in directory.read_shard(scope, published, shard) if not one.archived)
    left = [ref for ref in entries if ref > after]
    made, failed = 0, []
    for ref in left[:ACCOUNTS_A_CALL]:
        done = _tried(scope, ref, period, style, now, ids_of)
        made += done or 0
        failed += [ref] if done is None else []
    goes_on = len(left) > ACCOUNTS_A_CALL
    next_place = {
        "month": period.month,
        "shard": shard if goes_on else shard + 1,
        "after": left[ACCOUNTS_A_CALL - 1] if goes_on else "",
        "again": "",
    }
    items = [_round(scope, {**next_place, "again": ref}, now=now, ids=ids_of(f"again-{ref}")) for ref in failed]
    if goes_on or shard + 1 < published.n:
        items.append(_round(scope, next_place, now=now, ids=ids_of("next")))
    if items:
        repo.put_items(scope, items)
        outbox_messages.notify_bulk(scope)
    return made


def make_statement(
    scope: ImportScope, *, ref: str, period: Period, style: StatementStyle, now: datetime, ids_of: IdsOf
) -> bool:
    """Make an account's statement of a month and tell its people; whether there is a new one.

    None is made where one of that month or a later one was, nor for an account where nothing is owed and nothing moved.
    """
    era = current_era(scope, ref)
    before = repo.chain(scope, ref, era=era)
    if before and before.month >= period.month:
        return False
    try:
        view = ledger.account_view(scope, ref=ref, now=now, era=era)
    except NoFiguresError:
        return False
    rows = ledger.every_row(scope, head=view.head)
    statement, after = monthly_statement(
        rows,
        balance=view.head.balance,
        as_at=view.as_at,
        period=period,
        before=before,
        balance_forward=view.facts.ledger_type == "balance_forward",
        allocated=ledger.allocated(scope, head=view.head, rows=rows),
    )
    if not statement.movements and not statement.opening and not statement.closing:
        return False
    made = made_of(view, statement, era=era, style=style, now=now)
    items = tuple(map(_item, statement.items or ()))
    return repo.put(
        scope,
        ref,
        made,
        repo.Lines(statement.movements, items),
        before=before,
        after=after,
        also=_news(scope, ref, era, period.month, after="", now=now, ids_of=ids_of),
    )


def _news(
    scope: ImportScope, ref: str, era: str, month: str, *, after: str, now: datetime, ids_of: IdsOf
) -> list[Record]:
    """The mails to those of its people whose emails come `after` this one, and where they are many the step behind."""
    emails = sorted({user.email for user in customers.readers_of_account(scope, ref, era, Area.STATEMENTS)})
    left = [email for email in emails if email > after]
    about = {"account_ref": ref, "era": era, "month": month}
    found = [
        outbox_item(
            scope, kind=READY, payload={**about, "email": email}, now=now, ids=ids_of(f"{ref} {email}"), bulk=True
        )
        for email in left[:MAILS_AT_ONCE]
    ]
    if len(left) > MAILS_AT_ONCE:
        last = left[MAILS_AT_ONCE - 1]
        place = {"month": month, "shard": _NO_SHARD, "after": last, "again": "", "notify_account": ref, "era": era}
        found.append(_round(scope, place, now=now, ids=ids_of(f"{ref}#rest")))
    return found


def _tried(
    scope: ImportScope, ref: str, period: Period, style: StatementStyle, now: datetime, ids_of: IdsOf
) -> int | None:
    """1 where it was made, 0 where there is none to make, None where it failed, which is logged."""
    try:
        return make_statement(scope, ref=ref, period=period, style=style, now=now, ids_of=ids_of)
    except Exception:  # noqa: BLE001 - the others' statements are made
        logger.exception("statement.failed", dealer_id=scope.dealer_id, month=period.month)
        return None


def _round(scope: ImportScope, place: dict[str, object], *, now: datetime, ids: Ids) -> Record:
    return outbox_item(scope, kind=ROUND, payload=place, now=now, ids=ids, bulk=True)


def _item(row: Row) -> ArchivedItem:
    return ArchivedItem(
        on=row.transaction_date,
        type=row.type,
        transaction_id=row.transaction_id,
        reference=row.reference,
        description=row.description or "",
        total=row.total,
        outstanding=row.outstanding,
        due=row.due_date or "",
    )
