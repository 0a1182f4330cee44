"""Reads about exports."""

from datetime import datetime

from chalicelib.exports import repo
from chalicelib.exports.model import Export, ExportState, MemberScope
from chalicelib.kernel.errors import NotFoundError
from chalicelib.rendering.spreadsheet import CONTENT_TYPES
from chalicelib.store import downloads


def export(scope: MemberScope, export_id: str, *, now: datetime) -> Export:
    """One export of the person's own, asked for as who they act for now. Raises NotFoundError for any other."""
    for found in repo.exports(scope, scope.person_id):
        if found.export_id == export_id and found.is_of(scope) and found.is_kept(now):
            return found
    raise NotFoundError


def export_link(scope: MemberScope, export_id: str, *, now: datetime) -> str:
    """A presigned link to the file, good for 60 seconds. Raises NotFoundError, also while it is not ready."""
    found = export(scope, export_id, now=now)
    if found.state is not ExportState.READY:
        raise NotFoundError
    name = downloads.object_name(found.export_id, found.kind.value)
    return downloads.file_link(scope, name, file_name=found.file_name, content_type=CONTENT_TYPES[found.kind])
