"""Invoices to draw."""

from dataclasses import replace

from chalicelib.rendering.invoice_document import DocumentLine, InvoiceDocument, VatLine

INVOICE_127070 = InvoiceDocument(
    title="Invoice 127070",
    dealer="Moorbeck Machinery Ltd",
    sender=(
        "Beck Lane, Castleton, WHITBY YO21 6XX",
        "01632 960 014 · accounts@moorbeck.example",
        "V.A.T. No. GB 000 0000 00",
    ),
    addressee_label="Invoice to",
    addressee=("Mr A L Barlow", "Postgate Farm", "Castleton", "WHITBY", "North Yorkshire", "YO21 6ND"),
    facts=(
        ("Invoice date and tax point", "5 Jun 2024"),
        ("Due date", "5 Jul 2024"),
        ("Account", "1200"),
        ("Depot", "1"),
    ),
    references=(
        ("Advice No.", "122588"),
        ("Order No.", "SDA"),
        ("Rep Code", "DG"),
        ("Sale type", "General Parts Sale"),
    ),
    lines=(
        DocumentLine("TN-01167489-A", "Tensioner", "1", "Each", "3.92", "3.92"),
        DocumentLine("TN-01998745", "Spring", "1", "Each", "2.50", "2.50"),
        DocumentLine("", "Parts department open 07:30 to 18:30. Please see our terms and conditions.", text=True),
    ),
    vat=(VatLine("20.00%", "6.42", "1.28"),),
    totals=(("Goods", "6.42"), ("V.A.T.", "1.28")),
    grand=("Invoice total, GBP", "£7.70"),
    settlement=(
        "Pay £7.32 by 6 Jun 2024.",
        (
            "That is the full price less a settlement discount of 5.00%, £0.38. We issue no credit note for the "
            "discount. Once you have paid, please make sure that you recover only the V.A.T. you actually paid."
        ),
    ),
    payment=(("Reference", "1200 / 127070"),),
    advice=("Check before you pay", "If an email says that our bank details have changed, ring us."),
    footer="Moorbeck Machinery Ltd",
)


def long_invoice(count: int, words: int = 12) -> InvoiceDocument:
    """`count` lines, each long enough to wrap."""
    lines = tuple(
        DocumentLine(f"PART-{n:05}", " ".join(["hydraulic"] * words), f"{n}", "Each", "1,234.5678", f"{n}.00")
        for n in range(1, count + 1)
    )
    return replace(INVOICE_127070, lines=lines)
