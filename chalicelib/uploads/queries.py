"""Reads about files that people send."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib import settings
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import is_ulid
from chalicelib.kernel.scopes import CustomerScope, DealerScope, TenantScope
from chalicelib.store import blobs
from chalicelib.uploads import repo
from chalicelib.uploads.by_year import SHOWN, newest_keys
from chalicelib.uploads.media_types import MEDIA_TYPES, THUMBNAIL_TYPE
from chalicelib.uploads.model import FileState, IncomingFile, SentFile, kept_name, sender_ref, thumbnail_name

NOT_THERE = lazy_gettext("One of these documents is no longer there. Choose again.")
_LINK_SECONDS = 60


@dataclass(frozen=True, slots=True)
class ReceivedFiles:
    """A page of the dealer's list; `older` is where the next one begins, or empty."""

    files: list[SentFile]
    older: str


def sent_files(scope: CustomerScope) -> list[SentFile]:
    """The newest files of the account in hand, of the era that is the customer's."""
    ref = sender_ref(scope)
    if ref is None:
        return []
    era = scope.eras.get(ref, "")
    # Tested control: files-of-own-era
    return [file for file in repo.files_of_account(scope, ref, limit=SHOWN) if file.era == era]


def own_file_link(scope: CustomerScope, file_id: str, *, file_name: str) -> str:
    """A presigned link to a file of the customer's own. Raises NotFoundError, also before it is accepted."""
    return file_link(scope, _own(scope, file_id), file_name=file_name)


def own_file(scope: CustomerScope, file_id: str) -> SentFile:
    """A file of the account in hand. Raises NotFoundError."""
    return _own(scope, file_id)


def received_files(scope: DealerScope, *, now: datetime, before: str = "") -> ReceivedFiles:
    """Files that customers have sent, accepted ones, newest first; `before` is the `older` of the page before.

    Reads: the list of each year until the page is full, this one's and the two before; then the files in one batch.
    """
    keys, older = newest_keys(lambda year, limit: repo.received_in(scope, year, before=before, limit=limit), now=now)
    return ReceivedFiles(repo.files(scope, keys), older)


def chosen_files(scope: DealerScope, file_ids: Sequence[str]) -> list[SentFile]:
    """Accepted files in the order of their ids. Raises ConflictError where one of them is none."""
    found = repo.files(scope, repo.received_keys(scope, filter(is_ulid, file_ids)))
    if len(found) != len(file_ids):
        raise ConflictError(NOT_THERE)
    return found


def received_file(scope: DealerScope, *, account_ref: str, file_id: str) -> SentFile:
    """An accepted file. Raises NotFoundError."""
    found = repo.stored_file(scope, account_ref, file_id)
    if found is None or found.file.state is not FileState.ACCEPTED:
        raise NotFoundError
    return found.file


def file_link(scope: TenantScope, file: IncomingFile, *, file_name: str) -> str:
    """A presigned link to an accepted file. Raises NotFoundError for any other.

    For a minute, from the storage's own origin, and always as a download: no browser opens it beside the portal.
    """
    if file.state is not FileState.ACCEPTED or file.kind is None:
        raise NotFoundError
    return _link(scope, kept_name(file.file_id), file_name=file_name, content_type=MEDIA_TYPES[file.kind])


def thumbnail_link(scope: TenantScope, file: IncomingFile) -> str:
    """The same of the small picture of a file. Raises NotFoundError for one that has none, or is not accepted."""
    # Tested control: thumbnail-of-accepted-only
    if file.state is not FileState.ACCEPTED or not file.has_thumbnail:
        raise NotFoundError
    return _link(scope, thumbnail_name(file.file_id), file_name="thumbnail.jpg", content_type=THUMBNAIL_TYPE)


def _link(scope: TenantScope, name: str, *, file_name: str, content_type: str) -> str:
    return blobs.presign_get(
        scope,
        settings.load().files_bucket,
        name,
        filename=file_name,
        disposition="attachment",
        content_type=content_type,
        seconds=_LINK_SECONDS,
    )


def _own(scope: CustomerScope, file_id: str) -> SentFile:
    ref = sender_ref(scope)
    found = repo.stored_file(scope, ref, file_id) if ref else None
    if ref is None or found is None or found.file.era != scope.eras.get(ref, ""):
        raise NotFoundError
    return found.file
