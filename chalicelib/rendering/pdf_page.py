"""A pen on an A4 page: text and rules from a top that moves down. Points, y upwards, as PDF has it."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from chalicelib.rendering.pdf_text import Face, Run, clean

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP = 20 * mm, WIDTH - 18 * mm, HEIGHT - 16 * mm
FOOT = 12 * mm
BOTTOM = FOOT + 14 * mm
INK, GREY, LINE = HexColor("#14181d"), HexColor("#4f5762"), HexColor("#cfd4db")
RULE, HAIRLINE = 0.75, 0.35


@dataclass(frozen=True, slots=True)
class Size:
    """A type size and its line height."""

    size: float
    lead: float

    @property
    def rise(self) -> float:
        """From the top of a line to its baseline, the leading shared above and below."""
        return (self.lead - self.size) / 2 + self.size * 0.8


BODY, SMALL, FINE = Size(9, 12.5), Size(8, 11), Size(7.5, 10)
DEALER, TITLE, GRAND = Size(14, 17), Size(20, 24), Size(12, 15)


class Pen:
    """Draws on the canvas in one face. `y` of a call is the top of its line."""

    def __init__(self, canvas: Canvas, face: Face) -> None:
        self.canvas = canvas
        self.face = face

    def text(
        self, x: float, y: float, text: str, size: Size = BODY, *, bold: bool = False, colour: Color = INK
    ) -> None:
        """A line that begins at x."""
        self._style(size, bold=bold, colour=colour)
        self.canvas.drawString(x, y - size.rise, clean(text))

    def right(
        self, x: float, y: float, text: str, size: Size = BODY, *, bold: bool = False, colour: Color = INK
    ) -> None:
        """A line that ends at x."""
        self._style(size, bold=bold, colour=colour)
        self.canvas.drawRightString(x, y - size.rise, clean(text))

    def runs(self, x: float, y: float, runs: list[Run], size: Size = BODY) -> None:
        """A line of plain and bold pieces."""
        for text, bold in runs:
            self.text(x, y, text, size, bold=bold)
            x += self.face.width(clean(text), size.size, bold=bold)

    def rule(self, x: float, y: float, to: float, weight: float = HAIRLINE) -> None:
        """A horizontal line; hairlines are pale."""
        self.canvas.setStrokeColor(INK if weight == RULE else LINE)
        self.canvas.setLineWidth(weight)
        self.canvas.line(x, y, to, y)

    def dashes(self, x: float, y: float, to: float) -> None:
        """Where the page is cut."""
        self.canvas.saveState()
        self.canvas.setDash(3, 3)
        self.rule(x, y, to)
        self.canvas.restoreState()

    def box(self, y: float, height: float, radius: float) -> None:
        """A frame across the page, from its top."""
        self.canvas.setStrokeColor(INK)
        self.canvas.setLineWidth(RULE)
        self.canvas.roundRect(LEFT, y - height, RIGHT - LEFT, height, radius)

    def picture(self, x: float, y: float, png: bytes, size: tuple[float, float]) -> None:
        """A picture from its upper left corner, its transparent parts left out."""
        self.canvas.drawImage(ImageReader(BytesIO(png)), x, y - size[1], *size, mask="auto")

    def _style(self, size: Size, *, bold: bool, colour: Color) -> None:
        self.canvas.setFont(self.face.name(bold=bold), size.size)
        self.canvas.setFillColor(colour)


class DryPen(Pen):
    """Draws nothing: for finding out where a block would end."""

    def __init__(self, face: Face) -> None:
        self.face = face

    def text(self, *_: Any, **__: Any) -> None:
        """Nothing."""

    right = runs = rule = dashes = box = picture = text
