"""Fetches the feed: what the dealer's system has to know, as CSV files."""

import csv
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from typing import Any

from infra.upload_client.attempts import repeat
from infra.upload_client.exits import APPLIED, NOT_SENT, REFUSED, WRONG_USE, Stop
from infra.upload_client.feed_documents import DOCUMENTS, with_files
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
                begin_batch(folder, with_files(portal, work, batch))
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
    """Store the items on the disk: from there on the batch is finished, whatever happens."""
    note(folder / WORK / "batch.json", {"items": items})


def finish_batch(portal: Portal, folder: Path) -> int:
    """Acknowledge the items of the stored batch and put those in the folder that are taken by that; how many.

    Which files there are is noted before the first is moved. One that is no longer apart after that was moved by a run
    that was stopped, and may have been read since.
    """
    stored = folder / WORK / "batch.json"
    if not stored.exists():
        return 0
    batch = json.loads(stored.read_text(encoding="utf-8"))
    if "files" not in batch:
        taken = acknowledged(portal, batch["items"])
        files = [*(item["data"]["file"] for item in taken if item["kind"] == "document"), *write_files(folder, taken)]
        batch = {"files": files, "count": len(taken)}
        note(stored, batch)
    for name in batch["files"]:
        (folder / name).parent.mkdir(exist_ok=True)
        with suppress(FileNotFoundError):
            (folder / WORK / name).replace(folder / name)
    rmtree(folder / WORK / DOCUMENTS, ignore_errors=True)  # those of items that were left out
    stored.unlink()
    count: int = batch["count"]
    return count


def acknowledged(portal: Portal, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are the dealer's system's by that. One withdrawn since it was read is none: nobody may enter it."""
    answer = repeat(lambda: portal.acknowledge([item["id"] for item in items]), "acknowledging what was written")
    states = {item["id"]: item["state"] for item in answer["items"]}
    for item, state in states.items():
        if state != "taken":
            print(f"{item}: {state} in the portal meanwhile; it is left out", file=sys.stderr)
    return [item for item in items if states.get(item["id"]) == "taken"]


def write_files(folder: Path, items: list[dict[str, Any]]) -> list[str]:
    """A CSV file for each kind, apart; their names. A column is there if any item of the kind has it."""
    names = []
    for kind in dict.fromkeys(item["kind"] for item in items):
        of_kind = [item for item in items if item["kind"] == kind]
        names.append(re.sub(r"[^A-Za-z0-9_]", "_", f"{kind}_{of_kind[0]['id']}") + ".csv")
        rows = [{**{name: item[name] for name in item if name != "data"}, **item["data"]} for item in of_kind]
        with durable(folder / WORK / names[-1]) as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
            writer.writeheader()
            writer.writerows(rows)
    return names


def note(path: Path, content: dict[str, Any]) -> None:
    """Put JSON there, whole or not at all."""
    part = path.with_suffix(".part")
    with durable(part) as file:
        json.dump(content, file)
    part.replace(path)


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
    (answer,) = repeat(lambda: portal.reject(item, reason), "rejecting the item")["items"]
    if answer["state"] != "rejected":
        raise Stop(REFUSED, f"{item} is {answer['state']} in the portal and stays so")
    print(f"{item} is rejected. Staff see it under To do.")
    return APPLIED
