"""Reads about downloads."""

from collections.abc import Collection
from datetime import datetime

from chalicelib.downloads import repo
from chalicelib.downloads.model import CONTENT_TYPES, Download, DownloadKind, DownloadState, MemberScope
from chalicelib.kernel.errors import NotFoundError
from chalicelib.store import temporary_files


def download(scope: MemberScope, download_id: str, *, now: datetime, kinds: Collection[DownloadKind]) -> Download:
    """A download of these kinds that this person asked for, acting for the same dealer or account as now.

    Raises NotFoundError.
    """
    for found in repo.downloads(scope, scope.person_id):
        is_this = found.download_id == download_id and found.kind in kinds
        if is_this and found.is_of(scope) and found.is_kept(now):
            return found
    raise NotFoundError


def download_link(scope: MemberScope, found: Download) -> str:
    """A presigned link to the file, valid for 60 seconds. Raises NotFoundError while it is not ready."""
    if found.state is not DownloadState.READY:
        raise NotFoundError
    name = temporary_files.object_name(found.download_id, found.kind.value)
    return temporary_files.file_link(scope, name, file_name=found.file_name, content_type=CONTENT_TYPES[found.kind])
