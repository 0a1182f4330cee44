"""Bundles to measure imports with, and what an import writes. An import runs in this process, so its CPU is ours."""

import csv
import io
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zipfile import ZIP_DEFLATED, ZipFile

from chalicelib import settings
from chalicelib.ingest import repo
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.kernel.clock import system_clock
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store import blobs, clients
from infra.demo_export.__main__ import DEALER_CODE
from infra.demo_export.bundle import BundleWriter, Heading
from infra.demo_export.series import Size, ledgers, view_of
from tests.fixtures.cast import make_dealership
from tests.fixtures.worlds import World
from tests.ingest.pipeline import ImportPipeline

AS_AT = date(2024, 6, 5)
TRANSACTIONS, MANIFEST = "transactions.csv", "manifest.json"
_EXPORTS = UUID("0d3f3d1e-6f0c-4f3c-9f0e-3a1f2b6c5d4e")


def import_line(world: World) -> ImportPipeline:
    """A new dealer whose bundles are taken in step after step, as the queue asks for them."""
    ids, now = Ids(), datetime.now(UTC)
    return ImportPipeline(
        world, make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone=""), now, ids
    )


def demo_bundle(size: Size, out: Path) -> Path:
    """The first export of a made-up dealer of this size, without documents."""
    view = view_of(size, seed=1, as_at=AS_AT, sequence=1)
    with BundleWriter(out, view, Heading(DEALER_CODE, 1)) as bundle:
        for ledger in ledgers(size, view, documents=0):
            bundle.add(ledger)
    return out


def long_histories(accounts: int) -> Size:
    """A dealer that shows three years: some 97 rows per account."""
    return Size(accounts, 36, 5_000, 5_000_000)


def repeated(bundle: Path, line: ImportPipeline, sequence: int, *, change_every: int = 0) -> tuple[bytes, set[str]]:
    """The same rows as export `sequence` of the dealer, and the accounts of those rows, one in so many, that differ."""
    out, touched = io.BytesIO(), set[str]()
    with ZipFile(bundle) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        manifest = json.loads(old.read(MANIFEST))
        transactions = old.read(TRANSACTIONS)
        if change_every:
            transactions, touched = _changed(transactions, change_every)
        entry = next(one for one in manifest["files"] if one["path"] == TRANSACTIONS)
        entry |= {"bytes": len(transactions), "sha256": sha256(transactions).hexdigest()}
        export_id = str(uuid5(_EXPORTS, f"{line.code}/{sequence}"))
        manifest |= {"dealer_code": line.code, "sequence": sequence, "export_id": export_id}
        new.writestr("customers.csv", old.read("customers.csv"))
        new.writestr(TRANSACTIONS, transactions)
        new.writestr(MANIFEST, json.dumps(manifest))
    return out.getvalue(), touched


def _changed(data: bytes, every: int) -> tuple[bytes, set[str]]:
    """The customer's order number of one row in `every` is another."""
    rows = csv.reader(io.StringIO(data.decode(), newline=""))
    header = next(rows)
    order, ref = header.index("customer_order_ref"), header.index("account_ref")
    text, touched = io.StringIO(newline=""), set[str]()
    writer = csv.writer(text)
    writer.writerow(header)
    for at, row in enumerate(rows, 1):
        if at % every == 0:
            row[order] += "X"
            touched.add(row[ref])
        writer.writerow(row)
    return text.getvalue().encode(), touched


@contextmanager
def written() -> Iterator[list[tuple[str, str]]]:
    """The keys of all items that are put, updated or deleted inside, in order."""
    keys: list[tuple[str, str]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        keys.extend((key["pk"]["S"], key["sk"]["S"]) for key in _keys(model.name, params))

    events = clients.client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb", note)
    try:
        yield keys
    finally:
        events.unregister("provide-client-params.dynamodb", note)


def _keys(operation: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    match operation:
        case "BatchWriteItem":
            requests = [request for items in params["RequestItems"].values() for request in items]
        case "TransactWriteItems":
            requests = params["TransactItems"]
        case "PutItem" | "UpdateItem" | "DeleteItem":
            requests = [{operation: params}]
        case _:
            return
    for request in requests:
        ((kind, what),) = request.items()
        if kind != "ConditionCheck":
            yield what.get("Item") or what.get("Key") or what


def upload(scope: ImportScope, bundle: Path) -> None:
    """Put the bundle into the dealer's inbox, as a form does."""
    name = f"inbox/{Ids().ulid(system_clock())}/staff-someone.zip"
    with bundle.open("rb") as file:
        blobs.put(scope, settings.load().inbox_bucket, name, file, "application/zip")


def until_settled(scope: ImportScope, number: int, *, patience: float) -> ImportRun:
    """Run `number` once it is published and settled. Raises RuntimeError if it comes to another end, or to none."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        run = repo.run(scope, number)
        if run is not None and run.ended_at is not None and run.state is not RunState.PUBLISHED:
            raise RuntimeError(f"run {number}: {run.state}, {run.message}")
        if run is not None and run.finalised_at is not None:
            return run
        time.sleep(0.3)
    raise RuntimeError(f"run {number} is not settled after {patience:.0f} s")


def peak_memory(process: int) -> float:
    """The most memory that a running process has had at once, in MB (10^6 bytes)."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
