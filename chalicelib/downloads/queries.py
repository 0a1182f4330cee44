"""Reads about downloads."""

from collections.abc import Collection
from datetime import datetime

from chalicelib.downloads import repo
from chalicelib.downloads.model import CONTENT_TYPES, Download, DownloadKind, DownloadState, MemberScope
from chalicelib.downloads.volumes import volume_object
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import TenantScope
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
    if found.state is not DownloadState.READY or found.is_volumed:
        raise NotFoundError
    name = temporary_files.object_name(found.download_id, found.kind.value)
    return temporary_files.file_link(scope, name, file_name=found.file_name, content_type=CONTENT_TYPES[found.kind])


def volume_link(scope: MemberScope, found: Download, number: int) -> str:
    """The same of one volume of it, from 1. Raises NotFoundError while it is not made."""
    if not 1 <= number <= len(found.volumes):
        raise NotFoundError
    name = volume_object(found.download_id, number, found.kind.value)
    file_name = found.volumes[number - 1].file_name
    return temporary_files.file_link(scope, name, file_name=file_name, content_type=CONTENT_TYPES[found.kind])


def ready_download(scope: TenantScope, person_id: str, download_id: str, *, now: datetime) -> Download | None:
    """A download of the person's that is ready and still kept."""
    for found in repo.downloads(scope, person_id):
        if found.download_id == download_id and found.state is DownloadState.READY and found.is_kept(now):
            return found
    return None
