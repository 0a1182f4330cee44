"""The marks of a finished page, put on a bare reportlab canvas: nothing is measured, wrapped or worded."""

from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas


def draw(marks: list[tuple[str, tuple[Any, ...]]]) -> bytes:
    """`marks` are the names and arguments of the canvas's own methods."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1)
    for method, arguments in marks:
        getattr(canvas, method)(*arguments)
    canvas.showPage()
    canvas.save()
    return out.getvalue()
