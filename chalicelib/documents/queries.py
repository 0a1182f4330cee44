"""Ways to a row's files. The caller has read the row from the account's own head: that is what authorises it."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from chalicelib import settings
from chalicelib.documents.model import InvoiceLine, decode_lines, document_name, lines_name
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.store import blobs

LINK_SECONDS = 60
MAX_READS, MAX_READ, MAX_GAP = 24, 1_000_000, 50_000
"""Of the lines of many invoices: reads, bytes of each, and bytes between two invoices that are read for naught."""


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


def document_bytes(scope: TenantScope, *, ref: str, document_id: str, run: int) -> bytes:
    """A stored PDF, whole. Raises NotFoundError for another's account and where there is no such object."""
    _require(scope, ref)
    return blobs.get(scope, settings.load().files_bucket, document_name(run=run, ref=ref, document_id=document_id))


def invoice_lines(scope: TenantScope, *, ref: str, run: int, part: int, offset: int, length: int) -> list[InvoiceLine]:
    """The lines of one invoice, one ranged read. Raises NotFoundError for another's account and for no such object."""
    _require(scope, ref)
    bucket = settings.load().files_bucket
    return decode_lines(blobs.get_range(scope, bucket, lines_name(run=run, part=part), offset, length))


class LinesPlace(NamedTuple):
    """Where the lines of one invoice are."""

    run: int
    part: int
    offset: int
    length: int


def lines_of_many(scope: TenantScope, *, ref: str, places: Iterable[LinesPlace]) -> dict[LinesPlace, list[InvoiceLine]]:
    """The lines of many invoices of an account, the newest runs first. What few reads do not reach is left out.

    An account's lines lie beside each other in an object, so that one read brings those of many. Raises NotFoundError
    for another's account.
    """
    _require(scope, ref)
    bucket = settings.load().files_bucket
    found: dict[LinesPlace, list[InvoiceLine]] = {}
    for group in _groups(places)[:MAX_READS]:
        first = group[0]
        length = group[-1].offset + group[-1].length - first.offset
        try:
            data = blobs.get_range(scope, bucket, lines_name(run=first.run, part=first.part), first.offset, length)
        except NotFoundError:
            continue
        for place in group:
            start = place.offset - first.offset
            found[place] = decode_lines(data[start : start + place.length])
    return found


def _groups(places: Iterable[LinesPlace]) -> list[list[LinesPlace]]:
    """Those that one read brings, each group in the order of the object."""
    groups: list[list[LinesPlace]] = []
    for place in sorted(set(places)):
        group = groups[-1] if groups else None
        if group and group[0][:2] == place[:2] and _is_near(group, place):
            group.append(place)
        else:
            groups.append([place])
    return sorted(groups, key=lambda group: group[0][:2], reverse=True)


def _is_near(group: list[LinesPlace], place: LinesPlace) -> bool:
    gap = place.offset - group[-1].offset - group[-1].length
    return gap <= MAX_GAP and place.offset + place.length - group[0].offset <= MAX_READ


def _require(scope: TenantScope, ref: str) -> None:
    if isinstance(scope, CustomerScope) and ref not in scope.account_refs:
        raise NotFoundError
