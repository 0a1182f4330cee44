"""Reads about downloads."""

from datetime import datetime

from chalicelib.downloads import repo
from chalicelib.downloads.model import Download, DownloadState, MemberScope
from chalicelib.kernel.errors import NotFoundError
from chalicelib.rendering.spreadsheet import CONTENT_TYPES
from chalicelib.store import temporary_files


def download(scope: MemberScope, download_id: str, *, now: datetime) -> Download:
    """A download that this person asked for, acting for the same dealer or account as now. Raises NotFoundError."""
    for found in repo.downloads(scope, scope.person_id):
        if found.download_id == download_id and found.is_of(scope) and found.is_kept(now):
            return found
    raise NotFoundError


def download_link(scope: MemberScope, download_id: str, *, now: datetime) -> str:
    """A presigned link to the file, valid for 60 seconds. Raises NotFoundError, also while it is not ready."""
    found = download(scope, download_id, now=now)
    if found.state is not DownloadState.READY:
        raise NotFoundError
    name = temporary_files.object_name(found.download_id, found.kind.value)
    return temporary_files.file_link(scope, name, file_name=found.file_name, content_type=CONTENT_TYPES[found.kind])
