"""What a drawn invoice consists of, as text: `python -m tests.rendering.drawing` keeps it after a wanted change."""

from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from chalicelib.rendering.invoice_document import InvoiceDocument
from chalicelib.rendering.invoice_pdf import draw_invoice
from tests.rendering.invoices import INVOICE_127070, long_invoice

HERE = Path(__file__).parent
KEPT: dict[str, InvoiceDocument] = {"one_page.txt": INVOICE_127070, "two_pages.txt": long_invoice(14)}


def drawing(document: InvoiceDocument) -> str:
    """The operators of its pages: every text with its place, face and colour, every rule and frame."""
    contents = (page.get_contents() for page in PdfReader(BytesIO(draw_invoice(document))).pages)
    return "".join(found.get_data().decode("latin-1") for found in contents if found is not None)


if __name__ == "__main__":
    for name, document in KEPT.items():
        (HERE / "drawings" / name).write_text(drawing(document))
