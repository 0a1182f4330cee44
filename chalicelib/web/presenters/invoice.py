"""An invoice in words: the facts beside its PDF, and the whole document where the portal draws it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from chalicelib.customers.model import AccountFacts
from chalicelib.documents.model import InvoiceLine, LineType
from chalicelib.ledger.model import Row, TransactionType
from chalicelib.ledger.settlement import offered
from chalicelib.rendering.invoice_document import DocumentLine, InvoiceDocument, Pair, VatLine
from chalicelib.web.customer.account_page import Book
from chalicelib.web.presenters.transactions import AGES, TYPES, Words

ADVICE = (
    "Check before you pay",
    "If an email says that our bank details have changed, ring us on a number you already know before you pay.",
)
NO_CREDIT_NOTE = (
    "We issue no credit note for the discount. Once you have paid, please make sure that you recover only the V.A.T. "
    "you actually paid."
)
REASONS = {
    "paid": "Paid",
    "discount": "Paid, with the balance taken as discount",
    "written_off": "Written off",
    "credited": "Credited",
    "rolled": "Brought forward into a new balance",
}


def title_of(row: Row) -> str:
    """`Invoice 127070`."""
    return f"{TYPES[TransactionType(row.type)]} {row.reference}"


def details(book: Book, row: Row) -> list[Pair]:
    """Name and value of all that the export says of the row, without what it leaves empty."""
    words, age = book.words, book.lens.ager.of(row)
    label = TYPES[TransactionType(row.type)]
    pairs = [
        (f"{label} date", _day(words, row.transaction_date)),
        ("Due date", _day(words, row.due_date)),
        ("Goods", _money(words, row.net)),
        ("V.A.T.", _money(words, row.vat)),
        ("Total", words.money(row.total)),
        ("Age", AGES[age] if age else ""),
        ("Description", row.description or ""),
        ("Advice no.", row.advice_no or ""),
        ("Order no.", row.order_no or ""),
        ("Your reference", row.customer_order_ref or ""),
        ("Depot", row.depot_code or ""),
        ("Rep code", row.rep_code or ""),
        ("Period", row.period or ""),
    ]
    return [(name, value) for name, value in pairs if value]


def events(book: Book, row: Row) -> list[tuple[str, str, date]]:
    """What happened to it, newest first: icon, sentence, day."""
    found = []
    if row.settled_date:
        reason = REASONS.get(row.settled_reason or "", "Settled")
        found.append(("check2", reason, date.fromisoformat(row.settled_date)))
    if row.due_date and row.total > 0 and row.due_date < book.as_at.isoformat():
        found.append(("calendar-event", "Fell due", date.fromisoformat(row.due_date)))
    label = {"invoice": "Invoiced", "credit_note": "Credited", "payment": "Received"}.get(row.type, "Entered")
    found.append(("receipt", f"{label} by {book.dealer.name}", date.fromisoformat(row.transaction_date)))
    return sorted(found, key=lambda event: event[2], reverse=True)


def document(book: Book, row: Row, lines: Sequence[InvoiceLine]) -> InvoiceDocument:
    """The row and its lines as the document that is drawn. A credit note's amounts are written without a minus."""
    words, label = book.words, TYPES[TransactionType(row.type)]
    sign = -1 if row.total < 0 else 1
    line_sign = -1 if sum(line.net_amount or 0 for line in lines) < 0 else 1
    return InvoiceDocument(
        title=title_of(row),
        dealer=book.dealer.name,
        sender=_sender(book),
        addressee_label=f"{label} to",
        addressee=_addressee(book.head.facts),
        facts=_pairs(
            (f"{label} date and tax point", _day(words, row.transaction_date)),
            ("Due date", _day(words, row.due_date)),
            ("Account", book.ref),
            ("Depot", row.depot_code),
        ),
        references=_references(row),
        lines=tuple(_line(words, line, line_sign) for line in lines),
        vat=_vat(words, lines, line_sign),
        totals=_totals(words, row, lines, sign=sign, line_sign=line_sign),
        grand=(f"{label} total, {words.currency}", words.money(row.total * sign)),
        settlement=_settlement(words, row),
        payment=_pairs(("Reference", f"{book.ref} / {row.reference}"), ("Questions", book.dealer.phone))
        if row.total > 0
        else (),
        advice=ADVICE if row.total > 0 else None,
        footer=book.dealer.name,
    )


def _line(words: Words, line: InvoiceLine, sign: int) -> DocumentLine:
    if line.line_type is LineType.TEXT:
        return DocumentLine("", line.description or "", text=True)
    quantity = None if line.quantity is None else line.quantity * sign
    return DocumentLine(
        part=line.part_no or "",
        description=_described(words, line),
        quantity="" if quantity is None else words.fmt.number(quantity),
        unit=line.unit or "",
        unit_price="" if line.unit_price is None else words.fmt.number(line.unit_price, 2),
        amount="" if line.net_amount is None else words.fmt.amount(line.net_amount * sign, words.currency),
    )


def _described(words: Words, line: InvoiceLine) -> str:
    text = line.description or ""
    return f"{text} (less {words.fmt.number(line.discount_pct)}%)" if line.discount_pct else text


def _vat(words: Words, lines: Sequence[InvoiceLine], sign: int) -> tuple[VatLine, ...]:
    return tuple(
        VatLine(
            f"{words.fmt.number(rate, 2)}%",
            words.fmt.amount(goods * sign, words.currency),
            words.fmt.amount(vat * sign, words.currency),
        )
        for rate, (goods, vat) in sorted(_analysis(lines).items(), reverse=True)
    )


def _analysis(lines: Sequence[InvoiceLine]) -> dict[Decimal, tuple[int, int]]:
    found: dict[Decimal, tuple[int, int]] = {}
    for line in lines:
        if line.vat_rate is not None and line.net_amount is not None:
            goods, vat = found.get(line.vat_rate, (0, 0))
            found[line.vat_rate] = goods + line.net_amount, vat + (line.vat_amount or 0)
    return found


def _totals(words: Words, row: Row, lines: Sequence[InvoiceLine], *, sign: int, line_sign: int) -> tuple[Pair, ...]:
    goods = row.net * sign if row.net is not None else sum(line.net_amount or 0 for line in lines) * line_sign
    vat = row.vat * sign if row.vat is not None else sum(line.vat_amount or 0 for line in lines) * line_sign
    rest = row.total * sign - goods - vat
    pairs = [("Goods", goods), ("V.A.T.", vat), *([("Rounding", rest)] if rest else [])]
    return tuple((name, words.fmt.amount(amount, words.currency)) for name, amount in pairs)


def _settlement(words: Words, row: Row) -> Pair | None:
    amount = offered(row)
    if amount is None or row.discount_date is None:
        return None
    rate = f" of {words.fmt.number(Decimal(row.settlement_rate), 2)}%," if row.settlement_rate else " of"
    saved = words.money(row.total - amount)
    return (
        f"Pay {words.money(amount)} by {_day(words, row.discount_date)}.",
        f"That is the full price less a settlement discount{rate} {saved}. {NO_CREDIT_NOTE}",
    )


def _sender(book: Book) -> tuple[str, ...]:
    dealer = book.dealer
    reach = " · ".join(_filled(dealer.phone, dealer.support_email or dealer.contact_email))
    return _filled(", ".join(dealer.address), reach, dealer.vat_number and f"V.A.T. No. {dealer.vat_number}")


def _addressee(facts: AccountFacts) -> tuple[str, ...]:
    lines = (facts.address_1, facts.address_2, facts.address_3, facts.address_4)
    return _filled(facts.name, *lines, facts.city, facts.region, facts.postcode)


def _references(row: Row) -> tuple[Pair, ...]:
    return _pairs(
        ("Advice No.", row.advice_no),
        ("Order No.", row.order_no),
        ("Cust. Adv. No.", row.customer_order_ref),
        ("Rep Code", row.rep_code),
        ("Sale type", row.description),
    )


def _filled(*values: str | None) -> tuple[str, ...]:
    return tuple(value for value in values if value)


def _pairs(*pairs: tuple[str, str | None]) -> tuple[Pair, ...]:
    return tuple((name, value) for name, value in pairs if value)


def _day(words: Words, iso: str | None) -> str:
    return words.fmt.date(date.fromisoformat(iso)) if iso else ""


def _money(words: Words, minor: int | None) -> str:
    return "" if minor is None else words.money(minor)
