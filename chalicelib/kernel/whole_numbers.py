"""Whole numbers that come as text from outside: the length of the text is checked before its content."""


def whole_number(text: str, *, most_digits: int = 9) -> int | None:
    """The number that `text` writes in ASCII digits alone; None for anything else, and for more digits."""
    return int(text) if len(text) <= most_digits and text.isascii() and text.isdigit() else None
