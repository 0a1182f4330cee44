"""Texts that people type, before they are kept."""

import re

_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Controls, marks that turn the direction of what follows, and halves of pairs, which UTF-8 does not have. The joiners
within emoji stay."""


def visible(text: str) -> str:
    """Without space around it and without what nobody sees, which programs that read it may refuse or obey."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\t", " ")).strip()


def header_text(text: str) -> str:
    """One line for the head of a mail: without joiners of emoji and whatever else is not printed, which is refused."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
