"""The rejects of an import as CSV, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator

from chalicelib.ccx.findings import Finding
from chalicelib.rendering.spreadsheet import neutral

HEADER = ("file", "line", "key", "column", "code", "message", "value")


def rejects_csv(findings: Iterable[Finding]) -> Iterator[str]:
    """Lines with their CRLF, the header first. Text that a spreadsheet would compute gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in ([HEADER], (_cells(finding) for finding in findings)):
        for cells in row:
            writer.writerow(cells)
            yield out.getvalue()
            out.seek(0)
            out.truncate()


def _cells(finding: Finding) -> list[str]:
    texts = (finding.file, str(finding.line), finding.key, finding.column, finding.code, finding.message, finding.value)
    # Tested control: rejects-neutral
    return [neutral(text) for text in texts]
