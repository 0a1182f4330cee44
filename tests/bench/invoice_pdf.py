"""An invoice drawn from its lines, against its finished page put on a bare canvas."""

from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from chalicelib.rendering.invoice_pdf import draw_invoice
from tests.bench.baselines import invoice_on_a_canvas
from tests.bench.frame.measure import in_turns
from tests.bench.frame.registry import measurement
from tests.bench.frame.row import Row, row
from tests.rendering.invoices import INVOICE_127070

MARKS = (
    "setFont",
    "setFillColor",
    "setStrokeColor",
    "setLineWidth",
    "drawString",
    "drawRightString",
    "line",
    "roundRect",
)
Marks = list[tuple[str, tuple[Any, ...]]]


@measurement
def invoice_pdf(_: Path) -> Row:
    marks = recorded()
    ours, bare = draw_invoice(INVOICE_127070), invoice_on_a_canvas.draw(marks)
    if (text := _text(ours)) != _text(bare) or "127070" not in text:
        raise AssertionError("the two pages differ")
    pair = in_turns(lambda: draw_invoice(INVOICE_127070), lambda: invoice_on_a_canvas.draw(marks), rounds=51, repeat=4)
    return row(
        "invoice PDF drawn",
        pair.least_subject * 1000,
        "ms of CPU",
        baseline=pair.least_baseline * 1000,
        at_most=2,
        how="an invoice of one page with three lines and a settlement box, 204 times each, the least of 51 rounds",
    )


def recorded() -> Marks:
    """What drawing the invoice asks of its canvas."""
    marks: Marks = []
    originals = {name: getattr(Canvas, name) for name in MARKS}

    def noting(name: str) -> Any:
        def call(canvas: Canvas, *arguments: Any) -> Any:
            marks.append((name, arguments))
            return originals[name](canvas, *arguments)

        return call

    for name in originals:
        setattr(Canvas, name, noting(name))
    try:
        draw_invoice(INVOICE_127070)
    finally:
        for name, method in originals.items():
            setattr(Canvas, name, method)
    return marks


def _text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
