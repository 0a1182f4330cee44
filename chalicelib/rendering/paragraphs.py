"""Plain text that somebody has written in paragraphs."""

import re

_BETWEEN = re.compile(r"\n[ ]*(?:\n[ ]*)+")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: what empty lines separate. Line ends within them stay."""
    return [one.strip() for one in _BETWEEN.split(text) if one.strip()]
