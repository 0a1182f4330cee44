"""Which accounts a demo export has, and which past it shows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain

from infra.demo_export.barlow import barlow
from infra.demo_export.group_accounts import group_accounts
from infra.demo_export.ledger import View, ledger_of, months_back
from infra.demo_export.made_up_accounts import made_up
from infra.demo_export.manual_accounts import BARLOW, manual_accounts
from infra.demo_export.model import Account, Ledger
from infra.demo_export.months import Numbering


@dataclass(frozen=True, slots=True)
class Size:
    """A dealer: accounts, months of settled rows before the current one, documents a day for numbering."""

    accounts: int
    history: int
    per_day: int
    first_number: int
    detailed: bool = False


SIZES = {
    "demo": Size(148, 6, 60, 127_300, detailed=True),
    "S": Size(1_500, 1, 200, 5_000_000),
    "M": Size(8_000, 1, 1_000, 5_000_000),
    "L": Size(40_000, 1, 5_000, 5_000_000),
}
FIRST_REF = 1206
ONE_IN = 12
"""Of the demo's documents one in twelve has its PDF in the bundle; of the others the portal draws the lines."""


def view_of(size: Size, *, seed: int, as_at: date, sequence: int) -> View:
    """Exports follow each other daily: the series began `sequence` - 1 days before this one."""
    start = as_at - timedelta(days=sequence - 1)
    numbering = Numbering(size.first_number, start, size.per_day)
    return View(seed, as_at, months_back(as_at, size.history), numbering, size.detailed)


def ledgers(size: Size, view: View, *, documents: int) -> Iterator[Ledger]:
    """Every account with its rows. Without details, the first `documents` documents get lines and a PDF."""
    left = documents
    for account in _accounts(size, view):
        if account.ref == BARLOW.ref and size.detailed:
            yield barlow(view.numbering.start, view.as_at)
            continue
        ledger = ledger_of(account, replace(view, lines=size.detailed or left > 0))
        for index, entry in enumerate(ledger.entries):
            if entry.lines and (left > 0 or (size.detailed and int(entry.advice_no) % ONE_IN == 0)):
                ledger.entries[index] = replace(entry, pdf=True)
                left -= 1
        yield ledger


def _accounts(size: Size, view: View) -> Iterator[Account]:
    known = manual_accounts() if size.detailed else []
    group = group_accounts(first_index=size.accounts) if size.detailed else []
    count = size.accounts - len(known) - len(group)
    first = FIRST_REF if size.detailed else 10_000
    return chain(known, made_up(seed=view.seed, first_ref=first, count=count, first_index=len(known)), group)
