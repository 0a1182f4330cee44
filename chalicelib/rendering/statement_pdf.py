"""A statement drawn as A4 pages, in the same hand as an invoice. Equal statements give equal bytes."""

from dataclasses import dataclass
from typing import IO

from reportlab.lib.units import mm

from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering import invoice_blocks as blocks
from chalicelib.rendering.invoice_pdf import a4_canvas
from chalicelib.rendering.pdf_page import BODY, BOTTOM, GREY, LEFT, RIGHT, RULE, SMALL, DryPen, Pen
from chalicelib.rendering.pdf_text import Face, face_for, wrap
from chalicelib.rendering.statement_document import StatementDocument, StatementLine

_TYPE, _REFERENCE, _DESCRIPTION = 21 * mm, 42 * mm, 63 * mm
_TYPE_WIDTH, _REFERENCE_WIDTH, _DESCRIPTION_WIDTH = 20 * mm, 20 * mm, 44 * mm
_AMOUNTS = (129 * mm, 150 * mm, RIGHT - LEFT)
_PAD = 1.5 * mm
_TABLE_HEAD = SMALL.lead + 2 * mm
_SLIP_LABEL = 34 * mm
_MAX_AGES = 7


@dataclass(frozen=True, slots=True)
class _Row:
    """A line measured: its wrapped cells and its height."""

    line: StatementLine
    type: list[str]
    reference: list[str]
    description: list[str]

    @property
    def height(self) -> float:
        above = 4 * mm if self.line.kind == "heading" else 0
        return max(len(self.type), len(self.reference), len(self.description)) * BODY.lead + 2 * _PAD + above


def draw_statement(document: StatementDocument, out: IO[bytes]) -> None:
    """Write the PDF: as many pages as it takes, each saying which it is and of how many."""
    face = face_for(document.texts())
    pages = _paginate(document, face)
    canvas = a4_canvas(out, document)
    pen = Pen(canvas, face)
    for number, rows in enumerate(pages, 1):
        y = _head(pen, document, number)
        if rows or number == 1:
            y = _table_head(pen, document, y)
        for row in rows:
            y = _draw(pen, row, y)
        if number == len(pages):
            _closing(pen, document, y)
        blocks.foot(pen, document, number, len(pages))
        canvas.showPage()
    canvas.save()


def _paginate(document: StatementDocument, face: Face) -> list[list[_Row]]:
    """The rows of each page. What closes the statement stays whole, and takes a page of its own if it must."""
    dry = DryPen(face)
    first, later = (_head(dry, document, number) - _TABLE_HEAD for number in (1, 2))
    closing = later - _closing(dry, document, later)
    pages: list[list[_Row]] = [[]]
    y = first
    for row in (_measured(line, face) for line in document.lines):
        if y - row.height < BOTTOM and y < max(first, later):
            pages.append([])
            y = later
        pages[-1].append(row)
        y -= row.height
    if y - closing < BOTTOM:
        pages.append([])
    return pages


def _head(pen: Pen, document: StatementDocument, number: int) -> float:
    return blocks.head(pen, document) - 10 * mm if number == 1 else blocks.short_head(pen, document) - 9 * mm


def _measured(line: StatementLine, face: Face) -> _Row:
    bold = line.kind != "row"
    width = RIGHT - LEFT if line.kind == "heading" else _DESCRIPTION_WIDTH
    return _Row(
        line,
        wrap(line.type, face, BODY.size, _TYPE_WIDTH, bold=bold),
        wrap(line.reference, face, BODY.size, _REFERENCE_WIDTH, bold=bold),
        wrap(line.description, face, BODY.size, width, bold=bold),
    )


def _table_head(pen: Pen, document: StatementDocument, y: float) -> float:
    labels = ((0, _("Date")), (_TYPE, _("Type")), (_REFERENCE, _("Reference")), (_DESCRIPTION, _("Description")))
    for x, label in labels:
        pen.text(LEFT + x, y, label, SMALL, colour=GREY)
    for x, label in zip(_AMOUNTS, document.headings, strict=True):
        pen.right(LEFT + x, y, label, SMALL, colour=GREY)
    y -= _TABLE_HEAD
    pen.rule(LEFT, y, RIGHT, RULE)
    return y


def _draw(pen: Pen, row: _Row, y: float) -> float:
    line, bold = row.line, row.line.kind != "row"
    top = y - _PAD
    if line.kind == "heading":
        for n, text in enumerate(row.description):
            pen.text(LEFT, top - 4 * mm - n * BODY.lead, text, bold=True)
    else:
        pen.text(LEFT, top, line.on, bold=bold)
        for x, cell in ((_TYPE, row.type), (_REFERENCE, row.reference), (_DESCRIPTION, row.description)):
            for n, text in enumerate(cell):
                pen.text(LEFT + x, top - n * BODY.lead, text, bold=bold)
        for x, amount in zip(_AMOUNTS, line.amounts, strict=True):
            pen.right(LEFT + x, top, amount, bold=bold)
    y -= row.height
    pen.rule(LEFT, y, RIGHT, RULE if line.kind == "heading" else 0.35)
    return y


def _closing(pen: Pen, document: StatementDocument, y: float) -> float:
    y = _ages(pen, document, y)
    y = _notes(pen, document, y)
    return _slip(pen, document, y)


def _ages(pen: Pen, document: StatementDocument, y: float) -> float:
    if not document.ages:
        return y
    y -= 8 * mm
    pen.text(LEFT, y, document.ages_title, SMALL, bold=True)
    y -= SMALL.lead + 2 * mm
    step = (RIGHT - LEFT) / _MAX_AGES
    for place, (label, amount) in enumerate(document.ages):
        pen.text(LEFT + place * step, y, label, SMALL, colour=GREY)
        pen.text(LEFT + place * step, y - SMALL.lead - 1 * mm, amount, bold=label == document.ages[-1][0])
    return y - SMALL.lead - BODY.lead - 2 * mm


def _notes(pen: Pen, document: StatementDocument, y: float) -> float:
    if document.notes:
        y -= 4 * mm
    for note in document.notes:
        for text in wrap(note, pen.face, SMALL.size, RIGHT - LEFT):
            pen.text(LEFT, y, text, SMALL, colour=GREY)
            y -= SMALL.lead
        y -= 1 * mm
    return y


def _slip(pen: Pen, document: StatementDocument, y: float) -> float:
    """What is cut off and sent with a payment."""
    if not document.slip:
        return y
    y -= 6 * mm
    pen.dashes(LEFT, y, RIGHT)
    y -= 5 * mm
    pen.text(LEFT, y, _("Remittance slip"), bold=True)
    y -= BODY.lead + 2 * mm
    for label, value in document.slip:
        pen.text(LEFT, y, label, SMALL, colour=GREY)
        for text in wrap(value, pen.face, BODY.size, RIGHT - LEFT - _SLIP_LABEL):
            pen.text(LEFT + _SLIP_LABEL, y, text)
            y -= BODY.lead
        y -= 0.8 * mm
    return y
