#!/usr/bin/env python3
"""Send an export to the portal, or fetch what customers did there.

    python3 upload.py ccx_MOORBECK_20261121T061200Z_00000412.zip
    python3 upload.py --pull FOLDER

Needs Python 3.10 or newer and nothing else. Copy this one file to the machine that makes the exports.

The address and the key come from the environment or from options:
    CCX_PORTAL     the portal's address, https://portal.example.com              --portal
    CCX_KEY        the API key that was shown once on the Imports page           (never an option: others see those)
    CCX_KEY_FILE   a file that holds the key and that only its owner can read    --key-file

With --check it only asks whether the portal knows the key.
With --pull it writes what the dealer's system has to know into FOLDER, a CSV file (UTF-8) for each kind, and tells the
portal so. Each item is written once, also if the program is stopped halfway; a file is complete when it is there.
Documents that customers sent are in FOLDER/documents; the column "file" of document_*.csv names them.
With --reject ID REASON it tells the portal that an item of such a file cannot be taken. Staff see it under To do.
Otherwise it sends the file, waits until the portal has decided, and says what became of it. Exit codes:
    0  applied, or the same export was there already; --pull: all that waited is in the folder
    1  refused or failed: nothing has changed for the customers
    2  held: somebody must approve it on the Imports page
    3  not sent, or no answer in time; run the same command again, it does no harm
    4  wrong use: no such file, no key, a key that is not known, items that staff take by hand
"""

import argparse
import csv
import http.client
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

APPLIED, REFUSED, HELD, NOT_SENT, WRONG_USE = range(5)
CODES = {"published": APPLIED, "held": HELD, "refused": REFUSED, "failed": REFUSED, "undone": REFUSED}
STATES = {"published": "applied"}
"""What the portal's pages call a state, where it is not its own name."""
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""How Windows begins a text file that is not UTF-8."""
ATTEMPTS = 5
BATCH = 40
"""Items that one call may acknowledge."""
WORK = ".ccx-pull"
"""The folder, within the one that files go to, where they are written and where it stands how far a batch came."""
DOCUMENTS = "documents"
"""The folder, within both, of what customers sent: apart from the CSV files, for one of them may be a CSV file too."""
NO_FILE = "The portal has no file for this document"
BLOCK = 1024 * 1024
TIMEOUT = 60
PAUSE = 1.0
NOT_FOUND = 404
TOO_MANY = 429
MAX_STEM, MAX_EXTENSION = 80, 5
"""Characters of a document's name that are kept on the disk."""
GIVE_UP = {400, 401, 403, 404, 413, 422}


class Stop(Exception):  # noqa: N818 - it is the way out, not a failure
    """Ends the program with this code and message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def main() -> int:
    options = parse()
    try:
        portal = Portal(options.portal or os.environ.get("CCX_PORTAL", ""), read_key(options.key_file))
        if options.check:
            repeat(portal.check, "testing the key")
            print("The portal answers and knows this key. Nothing was sent.")
            return APPLIED
        if options.pull:
            return pull(portal, Path(options.pull))
        if options.reject:
            return reject(portal, *options.reject)
        path = export_file(options.file)
        begun = repeat(lambda: portal.begin(path), "asking for an upload")
        repeat(lambda: post(begun["url"], begun["fields"], path), "sending the file")
        print(f"Sent {path.name}, {path.stat().st_size:,} bytes", flush=True)
        return wait(portal, begun["upload_id"], options.wait)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.code


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0], epilog=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", default="", help="the export, a ccx zip file")
    parser.add_argument("--check", action="store_true", help="test the address and the key, and send nothing")
    parser.add_argument("--pull", metavar="FOLDER", help="write what the dealer's system has to know into this folder")
    parser.add_argument(
        "--reject", nargs=2, metavar=("ID", "REASON"), help="tell the portal that an item cannot be taken, and why"
    )
    parser.add_argument("--portal", help="the portal's address")
    parser.add_argument("--key-file", help="a file that holds the API key")
    parser.add_argument("--wait", type=float, default=1800, metavar="SECONDS", help="how long to wait for the decision")
    return parser.parse_args()


def export_file(name: str) -> Path:
    if not name:
        raise Stop(WRONG_USE, "Name the export to send, or use --check")
    path = Path(name)
    if not path.is_file():
        raise Stop(WRONG_USE, f"There is no file {path}")
    if not path.stat().st_size:
        raise Stop(REFUSED, f"{path} is empty. Make the export again. Nothing was sent.")
    return path


def read_key(key_file: str | None) -> str:
    name = key_file or os.environ.get("CCX_KEY_FILE", "")
    try:
        key = text_of(Path(name).read_bytes()) if name else os.environ.get("CCX_KEY", "")
    except (OSError, UnicodeError) as error:
        raise Stop(WRONG_USE, f"The key file cannot be read: {error}") from None
    key = key.strip()
    if not key:
        raise Stop(WRONG_USE, "There is no API key. Set CCX_KEY or CCX_KEY_FILE")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise Stop(WRONG_USE, "This is not an API key. It is one word that begins with ccx_")
    return key


def text_of(data: bytes) -> str:
    """A text file as editors and PowerShell write it: UTF-8 or UTF-16, with a byte order mark or without."""
    return data.decode(MARKS.get(data[:2], "utf-8-sig"))


class Portal:
    """The calls of the portal's API."""

    def __init__(self, address: str, key: str) -> None:
        parts = urllib.parse.urlsplit(address)
        is_local = parts.hostname in {"localhost", "127.0.0.1"}
        if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
            raise Stop(WRONG_USE, "Set CCX_PORTAL to the portal's address; it begins with https://")
        self._address = address.rstrip("/")
        self._key = key

    def begin(self, path: Path) -> dict[str, Any]:
        """Ask for a presigned form to send the file with."""
        return self._call("/api/v1/uploads", {"file_name": path.name, "size": path.stat().st_size})

    def check(self) -> dict[str, Any]:
        """Ask for something that only a known key is given."""
        return self._call("/api/v1/imports")

    def outcome(self, upload_id: str) -> dict[str, Any]:
        return self._call("/api/v1/imports?upload=" + urllib.parse.quote(upload_id))

    def feed(self) -> dict[str, Any]:
        """What waits, oldest first."""
        return self._call(f"/api/v1/feed?limit={BATCH}")

    def content(self, item: str) -> dict[str, Any] | None:
        """The way to the file of a document; None where there is none any more."""
        try:
            return self._call(f"/api/v1/documents/{urllib.parse.quote(item, safe='')}/content")
        except urllib.error.HTTPError as error:
            if error.code == NOT_FOUND:
                return None
            raise

    def acknowledge(self, ids: list[str]) -> dict[str, Any]:
        """Say that these are taken."""
        return self._call("/api/v1/feed/acknowledgements", {"ids": ids})

    def reject(self, item: str, reason: str) -> dict[str, Any]:
        """Say that this one cannot be taken."""
        return self._call("/api/v1/feed/rejections", {"id": item, "reason": reason})

    def _call(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(self._address + path, None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", "Bearer " + self._key)
        request.add_header("Accept", "application/json")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


def pull(portal: Portal, folder: Path) -> int:
    """Write what waits, batch by batch, until nothing does."""
    work = folder / WORK
    try:
        work.mkdir(parents=True, exist_ok=True)
        with locked(work / "lock"):
            count = finish_batch(portal, folder)  # of a run that was stopped
            while batch := next_batch(portal):
                begin_batch(folder, with_files(portal, folder, batch))
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


def with_files(portal: Portal, folder: Path, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items, with the file of each document written apart and named as `file`. One that is gone is rejected."""
    found = []
    for item in items:
        if item["kind"] != "document":
            found.append(item)
        elif name := repeat(lambda item=item: fetch_document(portal, folder, item), "fetching a document"):
            found.append(item | {"data": item["data"] | {"file": name}})
        else:
            repeat(lambda item=item: portal.reject(item["id"], NO_FILE), "rejecting a document")
            print(f"{item['id']}: {NO_FILE}", file=sys.stderr)
    return found


def fetch_document(portal: Portal, folder: Path, item: dict[str, Any]) -> str:
    """Write its file and return where; empty where the portal has none. The link needs no key, and lasts a minute."""
    content = portal.content(item["id"])
    if content is None:
        return ""
    stem, _, extension = content["file_name"].rpartition(".")
    name = re.sub(r"[^A-Za-z0-9._-]", "_", f"{item['id']}_{stem[:MAX_STEM]}.{extension[:MAX_EXTENSION]}")
    if urllib.parse.urlsplit(content["url"]).scheme not in {"https", "http"}:
        raise Stop(NOT_SENT, f"{item['id']}: the portal gave no web address")
    for place in (folder, folder / WORK):
        (place / DOCUMENTS).mkdir(exist_ok=True)
    path = folder / WORK / DOCUMENTS / name
    with urllib.request.urlopen(content["url"], timeout=TIMEOUT) as answer, path.open("wb") as file:
        while block := answer.read(BLOCK):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    if path.stat().st_size != content["size"]:
        raise OSError(f"{name} did not come whole")
    return f"{DOCUMENTS}/{name}"


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
        documents = [item["data"]["file"] for item in items if item["kind"] == "document"]
        json.dump({"ids": [item["id"] for item in items], "files": [*documents, *files]}, file)
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


def repeat(attempt: Any, what: str) -> Any:
    """Retry lost connections and busy servers with exponential backoff. A refusal is final."""
    for number in range(ATTEMPTS):
        try:
            return attempt()
        except urllib.error.HTTPError as error:
            # A limit of the portal says when it ends; a throttle in front of it does not, and is soon over.
            if error.code in GIVE_UP or (error.code == TOO_MANY and "Retry-After" in error.headers):
                stop_with_reason(error)
            problem = f"the server answered {error.code}"
        except (OSError, http.client.HTTPException, ValueError) as error:
            problem = str(error)
        print(f"{what}: {problem}", file=sys.stderr)
        if number < ATTEMPTS - 1:
            time.sleep(PAUSE * 2**number)
    raise Stop(NOT_SENT, f"Gave up {what}. Run the same command again.")


def stop_with_reason(error: urllib.error.HTTPError) -> NoReturn:
    """Stop with the server's message."""
    text = error.read(4000).decode("utf-8", "replace")
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        said = json.loads(text)
        text = coded(said.get("code"), said["message"])
    raise Stop(WRONG_USE if error.code in {401, 422} else NOT_SENT, text)


def post(url: str, fields: dict[str, str], path: Path) -> None:
    """Post the form with the file last, streamed from the disk."""
    boundary = uuid.uuid4().hex
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n'
    head += "Content-Type: application/zip\r\n\r\n"
    first, last = head.encode(), f"\r\n--{boundary}--\r\n".encode()
    parts = urllib.parse.urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=TIMEOUT)
    try:
        with path.open("rb") as file:
            headers = {
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "Content-Length": str(len(first) + path.stat().st_size + len(last)),
            }
            connection.request("POST", parts.path or "/", form_body(first, file, last), headers)
            answer = connection.getresponse()
            reply = answer.read(4000)
    finally:
        connection.close()
    if answer.status not in {200, 201, 204}:
        raise OSError(f"the storage answered {answer.status}: {reply[:300].decode('utf-8', 'replace')}")


def form_body(first: bytes, file: BinaryIO, last: bytes) -> Iterator[bytes]:
    """In blocks."""
    yield first
    while True:
        block = file.read(BLOCK)
        if not block:
            break
        yield block
    yield last


def wait(portal: Portal, upload_id: str, seconds: float) -> int:
    """Poll until the import is decided."""
    until = time.monotonic() + seconds
    while True:
        found = repeat(lambda: portal.outcome(upload_id), "asking what became of it")
        code, text = describe_outcome(found)
        if text:
            print(text, flush=True)
            return code
        if time.monotonic() > until:
            raise Stop(NOT_SENT, "There was no decision in time. The Imports page shows how far it came.")
        time.sleep(2 * PAUSE)


def describe_outcome(found: dict[str, Any]) -> tuple[int, str]:
    """Exit code and message; an empty message while the import is running."""
    run = found["import"]
    if run is None or run["state"] not in CODES:
        return NOT_SENT, ""
    state = STATES.get(run["state"], run["state"])
    if found["upload"]["state"] == "same":
        state = "the same export was there before, " + state
    name = "This file" if run["sequence"] is None else f"Export {run['sequence']}"
    lines = [f"{name}: {state}"]
    if run["rows"] is not None:
        lines.append(f"{run['rows']:,} rows, {run['rejected']:,} rejected")
    codes = run.get("reason_codes") or [None] * len(run["reasons"])
    lines += [coded(code, reason) for code, reason in zip(codes, run["reasons"], strict=True)]
    if run["message"] and run["message"] not in run["reasons"]:
        lines.append(coded(run.get("code"), run["message"]))
    return CODES[run["state"]], "\n".join(lines)


def coded(code: str | None, message: str) -> str:
    """A message after its code, with which docs/export-format.md lists it."""
    return f"{code}: {message}" if code else message


if __name__ == "__main__":
    sys.exit(main())
