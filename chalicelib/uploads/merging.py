"""Files that came from people as one PDF: pictures and PDFs, in their order."""

from collections.abc import Sequence
from typing import IO, TypeVar

from chalicelib import settings
from chalicelib.kernel.scopes import TenantScope
from chalicelib.observability import logger
from chalicelib.store import blobs
from chalicelib.uploads.model import FileType, IncomingFile, kept_name

F = TypeVar("F", bound=IncomingFile)

MAX_BYTES = 100_000_000
"""Together: the function that merges them holds them all."""
_PICTURES = frozenset({FileType.JPEG, FileType.PNG})


def can_be_merged(file: IncomingFile) -> bool:
    """Whether it has pages: Word, Excel, CSV and text have none until they are printed."""
    return file.kind in _PICTURES or file.kind is FileType.PDF


def write_pdf(scope: TenantScope, out: IO[bytes], files: Sequence[F], *, title: str) -> list[F]:
    """Write one PDF of the files, and return those that are not in it.

    That is what cannot be merged, what pypdf cannot read though the check could, and what would make it too long.
    Raises ValueError where nothing is left.
    """
    from chalicelib.rendering.merged_pdf import MergedPdf

    bucket, merged, left_out = settings.load().files_bucket, MergedPdf(title), list[F]()
    for file in files:
        if not can_be_merged(file):
            left_out.append(file)
            continue
        add = merged.add_picture if file.kind in _PICTURES else merged.add_pdf
        data = blobs.get(scope, bucket, kept_name(file.file_id))
        try:
            add(data)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - parsers fail in many ways, and the reader is told which file it was
            logger.warning("file.not_merged", file=file.file_id, error=type(error).__name__)
            left_out.append(file)
    if not merged.pages:
        raise ValueError("no pages")
    merged.write(out)
    return left_out
