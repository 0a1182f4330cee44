"""Monthly statements of a demo account, as the dealer's own system would have made them, each with its PDF."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from io import BytesIO
from typing import NamedTuple

from chalicelib.rendering.statement_document import StatementDocument, StatementLine
from chalicelib.rendering.statement_pdf import draw_statement
from infra.demo_export.ledger import months_back
from infra.demo_export.model import Ledger, money
from infra.demo_export.pdf import DEALER, SENDER

MONTHS = 3


class Statement(NamedTuple):
    """A month's; amounts are pence."""

    statement_id: str
    first: date
    last: date
    opening: int
    closing: int
    document_id: str
    content: bytes


def statements(ledger: Ledger, as_at: date) -> Iterator[Statement]:
    """Of the last whole months, oldest first: the balance less what has come since."""
    for back in range(MONTHS, 0, -1):
        first, following = months_back(as_at, back), months_back(as_at, back - 1)
        last = following - timedelta(days=1)
        opening, closing = (
            ledger.balance - sum(entry.total for entry in ledger.entries if entry.day >= day)
            for day in (first, following)
        )
        name = f"ST{first:%Y%m}"
        document_id = blake2b(f"{ledger.account.ref}/{name}".encode(), digest_size=16).hexdigest()
        yield Statement(name, first, last, opening, closing, document_id, _drawn(ledger, first, last, opening, closing))


def _drawn(ledger: Ledger, first: date, last: date, opening: int, closing: int) -> bytes:
    balance, lines = opening, [_sum(first, "Balance brought forward", opening)]
    for entry in ledger.entries:
        if first <= entry.day <= last:
            balance += entry.total
            amounts = (money(entry.total), "") if entry.total > 0 else ("", money(-entry.total))
            on, kind = f"{entry.day:%d/%m/%Y}", entry.type.replace("_", " ").capitalize()
            lines.append(StatementLine(on, kind, entry.number, entry.description, (*amounts, money(balance))))
    out = BytesIO()
    draw_statement(_document(ledger, last, [*lines, _sum(last, "Balance", closing)]), out)
    return out.getvalue()


def _sum(day: date, text: str, balance: int) -> StatementLine:
    return StatementLine(f"{day:%d/%m/%Y}", description=text, amounts=("", "", money(balance)), kind="sum")


def _document(ledger: Ledger, last: date, lines: Sequence[StatementLine]) -> StatementDocument:
    account = ledger.account
    return StatementDocument(
        title="Statement",
        dealer=DEALER,
        sender=SENDER,
        addressee_label="Statement to",
        addressee=(account.name, *account.address, *filter(None, account.place)),
        facts=(("Account", account.ref), ("Date", f"{last:%d/%m/%Y}")),
        references=(),
        headings=("Debit", "Credit", "Balance"),
        lines=tuple(lines),
        footer=f"{DEALER}. Registered in England, office as above.",
    )
