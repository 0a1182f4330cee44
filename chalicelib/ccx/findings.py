"""One thing found in an export, and the error that refuses a whole one."""

from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

from chalicelib.ccx.codes import Code, message
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.schemas import DEFERRED

MASK = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """`line` is the physical line, 1 for the header, 0 for the file itself. `value` has 40 characters at most."""

    file: str
    line: int
    key: str
    column: str
    code: Code
    message: str
    value: str

    @property
    def severity(self) -> Literal["error", "warning"]:
        """An error rejects its row, a warning keeps it."""
        return "warning" if self.code.startswith("W") else "error"


FINDINGS: TypeAdapter[list[Finding]] = TypeAdapter(list[Finding], config=DEFERRED)


class BundleError(InvalidError):
    """The whole export is refused and nothing of it is applied. `file` is the name inside the zip, or empty."""

    def __init__(self, code: Code, file: str = "", **params: object) -> None:
        super().__init__(message(code, name=file, **params))
        self.code = code
        self.file = file


def mask(value: str) -> str:
    """A rejected cell as it may be shown: 40 characters, its control characters as their code points."""
    shown = value[: MASK + 1]
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else f"<{ord(c):02X}>" for c in shown)
    return shown if len(shown) <= MASK else shown[: MASK - 1] + "\N{HORIZONTAL ELLIPSIS}"
