"""Documents of many transactions as ZIPs and as merged PDFs: how long their reader waits, and the memory it takes."""

import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image
from pypdf import PdfReader
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from chalicelib import settings
from chalicelib.documents.model import document_name, encode_lines, lines_name
from chalicelib.downloads import operations, queries, volumes
from chalicelib.downloads.model import Download, DownloadKind, DownloadState
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, ImportScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.layout import Account
from chalicelib.ledger.row import Row as Transaction
from chalicelib.ledger.row_query import RowQuery
from chalicelib.rendering.format import formats
from chalicelib.store import blobs
from chalicelib.web.customer.transaction_documents import address
from chalicelib.web.presenters.transactions import RowFormatter
from chalicelib.web.transaction_volumes import TransactionVolumes
from infra.local.process import spawn, stop
from tests.bench.frame.imports import peak_memory
from tests.bench.frame.registry import measurement
from tests.bench.frame.row import Row, row
from tests.bench.frame.world import aws
from tests.ledger.accounts import a_facts, an_account, history
from tests.ledger.published import a_dealer, publish, the_customer
from tests.web.customer.test_invoices import LINES

FEW, MANY = 500, 2_500
PATIENCE = 300
SECONDS, MEGABYTES = 20, 300
REF = {FEW: "1200", MANY: "1201"}
KINDS = (DownloadKind.ZIP, DownloadKind.PDF)


@measurement
def many_documents(folder: Path) -> Iterator[Row]:
    with aws(folder):
        scope = a_dealer()
        publish(scope, [account(scope, count) for count in REF])
        worker = spawn("worker", [sys.executable, "-m", "infra.local.worker"], env={}, log=folder / "worker.log")
        try:
            found = {(count, kind): waited(scope, count, kind) for count in REF for kind in KINDS}
            memory = peak_memory(worker.process.pid)
        finally:
            stop([worker])
    for (count, kind), (seconds, made) in found.items():
        files = len(made.volumes)
        size = sum(volume.size for volume in made.volumes) / 1e6
        yield row(
            f"{count:,} documents as {kind.upper()}",
            seconds,
            "s",
            at_most=SECONDS if count == FEW else None,
            how=f"from the click until it can be fetched: files {files}, {size:.0f} MB; half of "
            f"the documents are PDFs of {_kilobytes()} KB, the other half is drawn; by the clock on the wall",
        )
    yield row(
        "many documents: memory",
        memory,
        "MB",
        at_most=MEGABYTES,
        how=f"peak resident memory of the one process that makes all {len(found)} of them",
    )


def account(scope: ImportScope, count: int) -> Account:
    """An account of so many."""
    rows = transactions(scope, count)
    return an_account(rows, facts=a_facts(REF[count], balance=sum(row.outstanding for row in rows)))


def transactions(scope: ImportScope, count: int) -> list[Transaction]:
    """Invoices of an account: a PDF behind every other, lines behind the rest."""
    ref, bucket = REF[count], settings.load().files_bucket
    lines, rows = encode_lines(LINES), list[Transaction]()
    blobs.put(scope, bucket, lines_name(run=1, part=0), lines, "application/jsonl")
    for number, one in enumerate(history(count, outstanding=True)):
        if number % 2:
            rows.append(one._replace(document=None, document_id=None, lines=[1, 0, 0, len(lines)]))
            continue
        document_id = f"d{number}"
        name = document_name(run=1, ref=ref, document_id=document_id)
        blobs.put(scope, bucket, name, _pdf(f"{ref} {number}"), "application/pdf")
        rows.append(one._replace(document=[document_id, 1], document_id=document_id, lines=None))
    return rows


def waited(scope: ImportScope, count: int, kind: DownloadKind) -> tuple[float, Download]:
    """Seconds until it is ready, and what became of it."""
    person = the_customer(scope, REF[count])
    now = datetime.now(UTC)
    begin = time.monotonic()
    asked = operations.request_download(
        person, address=f"{address(kind)}?status=all", file=_file(person, count, kind), now=now, ids=Ids()
    )
    while time.monotonic() - begin < PATIENCE:
        found = queries.download(person, asked.download_id, now=now, kinds=KINDS)
        if found.state is not DownloadState.QUEUED:
            took = time.monotonic() - begin
            _check(person, found, count)
            return took, found
        time.sleep(0.1)
    raise AssertionError(f"{kind} of {count} documents was not made")


def _check(person: CustomerScope, found: Download, count: int) -> None:
    """It is whole: all documents, and of a merged PDF a page or more for each."""
    if (found.state, found.count, found.missing_count) != (DownloadState.READY, count, 0):
        raise AssertionError(found)
    if found.kind is DownloadKind.PDF:
        name = volumes.volume_object(found.download_id, 1, "pdf")
        reader = PdfReader(BytesIO(blobs.get(person, settings.load().files_bucket, name)))
        if len(reader.outline) != min(count, 500):
            raise AssertionError(len(reader.outline))


def _file(person: CustomerScope, count: int, kind: DownloadKind) -> TransactionVolumes:
    view = ledger.account_view(person, ref=REF[count], now=datetime.now(UTC), query=RowQuery(status=None, page=None))
    return TransactionVolumes(
        file_name=f"documents.{kind}",
        count=count,
        kind=kind,
        snapshot_ref=str(view.snapshot.snapshot_ref),
        scope=person,
        view=view,
        formatter=RowFormatter.of(view, formats("en-GB", "Europe/London", "GBP")),
        rows=view.page.rows,
        logo=lambda: None,
    )


def _logo() -> ImageReader:
    """Noise, which takes as much room as a logo of a dealer's system does, the same in each."""
    noise = random.Random(1).randbytes(140 * 130 * 3)
    return ImageReader(Image.frombytes("RGB", (140, 130), noise))


_LOGO = _logo()


def _pdf(name: str) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.drawImage(_LOGO, 60, 700, 140, 130)
    for line in range(40):
        canvas.drawString(60, 680 - line * 15, f"{name}, line {line}: hydraulic hose 3/8, 12.40 each")
    canvas.save()
    return out.getvalue()


def _kilobytes() -> str:
    return f"{len(_pdf('0')) / 1000:.0f}"
