import json
from datetime import datetime
from typing import Any

import pytest
from chalice.app import SQSEvent

from chalicelib import services, settings, triggers
from chalicelib.downloads import queries
from chalicelib.downloads.model import SPREADSHEETS, Download, DownloadState, SpreadsheetFile
from chalicelib.downloads.operations import request_download
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import RecordingSender
from chalicelib.rendering.spreadsheet import FileKind
from chalicelib.services import Services
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("aws")
FILE = SpreadsheetFile(file_name="x.csv", form=FileKind.CSV, title="", columns=(), rows=(), count=0)


def produce(*_: object) -> SpreadsheetFile:
    return FILE


def event(*bodies: dict[str, str] | str) -> SQSEvent:
    records = [
        {"messageId": str(at), "body": body if isinstance(body, str) else json.dumps(body), "receiptHandle": "r"}
        for at, body in enumerate(bodies)
    ]
    return SQSEvent({"Records": records}, None)


def handled(now: datetime, ids: Ids, *bodies: dict[str, str] | str) -> dict[str, Any]:
    made = Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: now, ids=ids)
    with services.use(made):
        return triggers.downloads.download_messages(event(*bodies), produce)


def test_a_message_makes_its_file(cast: Cast, now: datetime, ids: Ids) -> None:
    scope = cast.ours.user.staff_scope
    download: Download = request_download(scope, address="/x.csv", file=FILE, now=now, ids=ids)
    body = {"dealer_id": scope.dealer_id, "person_id": scope.person_id, "download_id": download.download_id}
    assert handled(now, ids, body) == {"batchItemFailures": []}
    assert queries.download(scope, download.download_id, now=now, kinds=SPREADSHEETS).state is DownloadState.READY


def test_a_message_that_cannot_be_read_is_handed_back_alone(cast: Cast, now: datetime, ids: Ids) -> None:
    scope = cast.ours.user.staff_scope
    good = {"dealer_id": scope.dealer_id, "person_id": scope.person_id, "download_id": "gone"}
    assert handled(now, ids, "{", good) == {"batchItemFailures": [{"itemIdentifier": "0"}]}
