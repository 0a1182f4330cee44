"""Fetches the feed: what the dealer's system has to know, as CSV files."""

import csv
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from infra.upload_client.attempts import repeat
from infra.upload_client.exits import APPLIED, NOT_SENT, REFUSED, WRONG_USE, Stop
from infra.upload_client.portal import Portal

WORK = ".ccx-pull"
"""The folder, within the one that files go to, where they are written and where it stands how far a batch came."""


def pull(portal: Portal, folder: Path) -> int:
    """Write what waits, batch by batch, until nothing does."""
    work = folder / WORK
    try:
        work.mkdir(parents=True, exist_ok=True)
        with locked(work / "lock"):
            count = finish_batch(portal, folder)  # of a run that was stopped
            while batch := next_batch(portal):
                begin_batch(folder, batch)
                count += finish_batch(portal, folder)
    except OSError as error:
        raise Stop(WRONG_USE, f"The folder cannot be written: {error}") from None
    print(f"{count:,} items written to {folder}" if count else "Nothing waits")
    return APPLIED


def next_batch(portal: Portal) -> list[dict[str, Any]]:
    found = repeat(portal.feed, "asking what waits")
    if found["taker"] != "program":
        raise Stop(WRONG_USE, "Staff take the items by hand. An admin can change that on the page For your system.")
    items: list[dict[str, Any]] = found["items"]
    return items


def begin_batch(folder: Path, items: list[dict[str, Any]]) -> None:
    """Write the files apart, then note which they are: from there on the batch is finished, whatever happens."""
    files = {}
    for kind in dict.fromkeys(item["kind"] for item in items):
        of_kind = [item for item in items if item["kind"] == kind]
        name = re.sub(r"[^A-Za-z0-9_]", "_", f"{kind}_{of_kind[0]['id']}")
        files[f"{name}.csv"] = of_kind
    for name, rows in files.items():
        with durable(folder / WORK / name) as file:
            writer = csv.writer(file)
            columns = [name for name in rows[0] if name != "data"]
            writer.writerow([*columns, *rows[0]["data"]])
            for row in rows:
                writer.writerow([*(row[name] for name in columns), *(row["data"].get(n) for n in rows[0]["data"])])
    with durable(folder / WORK / "batch.part") as file:
        json.dump({"ids": [item["id"] for item in items], "files": list(files)}, file)
    (folder / WORK / "batch.part").replace(folder / WORK / "batch.json")


def finish_batch(portal: Portal, folder: Path) -> int:
    """Put the files of the noted batch in their place and acknowledge its items; how many there were.

    A file that is no longer apart was put there before, by a run that was stopped, and may have been read since.
    """
    noted = folder / WORK / "batch.json"
    if not noted.exists():
        return 0
    batch = json.loads(noted.read_text(encoding="utf-8"))
    for name in batch["files"]:
        with suppress(FileNotFoundError):
            (folder / WORK / name).replace(folder / name)
    told = repeat(lambda: portal.acknowledge(batch["ids"]), "acknowledging what was written")
    for item in told["items"]:
        if item["state"] != "taken":
            print(f"{item['id']}: {item['state']} in the portal meanwhile; do not enter it", file=sys.stderr)
    noted.unlink()
    return len(batch["ids"])


@contextmanager
def durable(path: Path) -> Iterator[Any]:
    """A new text file that is on the disk when the block ends."""
    with path.open("w", encoding="utf-8", newline="") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One run at a time; the system lets go of the lock when the program ends, however it does."""
    with path.open("a+b") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Stop(NOT_SENT, "Another run of this program writes to the folder. Run it again later.") from None
        yield


def reject(portal: Portal, item: str, reason: str) -> int:
    """Say that an item cannot be taken."""
    (told,) = repeat(lambda: portal.reject(item, reason), "rejecting the item")["items"]
    if told["state"] != "rejected":
        raise Stop(REFUSED, f"{item} is {told['state']} in the portal and stays so")
    print(f"{item} is rejected. Staff see it under To do.")
    return APPLIED
