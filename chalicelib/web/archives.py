"""ZIPs and merged PDFs of documents: what is chosen, whether that is not too much, and the way to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TypeVar
from urllib.parse import parse_qs, urlencode
from zoneinfo import ZoneInfo

from chalice.app import Response

from chalicelib.downloads.model import Download, DownloadFile, DownloadKind, MemberScope, contents_ref
from chalicelib.http.request import Request
from chalicelib.http.responses import redirect
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering.format import Formats
from chalicelib.store.temporary_files import safe_file_name
from chalicelib.uploads import archives, merging
from chalicelib.uploads.archives import Entry
from chalicelib.uploads.model import IncomingFile, SentFile
from chalicelib.web import file_responses

F = TypeVar("F", bound=IncomingFile)

_IMMEDIATE_FILES, _IMMEDIATE_BYTES = 10, 10_000_000
"""So much is packed while the reader waits for the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive(DownloadFile):
    """Files as one ZIP."""

    scope: MemberScope
    entries: Sequence[Entry]

    @property
    def kind(self) -> DownloadKind:
        """What it is."""
        return DownloadKind.ZIP

    @property
    def is_large(self) -> bool:
        """Whether it is made in the background."""
        return (
            len(self.entries) > _IMMEDIATE_FILES or _bytes_of([entry.file for entry in self.entries]) > _IMMEDIATE_BYTES
        )

    def write(self, out: IO[bytes]) -> tuple[str, ...]:
        """All of them, or none: raises NotFoundError where one is gone."""
        archives.write_zip(self.scope, out, self.entries)
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedDocuments(DownloadFile):
    """Pictures and PDFs as one PDF. `name` says what a file is called."""

    scope: MemberScope
    title: str
    files: Sequence[SentFile]
    name: Callable[[SentFile], str]

    @property
    def kind(self) -> DownloadKind:
        """What it is."""
        return DownloadKind.PDF

    @property
    def is_large(self) -> bool:
        """Always: no page merges anything."""
        return True

    def write(self, out: IO[bytes]) -> tuple[str, ...]:
        """All that can be merged; the names of the rest."""
        left_out = merging.write_pdf(self.scope, out, self.files, title=self.title)
        return tuple(self.name(file) for file in left_out)


def archive_of(request: Request, scope: MemberScope, files: Sequence[F], name: Callable[[F], str]) -> Archive:
    """Raises InvalidError where there are too many, or they are too large."""
    require_bounded(files, archives.MAX_BYTES, request.fmt)
    zone = ZoneInfo(request.fmt.time_zone)
    names = archives.unique_names(name(file) for file in files)
    return Archive(
        file_name=f"documents-{request.fmt.today(request.now)}.zip",
        count=len(files),
        snapshot_ref=_contents_ref(files),
        scope=scope,
        entries=[Entry(name, file.begun_at.astimezone(zone), file) for name, file in zip(names, files, strict=True)],
    )


def merged(
    request: Request, scope: MemberScope, files: Sequence[SentFile], name: Callable[[SentFile], str], *, title: str
) -> MergedDocuments:
    """Raises InvalidError where nothing of it can be merged, or there is too much of it."""
    pages = [file for file in files if merging.can_be_merged(file)]
    if files and not pages:
        raise InvalidError(_("None of these documents can be merged into a PDF. Download them as a ZIP."))
    require_bounded(pages, merging.MAX_BYTES, request.fmt)
    return MergedDocuments(
        file_name=safe_file_name(title, extension="pdf"),
        count=len(files),
        snapshot_ref=_contents_ref(files),
        scope=scope,
        title=title,
        files=files,
        name=name,
    )


def require_bounded(files: Sequence[IncomingFile], max_bytes: int, fmt: Formats) -> None:
    """Raises InvalidError where there are none or too many, or they are too large together."""
    if not files:
        raise InvalidError(_("Choose at least one document"))
    # Tested control: archive-files-limited
    if len(files) > archives.MAX_FILES:
        raise InvalidError(
            _(
                "You chose %(num)s documents, and one download may have %(max)s. Choose fewer.",
                num=fmt.count(len(files)),
                max=fmt.count(archives.MAX_FILES),
            )
        )
    size = _bytes_of(files)
    # Tested control: archive-bytes-limited
    if size > max_bytes:
        raise InvalidError(
            _(
                "The selected documents total %(size)s; the limit for one download is %(max)s. Select fewer.",
                size=fmt.size(size),
                max=fmt.size(max_bytes),
            )
        )


def chosen(query: Mapping[str, Sequence[str]], name: str) -> list[str]:
    """The values of a field, each once, in their order."""
    return list(dict.fromkeys(query.get(name, ())))


def chosen_in(download: Download, name: str) -> list[str]:
    """The same of the address of a download."""
    return chosen(parse_qs(download.address.partition("?")[2]), name)


def deliver(
    request: Request,
    scope: MemberScope,
    make: Callable[[], DownloadFile],
    *,
    kind: DownloadKind,
    fields: Sequence[str],
    pages_path: str,
    back: str,
) -> Response:
    """The file of the documents that `fields` of the address name, or back with what is wrong with them."""

    def delivered() -> Response:
        query = {name: chosen(request.query_all, name) for name in fields}
        try:
            file = make()
        except (InvalidError, ConflictError) as error:
            return redirect(back, flash=error.message, failed=True)
        address = f"{request.path}?{urlencode(query, doseq=True)}"
        return file_responses.deliver(request, scope, file, pages_path, address=address)

    return file_responses.answer(request, scope, kind, delivered)


def _contents_ref(files: Sequence[IncomingFile]) -> str:
    return contents_ref(file.file_id for file in files)


def _bytes_of(files: Sequence[IncomingFile]) -> int:
    return sum(file.size for file in files)
