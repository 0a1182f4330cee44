#!/usr/bin/env python3
"""Send an export to the portal.

    python3 upload.py ccx_MOORBECK_20261121T061200Z_00000412.zip

Needs Python 3.10 or newer and nothing else. Copy this one file to the machine that makes the exports.

The address and the key come from the environment or from options:
    CCX_PORTAL     the portal's address, https://portal.example.com              --portal
    CCX_KEY        the API key that was shown once on the Imports page           (never an option: others see those)
    CCX_KEY_FILE   a file that holds the key and that only its owner can read    --key-file

With --check it only asks whether the portal knows the key. Otherwise
it sends the file, waits until the portal has decided, and says what became of it. Exit codes:
    0  applied, or the same export was there already
    1  refused or failed: nothing has changed for the customers
    2  held: somebody must approve it on the Imports page
    3  not sent, or no answer in time; run the same command again, it does no harm
    4  wrong use: no such file, no key, a key that is not known
"""

import argparse
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

APPLIED, REFUSED, HELD, NOT_SENT, WRONG_USE = range(5)
CODES = {"published": APPLIED, "held": HELD, "refused": REFUSED, "failed": REFUSED, "undone": REFUSED}
STATES = {"published": "applied"}
"""What the portal's pages call a state, where it is not its own name."""
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""How Windows begins a text file that is not UTF-8."""
ATTEMPTS = 5
BLOCK = 1024 * 1024
TIMEOUT = 60
PAUSE = 1.0
TOO_MANY = 429
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
    """The two calls of the portal's API."""

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

    def _call(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(self._address + path, None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", "Bearer " + self._key)
        request.add_header("Accept", "application/json")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


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
