"""XML as text: elements with their children or their text. An element without either is left out."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
Content = str | Iterable[str]


def element(name: str, content: Content, /, **attributes: str) -> str:
    """`<name>text</name>`, or around the elements of `content`; nothing where there is no content."""
    inner = escape(content) if isinstance(content, str) else "".join(content)
    if not inner:
        return ""
    given = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items() if value)
    return f"<{name}{given}>{inner}</{name}>"


def root(name: str, namespaces: dict[str, str], content: Iterable[str]) -> bytes:
    """A document. `namespaces` are by prefix, the default one under the empty prefix."""
    given = "".join(f" xmlns{':' if prefix else ''}{prefix}={quoteattr(uri)}" for prefix, uri in namespaces.items())
    return f"{DECLARATION}<{name}{given}>{''.join(content)}</{name}>\n".encode()


def number(value: Decimal) -> str:
    """Plainly, without an exponent or zeros at its end: 1.5000 -> `1.5`."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(value: Decimal) -> str:
    """Money: as many decimals as the currency has, at most two."""
    return f"{value:f}"


def compact(day: date) -> str:
    """`20240605`."""
    return f"{day:%Y%m%d}"
