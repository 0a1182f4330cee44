"""Fault 5: a transfer stops somewhere. Wherever that is, the old state stays and the dealer is notified."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from chalicelib.ingest.model import RunState
from tests.bundles import TRANSACTION_COLUMNS, csv_bytes, document
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline


def whole(line: ImportPipeline, **more: Any) -> bytes:
    return export(line, *ledger(3, 3), 2, documents=[document("1000", "d1")], **more)


def offsets(bundle: bytes) -> Iterator[int]:
    """One of each class: inside a member's header, its name, its content; between members; inside the directory; at
    its end; a byte too early."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        members, directory = archive.infolist(), archive.start_dir
    for member in members:
        content = member.header_offset + 30 + len(member.filename)
        yield from (member.header_offset + 12, content - 2, content, content + member.compress_size // 2)
        yield content + member.compress_size
    yield from (directory, directory + 20, (directory + len(bundle)) // 2, len(bundle) - 22, len(bundle) - 1)


def cut_files(line: ImportPipeline) -> Iterator[bytes]:
    """A zip that is whole, around a CSV that is not: in its header, in a row, between rows, before the last byte."""
    _, rows = ledger(3, 3)
    data = csv_bytes(TRANSACTION_COLUMNS, rows)
    header = data.index(b"\r\n") + 2
    row = data.index(b"\r\n", header) + 2
    for at in (0, header // 2, header, header + 7, row, row + 7, len(data) - 2, len(data) - 1):
        yield whole(line, raw={"transactions.csv": data[:at]})


def test_a_bundle_cut_anywhere_changes_nothing_and_says_why(line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(3, 2)))
    before, bundle = line.picture(), whole(line)
    spoilt = [*(bundle[:at] for at in sorted({*offsets(bundle)})), *cut_files(line)]
    for number, data in enumerate(spoilt, start=2):
        run = line.take_in(data)
        assert (run.number, run.state) == (number, RunState.REFUSED), number
        assert run.code, number
        assert run.message, number
    assert len(spoilt) > 30
    assert line.picture() == before
    assert line.take_in(bundle).state is RunState.PUBLISHED
