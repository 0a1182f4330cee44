"""What a mail may cost: the library takes the square of a header's length to read it, and a turn for each line.

Asked where the library meets each header, before it reads its value: so of the heads of all parts, however they are
nested and whatever they are called. Pure.
"""

from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any

MAX_LINES = 200_000
"""Of the mail: 10 MB of base64 in lines of 64 have 160,000."""
MAX_HEADERS = 1_000
"""Of all its parts together."""
MAX_CONTAINERS = 25
"""Parts that hold parts: the library looks for the end of each one at each line."""
MAX_STRUCTURE = 2_000
"""Characters of a header that says what a part is: one with the longest name of a file has 1,700."""
MAX_ALL_STRUCTURE = 30_000
"""Of all these headers together."""
_STRUCTURE = frozenset({"content-type", "content-disposition", "content-transfer-encoding"})
_CONTAINERS = ("multipart", "message")


class TooCostlyError(ValueError):
    """No mail program writes this."""


def check_lines(raw: bytes) -> None:
    """Raises TooCostlyError."""
    # Tested control: reply-lines
    if max(raw.count(b"\n"), raw.count(b"\r")) > MAX_LINES:
        raise TooCostlyError("lines")


@dataclass(slots=True)
class _Spent:
    headers: int = 0
    containers: int = 0
    structure: int = 0
    parsed: dict[tuple[str, str], Any] = field(default_factory=dict)


class BoundedPolicy(EmailPolicy):
    """The library's own for one mail, which raises TooCostlyError at the header that goes too far.

    It reads each value once: the library does so again each time that it is asked for.
    """

    _spent: _Spent

    def __init__(self) -> None:
        super().__init__(message_factory=EmailMessage)
        object.__setattr__(self, "_spent", _Spent())  # a policy does not let itself be changed, nor does this one

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Called for each header of each part."""
        name, value = super().header_source_parse(sourcelines)
        spent = self._spent
        spent.headers += 1
        if name.strip().lower() in _STRUCTURE:
            spent.structure += len(value)
            spent.containers += value.lstrip().lower().startswith(_CONTAINERS)
            # Tested control: reply-header-length
            if len(value) > MAX_STRUCTURE:
                raise TooCostlyError(name)
        # Tested control: reply-headers
        if spent.headers > MAX_HEADERS or spent.structure > MAX_ALL_STRUCTURE or spent.containers > MAX_CONTAINERS:
            raise TooCostlyError(name)
        return name, value

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """The value with its structure, once for each that is the same."""
        parsed, key = self._spent.parsed, (name, value)
        if key not in parsed:
            parsed[key] = super().header_fetch_parse(name, value)
        return parsed[key]
