"""The calls of the portal's API."""

import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from infra.upload_client.exits import WRONG_USE, Stop

BATCH = 40
"""Items that one call may acknowledge."""
TIMEOUT = 60
NOT_FOUND = 404


class Portal:
    """At `address`, with the API key of a dealer."""

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
