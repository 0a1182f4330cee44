"""Text on a PDF page: which face, how wide, where it breaks."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from chalicelib.rendering.paths import template_root


@dataclass(frozen=True, slots=True)
class Face:
    """A family's plain and bold, by their PDF names."""

    plain: str
    bold: str

    def name(self, *, bold: bool = False) -> str:
        """The font to set."""
        return self.bold if bold else self.plain

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """In points."""
        return pdfmetrics.stringWidth(text, self.name(bold=bold), size)


_BLANKS = str.maketrans("\n\r\t", "   ")
HELVETICA = Face("Helvetica", "Helvetica-Bold")


@cache
def _dejavu() -> Face:
    for name in ("DejaVuSans", "DejaVuSans-Bold"):
        pdfmetrics.registerFont(TTFont(name, template_root() / "fonts" / f"{name}.ttf"))
    return Face("DejaVuSans", "DejaVuSans-Bold")


class UndrawableError(ValueError):
    """A text has letters that no font of ours has."""


def embedded_face(texts: Iterable[str]) -> Face:
    """A face whose fonts are in the file, for files that are kept (PDF/A). Raises UndrawableError."""
    face = _dejavu()
    font: Any = pdfmetrics.getFont(face.plain)
    known = font.face.charToGlyph
    if any(ord(letter) not in known for text in texts for letter in clean(text)):
        raise UndrawableError
    return face


def face_for(texts: Iterable[str]) -> Face:
    """Helvetica, which every reader has; DejaVu Sans, embedded, where a text has letters beyond Windows-1252."""
    try:
        for text in texts:
            clean(text).encode("cp1252")
    except UnicodeEncodeError:
        return _dejavu()
    return HELVETICA


def clean(text: str) -> str:
    """One line without control and direction marks; a minus as the dash that Helvetica has."""
    text = unicodedata.normalize("NFC", text).replace("\N{MINUS SIGN}", "\N{EN DASH}")
    text = text.replace("\u202f", "\u00a0").translate(_BLANKS)
    # Tested control: pdf-drops-undrawable
    return text if text.isascii() and text.isprintable() else "".join(filter(_is_drawn, text))


def _is_drawn(letter: str) -> bool:
    return unicodedata.category(letter) not in {"Cc", "Cf"}


def wrap(text: str, face: Face, size: float, width: float, *, bold: bool = False) -> list[str]:
    """`text` in lines no wider than `width` points, at least one; a word too long for a line is cut."""
    return ["".join(piece for piece, _ in line) for line in wrap_runs([(text, bold)], face, size, width)]


Run = tuple[str, bool]


def wrap_runs(runs: Iterable[Run], face: Face, size: float, width: float) -> list[list[Run]]:
    """Lines of (text, bold) pieces from runs of text, broken at spaces."""
    lines: list[list[Run]] = [[]]
    used = 0.0
    for text, bold in runs:
        space = face.width(" ", size, bold=bold)
        for word in clean(text).split(" "):
            if not word:
                continue
            for piece in _cut(word, face, size, width, bold):
                wide = face.width(piece, size, bold=bold)
                if lines[-1] and used + space + wide > width:
                    lines.append([])
                    used = 0.0
                used += wide + (space if lines[-1] else 0)
                _append(lines[-1], piece, bold)
    return lines


def _append(line: list[Run], word: str, bold: bool) -> None:  # noqa: FBT001 - a run's
    if line and line[-1][1] == bold:
        line[-1] = (f"{line[-1][0]} {word}", bold)
    else:
        line.append((f" {word}" if line else word, bold))


def _cut(word: str, face: Face, size: float, width: float, bold: bool) -> Iterable[str]:  # noqa: FBT001 - a run's
    while face.width(word, size, bold=bold) > width:
        fits = next(n for n in range(len(word), 0, -1) if n == 1 or face.width(word[:n], size, bold=bold) <= width)
        yield word[:fits]
        word = word[fits:]
        if not word:
            return
    yield word
