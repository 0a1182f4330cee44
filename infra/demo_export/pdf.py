"""The PDF of a made-up invoice, as the dealer's system would have printed it."""

from datetime import date

from chalicelib.rendering.invoice_document import DocumentLine, InvoiceDocument, VatLine
from chalicelib.rendering.invoice_pdf import draw_invoice
from infra.demo_export.model import Account, Entry, Line, money

DEALER = "Moorbeck Machinery Ltd"
SENDER = (
    "Beck Lane, Castleton, WHITBY YO21 6XX",
    "01632 960 014 · accounts@moorbeck.example",
    "V.A.T. No. GB 123 4567 82",
)


def draw(account: Account, entry: Entry) -> bytes:
    """An A4 page or more. Equal rows give equal bytes."""
    kind = "Invoice" if entry.type == "invoice" else "Credit note"
    goods, vat, total = (money(abs(amount or 0)) for amount in (entry.net, entry.vat, entry.total))
    return draw_invoice(
        InvoiceDocument(
            title=f"{kind} {entry.number}",
            dealer=DEALER,
            sender=SENDER,
            addressee_label=f"{kind} to",
            addressee=(account.name, *account.address, *filter(None, account.place)),
            facts=tuple(_facts(kind, account, entry)),
            references=tuple(_references(entry)),
            lines=tuple(_line(line) for line in entry.lines),
            vat=(VatLine("20.00%", goods, vat),),
            totals=(("Goods", goods), ("V.A.T.", vat)),
            grand=(f"{kind} total, GBP", f"£{total}"),
            settlement=_settlement(entry),
            footer=f"{DEALER}. Registered in England, office as above.",
        )
    )


def _facts(kind: str, account: Account, entry: Entry) -> list[tuple[str, str]]:
    facts = [(f"{kind} date and tax point", _date(entry.day))]
    if entry.due:
        facts.append(("Due date", _date(entry.due)))
    return [*facts, ("Account", account.ref), ("Depot", entry.depot)]


def _references(entry: Entry) -> list[tuple[str, str]]:
    named = (
        ("Advice No.", entry.advice_no),
        ("Order No.", entry.order_no),
        ("Cust. order", entry.customer_order),
        ("Rep Code", entry.rep),
        ("Sale type", entry.description),
    )
    return [(name, value) for name, value in named if value]


def _line(line: Line) -> DocumentLine:
    if not line.part:
        return DocumentLine("", line.description, text=True)
    amounts = str(abs(line.quantity)), line.unit, money(line.unit_price), money(abs(line.net))
    return DocumentLine(line.part, line.description, *amounts)


def _settlement(entry: Entry) -> tuple[str, str] | None:
    if entry.discount_date is None or entry.settlement is None:
        return None
    saved = money(entry.total - entry.settlement)
    terms = (
        f"A discount of {entry.rate}% of the full price, £{saved}, applies if payment is made by then. No credit note "
        "will be issued. Following payment you must ensure you have only recovered the VAT actually paid."
    )
    return f"Pay £{money(entry.settlement)} by {_date(entry.discount_date)}.", terms


def _date(day: date) -> str:
    return f"{day:%d/%m/%Y}"
