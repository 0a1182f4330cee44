from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader

from chalicelib.einvoices import cii, ubl
from chalicelib.einvoices.builder import build_einvoice
from chalicelib.einvoices.facturx import XML_NAME, embed
from chalicelib.rendering.invoice_pdf import draw_invoice
from chalicelib.rendering.pdf_text import UndrawableError, embedded_face
from tests.einvoices.made import case
from tests.rendering.invoices import INVOICE_127070


def test_the_pdf_carries_its_invoice_and_every_font() -> None:
    one = case(1)
    found = build_einvoice(dealer=one.dealer, facts=one.facts, row=one.row, lines=one.lines, terms=one.terms).invoice
    assert found is not None
    xml = cii.write(found)
    pdf = draw_invoice(INVOICE_127070, embedded=True)
    made = embed(pdf, xml, title="Invoice <1> & more", author="Moorbeck")
    assert made == embed(pdf, xml, title="Invoice <1> & more", author="Moorbeck")
    reader = PdfReader(BytesIO(made))
    assert reader.attachments[XML_NAME] == [xml]
    assert {font["/BaseFont"].split("+")[-1] for font in _fonts(reader)} <= {"DejaVuSans", "DejaVuSans-Bold"}
    catalog: Any = reader.root_object
    metadata = ET.fromstring(catalog["/Metadata"].get_object().get_data())  # noqa: S314 - ours
    assert "Invoice <1> & more" in "".join(metadata.itertext())


def _fonts(reader: PdfReader) -> list[dict[str, str]]:
    pages: Any = reader.pages
    return [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]


def test_letters_that_no_font_has_are_refused() -> None:
    with pytest.raises(UndrawableError):
        embedded_face(["農機"])


def test_nothing_of_a_text_becomes_markup() -> None:
    one = case(2)
    lines = tuple(line for line in one.lines)
    found = build_einvoice(
        dealer=one.dealer, facts=one.facts, row=one.row, lines=lines, terms="]]> & <x/> \x01"
    ).invoice
    assert found is not None
    for writer in (ubl, cii):
        tree = ET.fromstring(writer.write(found))  # noqa: S314 - ours
        assert "]]> & <x/>" in "".join(tree.itertext())
        assert not tree.findall(".//x")
        empty = [element.tag.rpartition("}")[2] for element in tree.iter() if not (element.text or len(element))]
        assert empty in ([], ["ApplicableHeaderTradeDelivery"])
