"""Files to download: small ones in the answer or by a short link, large ones made in the background and waited for."""

from collections.abc import Callable, Collection
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from chalice.app import Response

from chalicelib.downloads import limits, operations, queries
from chalicelib.downloads.model import CONTENT_TYPES, SPREADSHEETS, DownloadFile, DownloadKind, MemberScope
from chalicelib.http.request import Request
from chalicelib.http.responses import download, page, redirect, see_other_external
from chalicelib.store.temporary_files import temporary_download


def answer(request: Request, scope: MemberScope, kind: DownloadKind, make: Callable[[], Response]) -> Response:
    """What `make` answers, within what one person may ask for (threat 21).

    HEAD is told the type alone, and nothing is made. Raises TooManyError.
    """
    if request.method == "HEAD":
        return Response("" if kind is DownloadKind.CSV else b"", {"Content-Type": CONTENT_TYPES[kind]})
    with limits.one_download(scope, now=request.now):
        return make()


def deliver(
    request: Request, scope: MemberScope, file: DownloadFile, pages_path: str, *, address: str = ""
) -> Response:
    """The file, or the page under `pages_path` on which the reader waits for it.

    `address` says what is in it, where that is not the page's own without its place in a list. What is no text goes by
    way of the store: API Gateway sends binary only to clients that ask for just that type.
    """
    if file.is_large:
        address = address or request.here(at=None, row=None, page=None, after=None, run=None)
        made = operations.request_download(scope, address=address, file=file, now=request.now, ids=request.services.ids)
        return redirect(f"{pages_path}/{made.download_id}")
    with SpooledTemporaryFile(operations.MAX_IN_MEMORY) as spool:
        out = cast("IO[bytes]", spool)
        file.write(out)
        out.seek(0)
        content_type = CONTENT_TYPES[file.kind]
        if file.kind is DownloadKind.CSV:
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


def download_page(
    request: Request,
    scope: MemberScope,
    template: str,
    crumb: tuple[str, str],
    kinds: Collection[DownloadKind] = SPREADSHEETS,
) -> Response:
    """The state of one file of the person's own. The page looks again by itself until it is ready.

    `crumb`: path and title of the page where it was asked for.
    """
    found = queries.download(scope, request.params["download"], now=request.now, kinds=kinds)
    return page(request, template, crumb=crumb, download=found, state=found.state_at(request.now))


def redirect_to_file(request: Request, scope: MemberScope, kinds: Collection[DownloadKind] = SPREADSHEETS) -> Response:
    """The way to a file that is ready."""
    found = queries.download(scope, request.params["download"], now=request.now, kinds=kinds)
    return see_other_external(queries.download_link(scope, found))
