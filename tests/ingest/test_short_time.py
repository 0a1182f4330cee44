"""However little time a call has, it gets on by an account or a document, and the next goes on from there."""

from collections.abc import Iterator
from typing import Any

from chalicelib import settings
from chalicelib.ingest.model import RunState
from chalicelib.store import blobs
from tests.bundles import document
from tests.fixtures.calls import listening
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline


def test_the_clock_is_looked_at_after_each_account(line: ImportPipeline) -> None:
    line.remaining = lambda: 10.0
    line.take_in(export(line, *ledger(4)))
    assert [m["step"] for m in line.delivered].count("stage") == 4
    assert line.newest().state is RunState.PUBLISHED
    assert [len(line.rows(entry.ref)) for entry in line.entries()] == [10] * 4


def test_an_account_of_many_documents_is_copied_in_several_calls(line: ImportPipeline) -> None:
    documents = [document("1000", f"d{n}") for n in range(4)]
    line.remaining = lambda: 10.0
    puts: list[str] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        puts.append(params["Key"])

    with listening("s3", "provide-client-params.s3.PutObject", note):
        run = line.take_in(export(line, *ledger(2), documents=documents))
    assert run.state is RunState.PUBLISHED
    assert len([key for key in puts if "/documents/" in key]) == 4
    assert [m["step"] for m in line.delivered].count("stage") == 5
    stored = blobs.list_names(line.scope, settings.load().files_bucket, f"documents/{run.number}/")
    assert len(stored) == 4
    assert len(list(ids(line))) == 4


def ids(line: ImportPipeline) -> Iterator[str]:
    head = line.head("1000")
    assert head is not None
    yield from (entry.id for entry in head.documents if entry.visible)
