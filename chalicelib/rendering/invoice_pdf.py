"""An invoice drawn as A4 pages, as templates/assets/css/document.css lays it out. Equal documents give equal bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import language
from chalicelib.rendering import invoice_blocks as blocks
from chalicelib.rendering.invoice_document import DocumentLine, InvoiceDocument, Letter
from chalicelib.rendering.pdf_page import BODY, BOTTOM, GREY, INK, LEFT, RIGHT, RULE, SMALL, DryPen, Pen
from chalicelib.rendering.pdf_text import Face, embedded_face, face_for, wrap

_PART, _DESCRIPTION, _QUANTITY, _UNIT, _PRICE = 0 * mm, 38 * mm, 112 * mm, 115 * mm, 149 * mm
_PART_WIDTH, _TEXT_WIDTH, _UNIT_WIDTH = 36 * mm, 60 * mm, 13 * mm
_PAD = 2 * mm
_TABLE_HEAD = SMALL.lead + _PAD


@dataclass(frozen=True, slots=True)
class _Row:
    """A line measured: its wrapped cells and its height."""

    line: DocumentLine
    part: list[str]
    description: list[str]
    unit: list[str]

    @property
    def height(self) -> float:
        deepest = max(len(self.part), len(self.description), len(self.unit))
        return deepest * (SMALL if self.line.text else BODY).lead + 2 * _PAD


def draw_invoice(document: InvoiceDocument, *, embedded: bool = False) -> bytes:
    """The PDF: as many pages as it takes, each saying which it is and of how many.

    With `embedded` all fonts are in the file. Raises UndrawableError then, for letters that they do not have.
    """
    face = embedded_face(document.texts()) if embedded else face_for(document.texts())
    pages = _paginate(document, face)
    out = BytesIO()
    canvas = a4_canvas(out, document, face)
    pen = Pen(canvas, face)
    for number, rows in enumerate(pages, 1):
        _page(pen, document, rows, number, len(pages))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def a4_canvas(out: IO[bytes], document: Letter, face: Face | None = None) -> Canvas:
    """Empty pages of a document; equal contents give equal bytes.

    With `face` no font is named but those that are embedded: PDF/A takes no other.
    """
    font: Any = face.name(bold=False) if face else None
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1, lang=language(), initialFontName=font)
    canvas.setTitle(document.title)
    canvas.setAuthor(document.dealer)
    canvas.setSubject(f"{document.title}, {document.dealer}")
    canvas.setCreator("Customer Connect")
    return canvas


def _page(pen: Pen, document: InvoiceDocument, rows: Sequence[_Row], number: int, pages: int) -> None:
    y = _head(pen, document, number)
    if rows or number == 1:
        y = _table_head(pen, y)
    for row in rows:
        y = _row(pen, row, y)
    if number == pages:
        _closing(pen, document, y)
    blocks.foot(pen, document, number, pages)


def _head(pen: Pen, document: InvoiceDocument, number: int) -> float:
    return blocks.head(pen, document) - 12 * mm if number == 1 else blocks.short_head(pen, document) - 9 * mm


def _closing(pen: Pen, document: InvoiceDocument, y: float) -> float:
    y = blocks.sums(pen, document, y - 8 * mm)
    y = blocks.settlement(pen, document, y)
    return blocks.payment(pen, document, y)


def _paginate(document: InvoiceDocument, face: Face) -> list[list[_Row]]:
    """The rows of each page. What closes the invoice stays whole, and takes a page of its own if it must."""
    rows = [_measured(line, face) for line in document.lines]
    dry = DryPen(face)
    first, later = (_head(dry, document, number) - _TABLE_HEAD for number in (1, 2))
    closing = later - _closing(dry, document, later)
    pages: list[list[_Row]] = [[]]
    y = first
    for row in rows:
        if y - row.height < BOTTOM and y < max(first, later):
            pages.append([])
            y = later
        pages[-1].append(row)
        y -= row.height
    if y - closing < BOTTOM:
        pages.append([])
    return pages


def _measured(line: DocumentLine, face: Face) -> _Row:
    if line.text:
        return _Row(line, [], wrap(line.description, face, SMALL.size, RIGHT - LEFT - _DESCRIPTION), [])
    return _Row(
        line,
        wrap(line.part, face, BODY.size, _PART_WIDTH),
        wrap(line.description, face, BODY.size, _TEXT_WIDTH),
        wrap(line.unit, face, BODY.size, _UNIT_WIDTH),
    )


def _table_head(pen: Pen, y: float) -> float:
    for x, label in ((_PART, _("Part number")), (_DESCRIPTION, _("Description")), (_UNIT, _("Unit"))):
        pen.text(LEFT + x, y, label, SMALL, colour=GREY)
    for x, label in ((LEFT + _QUANTITY, _("Qty")), (LEFT + _PRICE, _("Unit price")), (RIGHT, _("Amount"))):
        pen.right(x, y, label, SMALL, colour=GREY)
    y -= _TABLE_HEAD
    pen.rule(LEFT, y, RIGHT, RULE)
    return y


def _row(pen: Pen, row: _Row, y: float) -> float:
    top = y - _PAD
    size, colour = (SMALL, GREY) if row.line.text else (BODY, INK)
    for x, cell in ((_PART, row.part), (_DESCRIPTION, row.description), (_UNIT, row.unit)):
        for n, text in enumerate(cell):
            pen.text(LEFT + x, top - n * size.lead, text, size, colour=colour)
    pen.right(LEFT + _QUANTITY, top, row.line.quantity)
    pen.right(LEFT + _PRICE, top, row.line.unit_price)
    pen.right(RIGHT, top, row.line.amount)
    y -= row.height
    pen.rule(LEFT, y, RIGHT)
    return y
