"""Sends an export, and waits for what the portal decides."""

import http.client
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from infra.upload_client import attempts
from infra.upload_client.attempts import coded, repeat
from infra.upload_client.exits import APPLIED, HELD, NOT_SENT, REFUSED, Stop
from infra.upload_client.portal import TIMEOUT, Portal

CODES = {"published": APPLIED, "held": HELD, "refused": REFUSED, "failed": REFUSED, "undone": REFUSED}
STATES = {"published": "applied"}
"""What the portal's pages call a state, where it is not its own name."""
BLOCK = 1024 * 1024


def send(portal: Portal, path: Path, *, seconds: float) -> int:
    """Send the file and wait so long for the decision."""
    begun = repeat(lambda: portal.begin(path), "asking for an upload")
    repeat(lambda: post(begun["url"], begun["fields"], path), "sending the file")
    print(f"Sent {path.name}, {path.stat().st_size:,} bytes", flush=True)
    return wait(portal, begun["upload_id"], seconds)


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
        time.sleep(2 * attempts.PAUSE)


def describe_outcome(found: dict[str, Any]) -> tuple[int, str]:
    """Exit code and message; an empty message while the import is running."""
    run = found["import"]
    if found["upload"]["state"] == "lost":
        return NOT_SENT, "The file disappeared from the inbox before its turn. Run the same command again."
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
