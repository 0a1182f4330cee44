"""HTML escaping as markupsafe does it, to plain text."""

from typing import Any

# The same in C and in Python; `escape` is Markup around it.
from markupsafe import Markup, _escape_inner  # type: ignore[attr-defined]


def escape_to_text(value: Any) -> str:
    """What `markupsafe.escape` gives, without Markup around it."""
    if type(value) is str:
        return _escape_inner(value)
    if type(value) is Markup:
        return value
    if hasattr(value, "__html__"):
        return str(value.__html__())
    return _escape_inner(str(value))
