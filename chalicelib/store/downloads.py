"""Files made for one reader: kept for a day under the dealer's prefix, and fetched by a presigned link."""

import re
from typing import IO, Literal

from chalicelib import settings
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store import blobs

LINK_SECONDS = 60


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
    bucket, name = settings.load().files_bucket, f"exports/{key}.{extension}"
    blobs.put(scope, bucket, name, data, content_type, temporary=True)
    return blobs.presign_get(
        scope,
        bucket,
        name,
        filename=file_name,
        disposition=disposition,
        content_type=content_type,
        seconds=LINK_SECONDS,
    )


def safe_file_name(*words: str, extension: str) -> str:
    """A name that every system takes: letters, digits, `.`, `-` and `_`, at most 100 before the extension."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", " ".join(filter(None, words))).strip("-.")
    return f"{plain[:100] or 'document'}.{extension}"
