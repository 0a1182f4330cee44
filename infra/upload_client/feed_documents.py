"""Fetches the files of documents that customers sent, beside the CSV files that name them."""

import os
import re
import sys
import urllib.parse
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

from infra.upload_client.attempts import repeat
from infra.upload_client.exits import NOT_SENT, Stop
from infra.upload_client.portal import TIMEOUT, Portal

DOCUMENTS = "documents"
"""The folder of what customers sent: apart from the CSV files, for one of them may be a CSV file too."""
NO_FILE = "The portal has no file for this document"
MAX_STEM, MAX_EXTENSION = 80, 5
"""Characters of a document's name that are kept on the disk."""
BLOCK = 1024 * 1024


def with_files(portal: Portal, work: Path, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items. Each document's file is written under `work` and named as `file`; one that is gone is rejected."""
    found = []
    for item in items:
        if item["kind"] != "document":
            found.append(item)
        elif name := repeat(partial(_fetch, portal, work, item), "fetching a document"):
            found.append(item | {"data": item["data"] | {"file": name}})
        else:
            repeat(partial(portal.reject, item["id"], NO_FILE), "rejecting a document")
            print(f"{item['id']}: {NO_FILE}", file=sys.stderr)
    return found


def _fetch(portal: Portal, work: Path, item: dict[str, Any]) -> str:
    """Write its file and return where; empty where the portal has none. The link needs no key, and lasts a minute."""
    content = portal.content(item["id"])
    if content is None:
        return ""
    stem, _, extension = content["file_name"].rpartition(".")
    name = re.sub(r"[^A-Za-z0-9._-]", "_", f"{item['id']}_{stem[:MAX_STEM]}.{extension[:MAX_EXTENSION]}")
    if urllib.parse.urlsplit(content["url"]).scheme not in {"https", "http"}:
        raise Stop(NOT_SENT, f"{item['id']}: the portal gave no web address")
    (work / DOCUMENTS).mkdir(exist_ok=True)
    path = work / DOCUMENTS / name
    with urllib.request.urlopen(content["url"], timeout=TIMEOUT) as answer, path.open("wb") as file:
        while block := answer.read(BLOCK):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    if path.stat().st_size != content["size"]:
        raise OSError(f"{name} did not come whole")
    return f"{DOCUMENTS}/{name}"
