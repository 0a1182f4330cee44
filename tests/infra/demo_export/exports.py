"""Demo exports for tests: written once a process, read back through our own checks."""

from collections import defaultdict
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.ccx.bundle import Bundle, open_bundle
from chalicelib.ccx.csv_rows import RawRow, account_of
from chalicelib.ingest.account import AccountRecords, CheckedAccount, check_account
from chalicelib.ingest.checks.context import Context
from chalicelib.ingest.master_accounts import bad_masters, master_links, repeated_documents
from infra.demo_export.__main__ import write

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
    return open_bundle(BytesIO(path.read_bytes()))


Spread = dict[str, dict[str, list[RawRow]]]


@cache
def spread(path: Path) -> Spread:
    """Records by account and file."""
    bundle = opened(path)
    out: Spread = defaultdict(lambda: defaultdict(list))
    for entity in bundle.entities:
        header = bundle.header(entity)
        for line, raw in bundle.records(entity):
            out[account_of(raw, header) or ""][entity].append((line, raw))
    return out


@cache
def check_all(path: Path) -> dict[str, CheckedAccount]:
    """Every account of a bundle, checked."""
    bundle = opened(path)
    context = Context(
        bundle.manifest.as_at,
        {entity: bundle.header(entity) for entity in bundle.entities},
        {name: span.bytes for name, span in bundle.documents.items()},
        bad_masters(master_links(bundle)),
        repeated_documents(bundle),
    )
    return {ref: check_account(AccountRecords(ref, **records), context) for ref, records in spread(path).items()}
