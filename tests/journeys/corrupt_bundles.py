"""The demo dealer's next export, spoiled in one way each. Its rows are those that are there already."""

import csv
import io
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from chalicelib.kernel.clock import local_date, system_clock
from infra.demo_export.__main__ import ZONE, write
from infra.local.demo_dealer import CODE
from tests.ingest.zips import members, packed, with_manifest

ROWS = "transactions.csv"
BAD_DATE = "31/09/2026"


def first_export(folder: Path) -> bytes:
    """What the portal loaded at its first start, byte for byte."""
    return write(size="demo", as_at=local_date(system_clock(), ZONE), out=folder, dealer_code=CODE).read_bytes()


def numbered(export: bytes, sequence: int) -> bytes:
    """The same rows as an export of their own."""
    return with_manifest(export, lambda manifest: manifest.update(sequence=sequence, export_id=str(uuid4())))


def wrong_checksum(export: bytes) -> bytes:
    """The manifest has another checksum than the rows."""
    return with_manifest(export, lambda manifest: _entry(manifest).update(sha256="0" * 64))


def half_a_zip(export: bytes) -> bytes:
    """As when a transfer was cut short."""
    return export[: len(export) // 2]


def half_a_file(export: bytes) -> bytes:
    """Half of the rows are in the zip, and the manifest lists them all."""
    files = members(export)
    return packed(files | {ROWS: files[ROWS][: len(files[ROWS]) // 2]})


def two_percent_bad(export: bytes) -> bytes:
    """One in fifty rows, all of them payments, has a date that cannot be read. Checksum and size are right."""
    files = members(export)
    header, *rows = csv.reader(io.StringIO(files[ROWS].decode()))
    payments = [row for row in rows if row[header.index("type")] == "payment"]
    for row in payments[: len(rows) // 50]:
        row[header.index("transaction_date")] = BAD_DATE
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    data = out.getvalue().encode()
    described = {"bytes": len(data), "sha256": sha256(data).hexdigest()}
    return with_manifest(packed(files | {ROWS: data}), lambda manifest: _entry(manifest).update(described))


def counts(export: bytes) -> tuple[int, int]:
    """How many rows it has, and how many of them have the bad date."""
    data = members(export)[ROWS].decode()
    return data.count("\n") - 1, data.count(BAD_DATE)


def _entry(manifest: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(file for file in manifest["files"] if file["path"] == ROWS)
    return found


Spoil = Callable[[bytes], bytes]
