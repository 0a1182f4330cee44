"""QR codes for print, 5 cm wide: as lines, and in dots."""

from io import BytesIO

MILLIMETRES = 50
_MILLIMETRES_PER_INCH = 25.4
_DOTS = 1_000
"""At least, from side to side: 500 an inch."""


def svg(text: str) -> bytes:
    """As lines, black on white."""
    import segno

    made = segno.make(text, error="m", micro=False)
    out = BytesIO()
    made.save(out, kind="svg", unit="mm", scale=MILLIMETRES / made.symbol_size()[0], xmldecl=True, light="#ffffff")
    return out.getvalue()


def png(text: str) -> bytes:
    """In dots, as many as print asks for."""
    import segno

    made = segno.make(text, error="m", micro=False)
    out = BytesIO()
    dots = _DOTS // made.symbol_size()[0] + 1
    per_inch = round(dots * made.symbol_size()[0] / (MILLIMETRES / _MILLIMETRES_PER_INCH))
    made.save(out, kind="png", scale=dots, dpi=per_inch)
    return out.getvalue()
