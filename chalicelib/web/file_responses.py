"""Files to download: small ones in the answer or by a short link, large ones made in the background and waited for."""

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from chalice.app import Response

from chalicelib.downloads import limits, operations, queries
from chalicelib.downloads.model import DownloadFile, MemberScope
from chalicelib.http.request import Request
from chalicelib.http.responses import download, page, redirect, see_other_external
from chalicelib.rendering.spreadsheet import CONTENT_TYPES, FileKind, write
from chalicelib.store.temporary_files import temporary_download

MAX_IMMEDIATE_ROWS = 5_000
"""A Lambda answers at most 6 MB, and a workbook of more rows takes over a second."""


def answer(request: Request, scope: MemberScope, kind: FileKind, make: Callable[[], Response]) -> Response:
    """What `make` answers, within what one person may ask for (threat 21).

    HEAD is told the type alone, and nothing is made. Raises TooManyError.
    """
    if request.method == "HEAD":
        return Response(b"" if kind is FileKind.XLSX else "", {"Content-Type": CONTENT_TYPES[kind]})
    with limits.one_download(scope, now=request.now):
        return make()


def deliver(request: Request, scope: MemberScope, file: DownloadFile, pages_path: str) -> Response:
    """The file, or the page under `pages_path` on which the reader waits for it.

    A workbook goes by way of the store: API Gateway sends binary only to clients that ask for just that type.
    """
    if file.count > MAX_IMMEDIATE_ROWS:
        address = request.here(at=None, row=None, page=None, after=None, run=None)
        made = operations.request_download(scope, address=address, file=file, now=request.now, ids=request.services.ids)
        return redirect(f"{pages_path}/{made.download_id}")
    with SpooledTemporaryFile(operations.MAX_IN_MEMORY) as spool:
        out = cast("IO[bytes]", spool)
        write(out, file.kind, file.columns, file.rows, title=file.title)
        out.seek(0)
        content_type = CONTENT_TYPES[file.kind]
        if file.kind is FileKind.CSV:
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


def download_page(request: Request, scope: MemberScope, template: str) -> Response:
    """The state of one file of the person's own. The page looks again by itself until it is ready."""
    found = queries.download(scope, request.params["download"], now=request.now)
    return page(request, template, download=found, state=found.state_at(request.now))


def redirect_to_file(request: Request, scope: MemberScope) -> Response:
    """The way to a file that is ready."""
    return see_other_external(queries.download_link(scope, request.params["download"], now=request.now))
