"""What was found in an export, by its cause: as its page, its report and a check before it is sent show it."""

from collections import Counter
from collections.abc import Mapping
from heapq import nsmallest

from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import Finding, FindingGroup, grouped

MAX_REPORTED = 50_000
"""Findings in the report. A file with more is not mended row by row."""
MAX_IN_GROUP = 25
"""Findings with one cause that the page lists."""


class FindingsByCause:
    """Those of one severity: all of them counted by cause, and the first MAX_REPORTED kept."""

    def __init__(self, files: Mapping[str, int]) -> None:
        self._files = files
        self._kept: list[Finding] = []
        self._rows: Counter[tuple[str, str, Code]] = Counter()

    def add(self, finding: Finding) -> None:
        """One more."""
        self._rows[finding.cause] += 1
        self._kept.append(finding)
        if len(self._kept) >= 2 * MAX_REPORTED:
            self._kept = self.first()

    def count(self, left_out: Mapping[str, Mapping[str, Mapping[Code, int]]]) -> None:
        """Those that a part did not keep, by file, column and code."""
        for file, columns in left_out.items():
            for column, codes in columns.items():
                for code, rows in codes.items():
                    self._rows[file, column, code] += rows

    def first(self) -> list[Finding]:
        """Causes before what follows from them, the files in the order in which they hang on each other."""
        return nsmallest(MAX_REPORTED, self._kept, key=self._place)

    def groups(self, found: list[Finding]) -> list[FindingGroup]:
        """Those `found` by cause; of each file that which most rows have comes first."""
        groups = grouped(found, rows=self._rows, most=MAX_IN_GROUP)
        return sorted(groups, key=lambda group: (*self._place(group.first)[:3], -group.rows))

    def _place(self, finding: Finding) -> tuple[bool, int, str, int, str]:
        at = self._files.get(finding.file, len(self._files))
        return finding.is_consequence, at, finding.file, finding.line, finding.column
