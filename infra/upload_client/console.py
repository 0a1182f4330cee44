"""What is printed, on consoles that do not have every character: those of Windows, and pipes of old systems."""

import codecs
import io
import sys

_STANDS_FOR = {"\N{MINUS SIGN}": "-", "\N{HORIZONTAL ELLIPSIS}": "..."}
_PLAINER = "plainer"


def print_plainer() -> None:
    """From here on a character that cannot be printed is a plainer one, or a question mark."""
    codecs.register_error(_PLAINER, _plainer)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_PLAINER)


def _plainer(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_STANDS_FOR.get(c, "?") for c in error.object[error.start : error.end]), error.end
