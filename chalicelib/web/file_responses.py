"""Files to download: small ones in the answer or by a short link, large ones made in the background and waited for."""

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from chalice.app import Response

from chalicelib.downloads import operations, queries
from chalicelib.downloads.model import DownloadFile, MemberScope
from chalicelib.http.request import Request
from chalicelib.http.responses import download, page, redirect, see_other_external
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import MINUTES_5, Attempt, Limit
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.rendering.spreadsheet import CONTENT_TYPES, FileKind, write
from chalicelib.store.temporary_files import temporary_download

DOWNLOADS = Limit("download.person", 10, MINUTES_5)
REQUEST_SECONDS = 30
"""A request has 29: what was being made for longer was lost."""
MAX_IMMEDIATE_ROWS = 5_000
"""A Lambda answers at most 6 MB, and a workbook of more rows takes over a second."""


def answer(request: Request, scope: MemberScope, kind: FileKind, make: Callable[[], Response]) -> Response:
    """What `make` answers, within what one person may ask for: some in five minutes, and one at a time (threat 21).

    HEAD is told the type alone, and nothing is made. Raises TooManyError.
    """
    if request.method == "HEAD":
        return Response(b"" if kind is FileKind.XLSX else "", {"Content-Type": CONTENT_TYPES[kind]})
    identity, now = IdentityScope(), request.now
    person = f"{scope.dealer_id}\n{scope.person_id}"
    # Tested control: downloads-limited
    rate_limits.consume(identity, (Attempt(DOWNLOADS, person),), now=now)
    with rate_limits.one_at_a_time(identity, "download.making", person, now=now, seconds=REQUEST_SECONDS):
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
