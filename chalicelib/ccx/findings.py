"""One thing found in an export, and the error that refuses a whole one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.ccx.codes import Code
from chalicelib.ccx.messages import Message, Param, Stored, sentences
from chalicelib.ccx.source_formats import SOURCE_FORMATS
from chalicelib.kernel.errors import InvalidError

MASK = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """`line` is the physical line, 1 for the header, 0 for the file itself. `value` has 40 characters at most.

    `message` is of findings stored before there were `params`: their English words.
    """

    file: str
    line: int
    key: str
    column: str
    code: Code
    value: str
    params: dict[str, Param] = field(default_factory=dict)
    message: str = ""

    @property
    def severity(self) -> Literal["error", "warning"]:
        """An error rejects its row, a warning keeps it."""
        return "warning" if self.code.startswith("W") else "error"

    @property
    def is_consequence(self) -> bool:
        """Whether it only follows from a finding of another row."""
        return self.code is Code.E201_PARENT_REJECTED

    @property
    def stored_message(self) -> Stored:
        """What is wrong and what to do."""
        return self.message or Message(self.code, self.params)

    @property
    def cause(self) -> tuple[str, str, Code]:
        """File, column and code: findings that share them are mended in one place."""
        return self.file, self.column, self.code


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings with one cause: how many rows have it, and the first of them in the order of the file."""

    rows: int
    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The one that stands for all."""
        return self.findings[0]


def grouped(findings: Iterable[Finding], *, rows: Mapping[tuple[str, str, Code], int], most: int) -> list[FindingGroup]:
    """By cause, in the order of their first; `rows` counts each, and no group keeps more than `most` findings."""
    groups: dict[tuple[str, str, Code], list[Finding]] = {}
    for finding in findings:
        group = groups.setdefault(finding.cause, [])
        if len(group) < most:
            group.append(finding)
    return [FindingGroup(rows[cause], tuple(group)) for cause, group in groups.items()]


class BundleError(InvalidError):
    """The whole export is refused and nothing of it is applied. `file` is the name inside the zip, or empty."""

    def __init__(self, code: Code, file: str = "", **params: Param) -> None:
        super().__init__(code)
        self.code = code
        self.file = file
        self.stored_message = Message(code, {"name": file, **params})

    @property
    def message(self) -> str:
        """In the reader's language, for the sender of the export; a run's page has the dealer's formats too."""
        return sentences(self.stored_message, SOURCE_FORMATS)


def spelt(ref: str) -> str:
    """A reference with the code points beyond ASCII: what looks the same need not be, as U+00FC and u with U+0308."""
    points = ", ".join(f"U+{ord(c):04X}" for c in ref if not c.isascii())
    return f"{mask(ref)} ({points})" if points else mask(ref)


def mask(value: str) -> str:
    """A rejected cell as it may be shown: 40 characters, its control characters as their code points."""
    shown = value[: MASK + 1]
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else f"<{ord(c):02X}>" for c in shown)
    return shown if len(shown) <= MASK else shown[: MASK - 1] + "\N{HORIZONTAL ELLIPSIS}"
