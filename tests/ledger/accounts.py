"""Accounts for tests of the ledger and of its pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from chalicelib.ccx.entity import Entity
from chalicelib.customers.model import AccountFacts
from chalicelib.dealers.ageing_setting import AgeingSetting
from chalicelib.kernel.scopes import ImportScope
from chalicelib.ledger.layout import Account, build_from_rows
from chalicelib.ledger.overlays import NO_OVERLAYS, Overlays
from chalicelib.ledger.row import Row, newest_first
from chalicelib.ledger.rules import LedgerRules
from chalicelib.sheets import repo as sheets_repo
from chalicelib.sheets.layout import lay_out
from tests.ledger.rows import a_row

AS_AT = date(2024, 6, 5)


def a_facts(ref: str = "1200", **more: Any) -> AccountFacts:
    """Mr A L Barlow's account, open item, in pounds."""
    values: dict[str, Any] = {
        "name": "Mr A L Barlow",
        "account_type": "retail",
        "portal_eligible": True,
        "ledger_type": "open_item",
        "account_status": "open",
        "currency": "GBP",
        "balance": 0,
        **more,
    }
    return AccountFacts(account_ref=ref, **values)


def rules_at(
    day: date = AS_AT,
    *,
    as_at: date | None = None,
    setting: AgeingSetting | None = None,
    overlays: Overlays = NO_OVERLAYS,
    **facts: Any,
) -> LedgerRules:
    """What rows are read with on this day, the export's own by default, for an account of such facts."""
    return LedgerRules.of(
        a_facts(**facts), setting or AgeingSetting(), as_at=as_at or day, today=day, overlays=overlays
    )


def an_account(rows: Iterable[Row], *, run: int = 1, as_at: date = AS_AT, **more: Any) -> Account:
    """An account of these rows, in balance by default."""
    rows = sorted(rows, key=newest_first, reverse=True)
    facts = more.pop("facts", None) or a_facts(balance=sum(row.outstanding for row in rows))
    return build_from_rows(facts=facts, rows=rows, run=run, as_at=as_at, **more)


def with_sheets(scope: ImportScope, account: Account, sheets: Mapping[Entity[Any], Sequence[Any]]) -> Account:
    """The account with these rows of other files, written as an import writes them."""
    named = {}
    for entity, rows in sheets.items():
        named[entity.name], pages = lay_out(entity, rows, run=account.head.run)
        sheets_repo.stage(scope, {account.head.account_ref: pages})
    return replace(account, head=replace(account.head, sheets=named))


def history(count: int, *, newest: date = AS_AT, per_day: int = 40, outstanding: bool = False) -> list[Row]:
    """`count` invoices, newest first, settled by default, `per_day` a day back from `newest`; no two are alike."""
    rows = []
    for n in range(count):
        on, total = newest - timedelta(days=n // per_day), 1000 + (n * 7919) % 90_000
        rows.append(
            a_row(
                f"{900_000 - n}",
                total=total,
                on=on.isoformat(),
                outstanding=total if outstanding else 0,
                due_date=(on + timedelta(days=30)).isoformat(),
                net=round(total / 1.2),
                vat=total - round(total / 1.2),
                description=f"Workshop Invoice, machine {(n * 104_729) % 1_000_003}",
                order_no=f"PO{(n * 15_485_863) % 10_000_019}",
                document_id=f"{(n * 2_654_435_761) % 2**32:08x}",
                document=[f"{(n * 2_654_435_761) % 2**32:08x}", 1],
                settled_date=None if outstanding else (on + timedelta(days=20)).isoformat(),
            )
        )
    return rows
