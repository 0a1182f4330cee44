"""Files made for one reader: kept for a day under the dealer's prefix, and fetched by a presigned link."""

import re
from typing import IO, Literal

from chalicelib import settings
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store import blobs

LINK_SECONDS = 60


def object_name(key: str, extension: str) -> str:
    """The name of a file among the dealer's objects."""
    return f"downloads/{key}.{extension}"


def store_file(scope: TenantScope, name: str, data: IO[bytes], content_type: str) -> None:
    """Store a file for a day."""
    blobs.put(scope, settings.load().files_bucket, name, data, content_type, kept=blobs.Kept.PER_DAY)


def file_link(
    scope: TenantScope,
    name: str,
    *,
    file_name: str,
    content_type: str,
    disposition: Literal["inline", "attachment"] = "attachment",
) -> str:
    """A presigned GET of a stored file, valid for 60 seconds."""
    return blobs.presign_get(
        scope,
        settings.load().files_bucket,
        name,
        filename=file_name,
        disposition=disposition,
        content_type=content_type,
        seconds=LINK_SECONDS,
    )


def temporary_download(
    scope: TenantScope,
    *,
    key: str,
    extension: str,
    data: IO[bytes],
    file_name: str,
    content_type: str,
    disposition: Literal["inline", "attachment"] = "attachment",
) -> str:
    """Store a file that is too large or too binary for a response and return a link to it, valid for 60 seconds."""
    name = object_name(key, extension)
    store_file(scope, name, data, content_type)
    return file_link(scope, name, file_name=file_name, content_type=content_type, disposition=disposition)


def safe_file_name(*words: str, extension: str) -> str:
    """A name that every system takes: letters, digits, `.`, `-` and `_`, at most 100 before the extension."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", " ".join(filter(None, words))).strip("-.")
    return f"{plain[:100] or 'document'}.{extension}"
