"""Zips changed after they were made."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any


def members(data: bytes) -> dict[str, bytes]:
    """Every file by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


def without(data: bytes, name: str) -> bytes:
    """The zip with one file left out."""
    return packed({n: content for n, content in members(data).items() if n != name})


def without_transactions(data: bytes) -> bytes:
    """The zip without transactions.csv, of which its manifest says nothing either."""
    return _without_entity(data, "transactions")


def without_customers(data: bytes) -> bytes:
    """The same without customers.csv."""
    return _without_entity(data, "customers")


def _without_entity(data: bytes, entity: str) -> bytes:
    gone = without(data, f"{entity}.csv")
    return with_manifest(gone, lambda m: m.update(files=[f for f in m["files"] if f["entity"] != entity]))


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    """The zip with one file added."""
    return packed(members(data) | {name: content})


def with_manifest(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The zip with its manifest changed in place by `change`."""
    files = members(data)
    manifest = json.loads(files["manifest.json"])
    change(manifest)
    return packed(files | {"manifest.json": json.dumps(manifest).encode()})
