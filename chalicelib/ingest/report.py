"""What was found in an import as CSV, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator

from chalicelib.ccx.findings import Finding
from chalicelib.ccx.messages import sentences
from chalicelib.ingest.part_result import TouchedAccount
from chalicelib.rendering.format import Formats
from chalicelib.rendering.spreadsheet import neutral_in_csv
from chalicelib.store.codec import Codec

ALL: Codec[list[Finding]] = Codec(list[Finding])
TOUCHED: Codec[list[TouchedAccount]] = Codec(list[TouchedAccount])
HEADER = ("file", "line", "key", "column", "code", "message", "value")


def findings_csv(findings: Iterable[Finding], fmt: Formats) -> Iterator[str]:
    """Lines with their CRLF, the header first. Text that a spreadsheet would compute gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in ([HEADER], (_cells(finding, fmt) for finding in findings)):
        for cells in row:
            writer.writerow(cells)
            yield out.getvalue()
            out.seek(0)
            out.truncate()


def _cells(finding: Finding, fmt: Formats) -> list[str]:
    message = sentences(finding.stored_message, fmt)
    texts = (finding.file, str(finding.line), finding.key, finding.column, finding.code, message, finding.value)
    # Tested control: rejects-neutral
    return [neutral_in_csv(text) for text in texts]
