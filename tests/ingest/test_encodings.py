"""Fault 12: UTF-8 it is, with or without a mark. Anything else is refused in words, and nothing is ever mojibake."""

from hashlib import sha256

import pytest

from chalicelib.ingest.model import RunState
from tests.bundles import CUSTOMER_COLUMNS, csv_bytes, customer, transaction
from tests.ingest.exports import export
from tests.ingest.pipeline import ImportPipeline

NAME = "Hélène Müller – Łódź Œuvre"
ROWS = [transaction("1000", "t1", "1.00")]


def text(name: str = NAME) -> str:
    return csv_bytes(CUSTOMER_COLUMNS, [customer("1000", name=name, balance="1.00"), customer("1001")]).decode()


def bundle(line: ImportPipeline, data: bytes, sequence: int = 1) -> bytes:
    """One whose customers.csv is these bytes, as its manifest says."""
    told = {"customers": {"bytes": len(data), "sha256": sha256(data).hexdigest(), "totals": {}}}
    return export(line, [customer("1000"), customer("1001")], ROWS, sequence, raw={"customers.csv": data}, files=told)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_read_as_it_was_written(line: ImportPipeline, encoding: str) -> None:
    assert line.take_in(bundle(line, text().encode(encoding))).state is RunState.PUBLISHED
    assert [entry.name for entry in sorted(line.entries())] == [NAME, "Customer 1001"]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "utf-32"])
def test_no_other_encoding_is_guessed(line: ImportPipeline, encoding: str) -> None:
    line.take_in(bundle(line, text().encode()))
    refused = line.take_in(bundle(line, text("Hélène Müller").encode(encoding), 2))
    assert refused.state is RunState.REFUSED
    assert refused.message
    assert [entry.name for entry in sorted(line.entries())] == [NAME, "Customer 1001"]


def test_a_nul_is_no_text(line: ImportPipeline) -> None:
    run = line.take_in(bundle(line, text("Hél\x00ène").encode()))
    assert run.state is not RunState.PUBLISHED
    assert line.entries() == []
