"""Another file comes in the place of one that is being read: of the first, nothing is mixed with it."""

from typing import Any

import pytest

from chalicelib import settings
from chalicelib.dealers import queries as dealers
from chalicelib.ingest import repo
from chalicelib.ingest.model import RunState
from chalicelib.ingest.steps import open as opening
from chalicelib.store import blobs
from tests.bundles import PDF, document
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline

OTHER = PDF + b"% another\n"


def bundle(line: ImportPipeline, sequence: int, content: bytes) -> bytes:
    documents = [document("1000", "d1", content)]
    return export(line, *ledger(1), sequence, documents=documents, contents={"d1": content})


def replace(line: ImportPipeline, name: str, data: bytes) -> None:
    blobs.put(line.scope, settings.load().inbox_bucket, name, data, "application/zip")


def test_a_file_replaced_under_its_run_fails_it_and_comes_in_by_itself(line: ImportPipeline) -> None:
    name = line.put(bundle(line, 1, PDF))
    line.arrive(name)
    replace(line, name, bundle(line, 2, OTHER))
    line.drain()
    assert (line.newest().state, line.newest().code) == (RunState.FAILED, "F506_REPLACED")
    assert repo.lease(line.scope).run is None
    line.arrive(name, etag="another")
    line.drain()
    assert line.newest().state is RunState.PUBLISHED
    assert dealers.published(line.scope, fresh=True).sequence == 2


def test_a_file_replaced_before_it_was_spread_fails_its_run(
    line: ImportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any) -> None:
        raise RuntimeError("dies")

    with monkeypatch.context() as patch:
        patch.setattr(opening, "unpack", dies)
        name = line.put(bundle(line, 1, PDF))
        line.arrive(name)
    replace(line, name, bundle(line, 2, OTHER))
    opening.unpack(line.job(), line.newest())
    assert (line.newest().state, line.newest().code) == (RunState.FAILED, "F506_REPLACED")
