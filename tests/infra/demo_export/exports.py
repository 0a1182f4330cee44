"""Demo exports for tests: written once a process, read back through our own checks."""

from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.ccx.bundle import Bundle, open_bundle
from chalicelib.ingest.checks.account import CheckedAccount
from chalicelib.ingest.entities import ENTITIES
from infra.demo_export.__main__ import write
from tests.ingest.whole_bundle import Records, check_bundle, records_by_account

PRINTED = date(2024, 6, 5)
_FOLDER = TemporaryDirectory(prefix="demo-exports-")


@cache
def export(size: str = "demo", as_at: date = PRINTED, sequence: int = 1, documents: int = 0) -> Path:
    """The path of a bundle."""
    folder = Path(_FOLDER.name) / f"{size}-{as_at}-{sequence}-{documents}"
    folder.mkdir(exist_ok=True)
    return write(
        size=size, as_at=as_at, out=folder, dealer_code="MOORBECK", sequence=sequence, seed=1, documents=documents
    )


def opened(path: Path) -> Bundle:
    """The bundle at `path`."""
    return open_bundle(BytesIO(path.read_bytes()), ENTITIES)


@cache
def spread(path: Path) -> Records:
    """Records by account and file."""
    return records_by_account(opened(path))


@cache
def check_all(path: Path) -> dict[str, CheckedAccount]:
    """Every account of a bundle, checked."""
    return check_bundle(opened(path))[0]
