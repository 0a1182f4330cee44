"""Whether a text is what somebody can be called: mails to people who do not know them say it, under a dealer's head."""

import re

from chalicelib.kernel.links import holds_link, plain

MAX_LENGTH = 40
"""Of a first name or a last name: the longest in use have fewer."""
_MAX_WORDS = 5
_NO_NAME = re.compile(r"[/\\@:;<>!?=#*%&|(){}\[\]\n]|www\.|\d\D?\d\D?\d", re.IGNORECASE)


def is_name(text: str) -> bool:
    """Whether it can be a first or a last name: not one with a link, three digits or the words of a sentence."""
    seen = plain(text)
    # Tested control: names-without-links
    return not (holds_link(seen) or _NO_NAME.search(seen)) and len(seen.split()) <= _MAX_WORDS


def name_for_strangers(name: str) -> str:
    """A whole name, as stored, for a mail to somebody who may not know its owner; empty where it is no name."""
    said = " ".join(plain(name).split())
    is_whole = len(said) <= 2 * MAX_LENGTH + 1 and len(said.split()) <= 2 * _MAX_WORDS
    return said if is_whole and not (holds_link(said) or _NO_NAME.search(said)) else ""
