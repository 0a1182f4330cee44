"""The pages before merged documents: whose they are, which, and what could not be put there."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from chalicelib.kernel.i18n import language
from chalicelib.rendering.pdf_page import BODY, BOTTOM, DEALER, GREY, LEFT, RIGHT, RULE, TITLE, TOP, Pen
from chalicelib.rendering.pdf_text import face_for, wrap

_REASON = 85 * mm


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverPage:
    """What it says: `facts` in lines below the title; below `heading` pairs of a document and what became of it."""

    dealer: str
    title: str
    facts: Sequence[str]
    heading: str
    listed: Sequence[tuple[str, str]]


def draw_cover(cover: CoverPage) -> bytes:
    """The PDF: as many pages as the list takes."""
    face = face_for(
        [cover.dealer, cover.title, *cover.facts, cover.heading, *(text for pair in cover.listed for text in pair)]
    )
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1, lang=language())
    canvas.setTitle(cover.title)
    canvas.setAuthor(cover.dealer)
    pen = Pen(canvas, face)
    y = _head(pen, cover)
    for name, reason in cover.listed:
        names = wrap(name, face, BODY.size, _REASON - 4 * mm)
        reasons = wrap(reason, face, BODY.size, RIGHT - LEFT - _REASON)
        height = max(len(names), len(reasons)) * BODY.lead + 2 * mm
        if y - height < BOTTOM:
            canvas.showPage()
            y = TOP
        for at, text in enumerate(names):
            pen.text(LEFT, y - at * BODY.lead, text)
        for at, text in enumerate(reasons):
            pen.text(LEFT + _REASON, y - at * BODY.lead, text, colour=GREY)
        y -= height
        pen.rule(LEFT, y + 1 * mm, RIGHT)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _head(pen: Pen, cover: CoverPage) -> float:
    y = TOP
    pen.text(LEFT, y, cover.dealer, DEALER, bold=True)
    y -= DEALER.lead + 10 * mm
    for line in wrap(cover.title, pen.face, TITLE.size, RIGHT - LEFT, bold=True):
        pen.text(LEFT, y, line, TITLE, bold=True)
        y -= TITLE.lead
    y -= 2 * mm
    for fact in cover.facts:
        for line in wrap(fact, pen.face, BODY.size, RIGHT - LEFT):
            pen.text(LEFT, y, line, colour=GREY)
            y -= BODY.lead
    y -= 8 * mm
    for line in wrap(cover.heading, pen.face, BODY.size, RIGHT - LEFT, bold=True):
        pen.text(LEFT, y, line, bold=True)
        y -= BODY.lead
    y -= 2 * mm
    pen.rule(LEFT, y, RIGHT, RULE)
    return y - 2 * mm
