"""People and ways to reach them, as templates show them."""

import re

_WORDS = re.compile(r"[^\W_]+")


def dialled(number: str) -> str:
    """A phone number for `tel:`: `+49 (0)831 / 555 0100` -> `+498315550100`. What follows in words is left out."""
    digits = re.split(r"[^\W\d_]", number.replace("(0)", ""), maxsplit=1)[0]
    plus = "+" if digits.lstrip().startswith("+") else ""
    return plus + "".join(character for character in digits if character.isascii() and character.isdigit())


def initials_of_name(name: str) -> str:
    """`Anna Reed` -> `AR`, `Björk` -> `BJ`, nothing of nothing."""
    words = _WORDS.findall(name)
    letters = words[0][0] + words[-1][0] if len(words) > 1 else "".join(words)[:2]
    return letters.upper()


def initials(email: str) -> str:
    """Two letters for an avatar: `anna.reed@...` -> `AR`, `office@...` -> `OF`."""
    return initials_of_name(email.partition("@")[0])
