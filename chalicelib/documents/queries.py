"""Ways to a row's files. The caller has read the row from the account's own head: that is what authorises it."""

from typing import Literal

from chalicelib import settings
from chalicelib.documents.model import InvoiceLine, decode_lines, document_name, lines_name
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.store import blobs

LINK_SECONDS = 60


def document_link(
    scope: TenantScope,
    *,
    ref: str,
    document_id: str,
    run: int,
    file_name: str,
    disposition: Literal["inline", "attachment"],
) -> str:
    """A presigned GET of a stored PDF, valid for 60 seconds. Raises NotFoundError for another's account."""
    _require(scope, ref)
    return blobs.presign_get(
        scope,
        settings.load().files_bucket,
        document_name(run=run, ref=ref, document_id=document_id),
        filename=file_name,
        disposition=disposition,
        seconds=LINK_SECONDS,
    )


def invoice_lines(scope: TenantScope, *, ref: str, run: int, part: int, offset: int, length: int) -> list[InvoiceLine]:
    """The lines of one invoice, one ranged read. Raises NotFoundError for another's account and for no such object."""
    _require(scope, ref)
    bucket = settings.load().files_bucket
    return decode_lines(blobs.get_range(scope, bucket, lines_name(run=run, part=part), offset, length))


def _require(scope: TenantScope, ref: str) -> None:
    if isinstance(scope, CustomerScope) and ref not in scope.account_refs:
        raise NotFoundError
