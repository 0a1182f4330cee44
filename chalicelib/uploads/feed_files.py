"""The feed as files in the dealer's outbox, like those that `upload.pyz --pull` writes (docs/api.md).

A dealer chooses so where no program can ask the API: then an item is taken once the portal has begun to write it.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from chalicelib import settings
from chalicelib.feed import queries as feed
from chalicelib.feed.kinds import DOCUMENT, as_json
from chalicelib.feed.model import FeedItem
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import ImportScope
from chalicelib.observability import logger
from chalicelib.store import blobs
from chalicelib.uploads.model import MAX_EXTENSION, kept_name

FOLDER = "outbox"
DOCUMENTS = "documents"
"""The folder, within that, of what customers sent: apart from the CSV files, for one of them may be a CSV file too."""
MAX_STEM = 80
"""Characters of a document's name that are kept."""

Row = dict[str, Any]


def write(scope: ImportScope, item_ids: Sequence[str]) -> None:
    """A CSV file for each kind of these items, and the documents before the file that names them.

    Repeatable: the same items have the same names and the same bytes.
    """
    found = feed.items(scope, item_ids)
    rows: dict[str, list[Row]] = {}
    for item in (found[item_id] for item_id in item_ids):
        rows.setdefault(item.kind, []).append(_row(scope, item))
    for kind, of_kind in rows.items():
        _put(scope, f"{kind}_{of_kind[0]['id']}.csv", _csv(of_kind), "text/csv; charset=utf-8")


def _row(scope: ImportScope, item: FeedItem) -> Row:
    fields = as_json(item)
    data: Row = fields.pop("data")
    file = {"file": _write_document(scope, item, data)} if item.kind == DOCUMENT.name else {}
    return fields | data | file


def _write_document(scope: ImportScope, item: FeedItem, data: Row) -> str:
    """Where its file is in the outbox; empty where the portal has none any more."""
    try:
        content = blobs.get(scope, settings.load().files_bucket, kept_name(item.item_id))
    except NotFoundError:
        logger.error("feed.document_is_gone", item_id=item.item_id)
        return ""
    stem, _, extension = data["file_name"].rpartition(".")
    name = re.sub(r"[^A-Za-z0-9._-]", "_", f"{item.item_id}_{stem[:MAX_STEM]}.{extension[:MAX_EXTENSION]}")
    _put(scope, f"{DOCUMENTS}/{name}", content, data["media_type"])
    return f"{DOCUMENTS}/{name}"


def _csv(rows: Sequence[Row]) -> bytes:
    """For a program: nothing is put before a cell that a spreadsheet would take for a formula."""
    text = StringIO(newline="")
    writer = csv.DictWriter(text, _columns(rows))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _columns(rows: Iterable[Row]) -> list[str]:
    """A column is there if any item has it."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _put(scope: ImportScope, name: str, content: bytes, media_type: str) -> None:
    blobs.put(
        scope,
        settings.load().files_bucket,
        f"{FOLDER}/{name}",
        content,
        media_type,
        kept=blobs.Kept.A_QUARTER,
    )
