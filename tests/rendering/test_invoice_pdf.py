from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from chalicelib.rendering.invoice_document import DocumentLine, InvoiceDocument, VatLine
from chalicelib.rendering.invoice_pdf import draw_invoice
from chalicelib.rendering.pdf_text import HELVETICA, clean, face_for, wrap, wrap_runs
from tests.rendering.drawing import HERE, KEPT, drawing
from tests.rendering.invoices import INVOICE_127070, long_invoice


def pages(document: InvoiceDocument) -> list[str]:
    reader = PdfReader(BytesIO(draw_invoice(document)))
    assert all((round(page.mediabox.width), round(page.mediabox.height)) == (595, 842) for page in reader.pages)
    return [page.extract_text() for page in reader.pages]


def test_every_field_is_on_the_page() -> None:
    (text,) = pages(INVOICE_127070)
    flat = " ".join(text.split())
    for wanted in INVOICE_127070.texts():
        assert " ".join(wanted.split()) in flat, wanted
    for label in ("Part number", "Description", "Qty", "Unit price", "V.A.T. analysis", "Page 1 of 1"):
        assert label in flat


@pytest.mark.parametrize("name", KEPT)
def test_everything_stands_where_it_stood(name: str) -> None:
    """After a change that is wanted look at the PDF, then keep it as tests/rendering/drawing.py says."""
    assert drawing(KEPT[name]).splitlines() == (HERE / "drawings" / name).read_text().splitlines()


def test_the_same_invoice_gives_the_same_bytes() -> None:
    assert draw_invoice(INVOICE_127070) == draw_invoice(INVOICE_127070)
    assert draw_invoice(replace(INVOICE_127070, title="Invoice 1")) != draw_invoice(INVOICE_127070)


@pytest.mark.parametrize(("count", "at_least"), [(1, 1), (14, 1), (40, 4), (300, 24)])
def test_pages_are_numbered_and_no_line_is_lost(count: int, at_least: int) -> None:
    found = pages(long_invoice(count))
    assert len(found) >= at_least
    everything = "\n".join(found)
    assert all(everything.count(f"PART-{n:05}") == 1 for n in range(1, count + 1))
    for number, text in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in text
        assert ("continued" in text) == (number > 1)
    assert "Invoice total, GBP" in found[-1]
    assert everything.count("Invoice total, GBP") == 1


def test_what_closes_the_invoice_stays_together_wherever_the_lines_end() -> None:
    for count in range(1, 24):
        last = pages(long_invoice(count, words=3))[-1]
        assert all(words in last for words in ("V.A.T. analysis", "Invoice total, GBP", "Pay £7.32", "Check before"))


def test_a_credit_note_without_lines_or_discount() -> None:
    bare = replace(
        INVOICE_127070, title="Credit Note C1", lines=(), vat=(), settlement=None, payment=(), advice=None, footer=""
    )
    (text,) = pages(bare)
    assert "Credit Note C1 · Page 1 of 1" in text
    assert "How to pay" not in text


def test_letters_beyond_helvetica_are_embedded() -> None:
    polish = replace(INVOICE_127070, addressee=("Łukasz Żółć", "Αθήνα"))
    (text,) = pages(polish)
    assert "Łukasz Żółć" in text
    assert "Αθήνα" in text
    assert face_for(polish.texts()).plain == "DejaVuSans"
    assert draw_invoice(polish) == draw_invoice(polish)


def test_hostile_text_is_only_text() -> None:
    marks = "\u202egnp.exe\u202c"
    line = DocumentLine("<b>&", f"</para><script>{marks}\x00\n(Tj) ET", "1", "Each", "1.00", "1.00")
    (text,) = pages(replace(INVOICE_127070, dealer="A & B <Ltd>", lines=(line,), vat=(VatLine("0%", "−1.00", "0"),)))
    assert "</para><script>" in text
    assert "A & B <Ltd>" in text
    assert "–1.00" in text
    assert clean(f"a{marks}\x00b\nc") == "agnp.exeb c"


def test_long_words_are_cut_and_lines_keep_within_their_width() -> None:
    for width in (3.0, 20.0, 100.0):
        lines = wrap("W" * 50 + " one two", HELVETICA, 9, width)
        assert "".join(lines).replace(" ", "") == "W" * 50 + "onetwo"
        assert all(len(line) == 1 or HELVETICA.width(line, 9) <= width for line in lines)
    assert wrap("", HELVETICA, 9, 50) == [""]
    assert wrap_runs([("Pay now.", True), ("Or later.", False)], HELVETICA, 9, 500) == [
        [("Pay now.", True), (" Or later.", False)]
    ]
