"""The icon font that pages load: Bootstrap Icons, cut down to what templates, scripts and presenters name.

`python -m infra.icons` writes it anew after an icon was added. The whole font has 2,000 icons, and would be half of the
bytes that a first visit loads.
"""

import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[1]
WHOLE_CSS = ROOT / "infra" / "vendored" / "bootstrap-icons.min.css"
WHOLE_FONT = ROOT / "infra" / "vendored" / "bootstrap-icons.woff2"
CSS = ROOT / "templates" / "assets" / "css" / "icons.css"
FONT = ROOT / "templates" / "assets" / "css" / "icons.woff2"
SOURCES = (
    ("templates", ("*.html", "*.js")),
    ("chalicelib", ("*.py",)),
    ("infra/local/pages", ("*.html",)),
    ("infra/cloudformation", ("*.html",)),
)
_RULE = re.compile(r'\.bi-([a-z0-9-]+)::before\{content:"\\([0-9a-f]+)"\}')
_NAMED = re.compile(r"\bbi-([a-z0-9-]+)|[\"']([a-z0-9]+(?:-[a-z0-9]+)*)[\"']")


def known() -> dict[str, int]:
    """Every icon of the whole font, and its code point."""
    return {name: int(code, 16) for name, code in _RULE.findall(WHOLE_CSS.read_text())}


def used() -> dict[str, int]:
    """Icons whose name stands in a class or as a literal. A word that is an icon's name by chance comes along."""
    named = {one or other for text in sources() for one, other in _NAMED.findall(text)}
    return {name: code for name, code in sorted(known().items()) if name in named}


def sources() -> Iterable[str]:
    """The texts of all files that may name an icon."""
    for folder, patterns in SOURCES:
        for pattern in patterns:
            for path in (ROOT / folder).rglob(pattern):
                if "vendor" not in path.parts:
                    yield path.read_text()


def stylesheet(icons: Mapping[str, int]) -> str:
    """The whole stylesheet's head, with our font, and a rule for each of these icons."""
    whole = WHOLE_CSS.read_text()
    head = whole[: whole.index(".bi-123::before")]
    head = re.sub(r"src:[^}]+", 'src:url(icons.woff2) format("woff2")', head)
    rules = "".join(f'.bi-{name}::before{{content:"\\{code:x}"}}\n' for name, code in icons.items())
    return f"/* Made from Bootstrap Icons by infra/icons.py. */\n{head}\n{rules}"


def font(icons: Mapping[str, int]) -> bytes:
    """The whole font without the glyphs of all other icons, as WOFF2."""
    whole = TTFont(WHOLE_FONT, recalcTimestamp=False)
    options = subset.Options(flavor="woff2", layout_features=[], name_IDs=[], notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=icons.values())
    subsetter.subset(whole)
    whole.flavor = "woff2"
    out = BytesIO()
    whole.save(out)
    return out.getvalue()


def main() -> None:
    icons = used()
    CSS.write_text(stylesheet(icons))
    FONT.write_bytes(font(icons))
    print(f"{len(icons)} icons: {CSS.stat().st_size:,} bytes of CSS, {FONT.stat().st_size:,} of font")


if __name__ == "__main__":
    main()
