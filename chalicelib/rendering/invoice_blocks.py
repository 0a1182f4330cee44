"""The parts of a drawn invoice above and below its lines. Each draws from a top and returns where it ends.

Heads and the foot are those of a statement too.
"""

from collections.abc import Sequence

from reportlab.lib.units import mm

from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering.invoice_document import InvoiceDocument, Letter, Pair
from chalicelib.rendering.pdf_page import (
    BODY,
    DEALER,
    FINE,
    FOOT,
    GRAND,
    GREY,
    INK,
    LEFT,
    RIGHT,
    RULE,
    SMALL,
    TITLE,
    TOP,
    Pen,
)
from chalicelib.rendering.pdf_text import wrap, wrap_runs

_FACTS = LEFT + 80 * mm
_REFERENCES = LEFT + 130 * mm
_TOTALS = RIGHT - 64 * mm
_VAT = 72 * mm
_BOX = 5 * mm
_WHO = 80 * mm
_MARK_WIDTH, _MARK_GAP = 45 * mm, 3.5 * mm


def head(pen: Pen, document: Letter) -> float:
    """The first page's head: dealer, title, who and which."""
    y = TOP
    height = _who(pen, document, y)
    sender = [part for line in document.sender for part in wrap(line, pen.face, SMALL.size, 85 * mm)]
    for n, line in enumerate(sender):
        pen.right(RIGHT, y - n * SMALL.lead, line, SMALL, colour=GREY)
    y -= max(10 * mm, height, len(sender) * SMALL.lead) + 6 * mm
    pen.rule(LEFT, y, RIGHT, RULE)
    y -= 11 * mm
    for line in wrap(document.title, pen.face, TITLE.size, RIGHT - LEFT, bold=True):
        pen.text(LEFT, y, line, TITLE, bold=True)
        y -= TITLE.lead
    y -= 7 * mm
    return min(
        _addressee(pen, document, y),
        _pairs(pen, document.facts, _FACTS, y),
        _pairs(pen, document.references, _REFERENCES, y),
    )


def _who(pen: Pen, document: Letter, y: float) -> float:
    """The dealer's mark and name, side by side at the same middle; how high they are."""
    x, mark, marked = LEFT, document.mark, 0.0
    if mark:
        scale = min(_MARK_WIDTH / mark.width, (14 * mm if mark.shows_name else 10 * mm) / mark.height)
        x, marked = LEFT + mark.width * scale + _MARK_GAP, mark.height * scale
    says_name = mark is not None and mark.shows_name
    name = [] if says_name else wrap(document.dealer, pen.face, DEALER.size, LEFT + _WHO - x, bold=True)
    height = max(marked, len(name) * DEALER.lead)
    if mark:
        pen.picture(LEFT, y - (height - marked) / 2, mark.png, (mark.width * scale, marked))
    top = y - (height - len(name) * DEALER.lead) / 2
    for n, line in enumerate(name):
        pen.text(x, top - n * DEALER.lead, line, DEALER, bold=True)
    return height


def short_head(pen: Pen, document: Letter) -> float:
    """The head of a page that goes on."""
    pen.text(LEFT, TOP, wrap(document.dealer, pen.face, BODY.size, 80 * mm, bold=True)[0], bold=True)
    pen.right(RIGHT, TOP, _("%(title)s, continued", title=document.title), colour=GREY)
    y = TOP - BODY.lead - 3 * mm
    pen.rule(LEFT, y, RIGHT, RULE)
    return y


def foot(pen: Pen, document: Letter, page: int, pages: int) -> None:
    """The line at the foot of every page."""
    y = FOOT + FINE.lead
    pen.rule(LEFT, y + 3 * mm, RIGHT)
    pen.text(LEFT, y, wrap(document.footer, pen.face, FINE.size, 105 * mm)[0], FINE, colour=GREY)
    place = _("%(title)s · Page %(page)s of %(pages)s", title=document.title, page=page, pages=pages)
    pen.right(RIGHT, y, place, FINE, colour=GREY)


def _addressee(pen: Pen, document: Letter, y: float) -> float:
    pen.text(LEFT, y, document.addressee_label, SMALL, colour=GREY)
    y -= SMALL.lead + 1.5 * mm
    for n, text in enumerate(document.addressee):
        for line in wrap(text, pen.face, BODY.size, 72 * mm, bold=n == 0):
            pen.text(LEFT, y, line, bold=n == 0)
            y -= BODY.lead
    return y


def _pairs(pen: Pen, pairs: Sequence[Pair], x: float, y: float) -> float:
    for label, value in pairs:
        pen.text(x, y, label, SMALL, colour=GREY)
        y -= SMALL.lead
        for line in wrap(value, pen.face, BODY.size, 42 * mm):
            pen.text(x, y, line)
            y -= BODY.lead
        y -= 2.5 * mm
    return y


def sums(pen: Pen, document: InvoiceDocument, y: float) -> float:
    """The V.A.T. analysis on the left, the totals on the right."""
    return min(_vat(pen, document, y), _totals(pen, document, y))


def _vat(pen: Pen, document: InvoiceDocument, y: float) -> float:
    if not document.vat:
        return y
    columns = (LEFT + _VAT * 0.7, LEFT + _VAT)
    pen.text(LEFT, y, _("V.A.T. analysis"), SMALL, bold=True)
    y -= SMALL.lead + 2 * mm
    rows = [(_("Rate"), _("Goods"), _("V.A.T.")), *((line.rate, line.goods, line.vat) for line in document.vat)]
    for n, (rate, *amounts) in enumerate(rows):
        size, colour = (BODY, INK) if n else (SMALL, GREY)
        pen.text(LEFT, y, rate, size, colour=colour)
        for x, amount in zip(columns, amounts, strict=True):
            pen.right(x, y, amount, size, colour=colour)
        y -= size.lead + 1 * mm
        pen.rule(LEFT, y, LEFT + _VAT)
        y -= 1 * mm
    return y


def _totals(pen: Pen, document: InvoiceDocument, y: float) -> float:
    for label, amount in document.totals:
        y -= 1.2 * mm
        pen.text(_TOTALS, y, label, colour=GREY)
        pen.right(RIGHT, y, amount)
        y -= BODY.lead + 1.2 * mm
    y -= 1 * mm
    pen.rule(_TOTALS, y, RIGHT, RULE)
    y -= 2.5 * mm
    label, amount = document.grand
    pen.text(_TOTALS, y, label, GRAND, bold=True)
    pen.right(RIGHT, y, amount, GRAND, bold=True)
    return y - GRAND.lead


def settlement(pen: Pen, document: InvoiceDocument, y: float) -> float:
    """The box that says what an early payment saves."""
    if document.settlement is None:
        return y
    strong, rest = document.settlement
    lines = wrap_runs([(strong, True), (rest, False)], pen.face, BODY.size, 150 * mm)
    top = y - 12 * mm
    height = len(lines) * BODY.lead + 8 * mm
    pen.box(top, height, 1.5 * mm)
    for n, line in enumerate(lines):
        pen.runs(LEFT + _BOX, top - 4 * mm - n * BODY.lead, line)
    return top - height


def payment(pen: Pen, document: InvoiceDocument, y: float) -> float:
    """How to pay, and the warning beside it."""
    if not document.payment and document.advice is None:
        return y
    y -= 9 * mm
    return min(_how(pen, document, y), _advice(pen, document, y))


def _how(pen: Pen, document: InvoiceDocument, y: float) -> float:
    if document.payment:
        pen.text(LEFT, y, _("How to pay"), SMALL, bold=True)
        y -= SMALL.lead + 1.5 * mm
    for label, value in document.payment:
        pen.text(LEFT, y, label, SMALL, colour=GREY)
        for line in wrap(value, pen.face, BODY.size, 48 * mm):
            pen.text(LEFT + 24 * mm, y, line)
            y -= BODY.lead
        y -= 0.8 * mm
    return y


def _advice(pen: Pen, document: InvoiceDocument, y: float) -> float:
    if document.advice is None:
        return y
    label, text = document.advice
    pen.text(_FACTS, y, label, SMALL, bold=True)
    y -= SMALL.lead + 1.5 * mm
    for line in wrap(text, pen.face, BODY.size, RIGHT - _FACTS):
        pen.text(_FACTS, y, line)
        y -= BODY.lead
    return y
