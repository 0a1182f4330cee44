from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from chalicelib.rendering.statement_document import StatementDocument, StatementLine
from chalicelib.rendering.statement_pdf import draw_statement

JUNE = StatementDocument(
    title="Statement, June 2024",
    dealer="Moorbeck Machinery Ltd",
    sender=("Beck Lane, Castleton, WHITBY YO21 6XX", "01632 960 014"),
    addressee_label="Statement to",
    addressee=("Mr A L Barlow", "Postgate Farm", "WHITBY"),
    facts=(("Account", "1200"), ("Figures as of", "3 Jul 2024")),
    references=(("From", "1 Jun 2024"), ("To", "30 Jun 2024")),
    headings=("Debit", "Credit", "Balance"),
    lines=(
        StatementLine("1 Jun 2024", description="Opening balance", amounts=("", "", "£93.50"), kind="sum"),
        StatementLine("5 Jun 2024", "Invoice", "127070", "General Parts Sale", ("£7.70", "", "£101.20")),
        StatementLine("6 Jun 2024", "Payment", "R28044", "Bank transfer", ("", "−£7.32", "£93.88")),
        StatementLine("30 Jun 2024", description="Closing balance", amounts=("£7.70", "−£7.32", "£93.88"), kind="sum"),
        StatementLine(description="Not yet on a statement", kind="heading"),
        StatementLine("1 Jul 2024", "Invoice", "127204", "Mower blades", ("£48.60", "", "£142.48")),
    ),
    ages_title="Ageing on 30 Jun 2024",
    ages=(
        ("Current", "£0.38"),
        ("1 Month", "£0.00"),
        ("2 Months", "£93.50"),
        ("3 Months", "£0.00"),
        ("Balance", "£93.88"),
    ),
    notes=("The oldest transaction is of 17 Apr 2024.",),
    slip=(("To", "Moorbeck Machinery Ltd"), ("Reference", "1200 / ST-2024-06"), ("Closing balance", "£93.88")),
    footer="Moorbeck Machinery Ltd",
)


def pages(document: StatementDocument) -> list[str]:
    out = BytesIO()
    draw_statement(document, out)
    reader = PdfReader(BytesIO(out.getvalue()))
    assert all((round(page.mediabox.width), round(page.mediabox.height)) == (595, 842) for page in reader.pages)
    return [page.extract_text() for page in reader.pages]


def test_every_text_is_on_the_page() -> None:
    (text,) = pages(JUNE)
    flat = " ".join(text.split())
    for wanted in (*JUNE.texts(), "Remittance slip", "Page 1 of 1"):
        shown = wanted.replace("−", "–")
        assert wanted in {"row", "sum", "heading"} or " ".join(shown.split()) in flat, wanted


@pytest.mark.parametrize(("count", "at_least"), [(1, 1), (60, 2), (400, 10)])
def test_pages_are_numbered_and_no_line_is_lost(count: int, at_least: int) -> None:
    line = JUNE.lines[1]
    lines = tuple(replace(line, reference=f"R-{n:05}", description="hydraulic hose " * 3) for n in range(count))
    found = pages(replace(JUNE, lines=lines))
    assert len(found) >= at_least
    everything = "\n".join(found)
    assert all(everything.count(f"R-{n:05}") == 1 for n in range(count))
    assert all(f"Page {number} of {len(found)}" in text for number, text in enumerate(found, 1))
    assert everything.count("Remittance slip") == 1
    assert all(words in found[-1] for words in ("Ageing on", "Remittance slip", "ST-2024-06"))


def test_without_ages_notes_and_slip() -> None:
    (text,) = pages(replace(JUNE, ages=(), notes=(), slip=()))
    assert "Remittance slip" not in text
    assert "Ageing" not in text
