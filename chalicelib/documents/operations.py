"""Files made for one reader: written under the dealer's prefix and handed over by a presigned link."""

from typing import IO, Literal

from chalicelib import settings
from chalicelib.documents.model import export_name
from chalicelib.documents.queries import LINK_SECONDS
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store import blobs


def hand_over(
    scope: TenantScope,
    *,
    key: str,
    extension: str,
    data: IO[bytes],
    file_name: str,
    content_type: str,
    disposition: Literal["inline", "attachment"] = "attachment",
) -> str:
    """Store a file too large or too binary for an answer and return a link to it, good for 60 seconds."""
    bucket, name = settings.load().files_bucket, export_name(key=key, extension=extension)
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
