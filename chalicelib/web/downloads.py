"""Files to download: small ones in the answer or by a short link, large ones made in the background and waited for."""

from tempfile import SpooledTemporaryFile
from typing import IO, cast

from chalice.app import Response

from chalicelib.exports import operations, queries
from chalicelib.exports.model import ExportFile, MemberScope
from chalicelib.http.request import Request
from chalicelib.http.responses import download, page, redirect, see_other_external
from chalicelib.rendering.spreadsheet import CONTENT_TYPES, Kind, write
from chalicelib.store.downloads import temporary_download

MAX_IMMEDIATE_ROWS = 5_000
"""A Lambda answers at most 6 MB, and a workbook of more rows takes over a second."""


def deliver(request: Request, scope: MemberScope, file: ExportFile, pages_path: str) -> Response:
    """The file, or the page under `pages_path` on which the reader waits for it.

    A workbook goes by way of the store: API Gateway sends binary only to clients that ask for just that type.
    """
    if file.count > MAX_IMMEDIATE_ROWS:
        address = request.here(at=None, row=None, page=None, after=None, run=None)
        made = operations.request_export(scope, address=address, file=file, now=request.now, ids=request.services.ids)
        return redirect(f"{pages_path}/{made.export_id}")
    with SpooledTemporaryFile(operations.MAX_IN_MEMORY) as spool:
        out = cast("IO[bytes]", spool)
        write(out, file.kind, file.columns, file.rows, title=file.title)
        out.seek(0)
        content_type = CONTENT_TYPES[file.kind]
        if file.kind is Kind.CSV:
            return download(out.read(), file.file_name, content_type)
        url = temporary_download(
            scope,
            key=request.services.ids.secret(),
            extension=file.kind.value,
            data=out,
            file_name=file.file_name,
            content_type=content_type,
        )
    return see_other_external(url)


def export_page(request: Request, scope: MemberScope, template: str) -> Response:
    """Where one file of the person's own stands. The page looks again by itself until it is ready."""
    found = queries.export(scope, request.params["export"], now=request.now)
    return page(request, template, export=found, state=found.state_at(request.now))


def export_download(request: Request, scope: MemberScope) -> Response:
    """The way to a file that is ready."""
    return see_other_external(queries.export_link(scope, request.params["export"], now=request.now))
