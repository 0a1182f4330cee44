"""A person changes their own profile."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from chalicelib import settings
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids, is_ulid
from chalicelib.kernel.scopes import TenantScope
from chalicelib.kernel.versions import version_text
from chalicelib.profiles import repo
from chalicelib.profiles.model import Details, changed_fields
from chalicelib.profiles.repo import MemberScope, Photo
from chalicelib.rendering import portraits
from chalicelib.rendering.portraits import MAX_BYTES, Crop
from chalicelib.store import blobs
from chalicelib.store.audit import AuditRow, audit_row
from chalicelib.store.blobs import PresignedPost
from chalicelib.store.transactions import retry_when_refused

CHANGED_ELSEWHERE = lazy_gettext("Your profile was changed in another window since you opened this page.")


def save(scope: MemberScope, details: Details, *, seen: str, now: datetime, ids: Ids) -> list[str]:
    """Keep what was entered; the names of the fields that are new, none where it is so already.

    `seen` is the version that the form was filled with (`version_text`). Raises ConflictError where there is another.
    """
    before = repo.profile(scope, scope.person_id)
    changed = changed_fields(before.details, details)
    if not changed:
        return []
    # Tested control: profile-conflict
    if version_text(before.version) != seen:
        raise ConflictError(CHANGED_ELSEWHERE)
    audit = _audit(scope, "profile.changed", changed, now=now, ids=ids)
    repo.put(scope, replace(before, details=details), also=[audit])
    return changed


def photo_form(scope: MemberScope, *, upload_id: str, success_url: str) -> PresignedPost:
    """A form for one picture, which the storage takes for 15 minutes, keeps for a day and shows to nobody."""
    name = _upload_name(scope, upload_id)
    bucket = settings.load().files_bucket
    return blobs.presign_picture(
        scope, bucket, name, max_bytes=MAX_BYTES, success_redirect=f"{success_url}?upload={upload_id}"
    )


def uploaded_preview(scope: MemberScope, *, upload_id: str) -> bytes:
    """The picture that was uploaded, drawn anew, as a JPEG.

    Raises InvalidError that says what is wrong with it, NotFoundError where nothing was uploaded under this id.
    """
    return portraits.preview(_uploaded(scope, upload_id))


def take_photo(scope: MemberScope, *, upload_id: str, crop: Crop, now: datetime, ids: Ids) -> None:
    """The square that was chosen of the picture is the person's photo from now on; the upload goes. Raises likewise."""
    made = portraits.portrait(_uploaded(scope, upload_id), crop)
    photo = Photo(sha256(made.large).hexdigest()[:16], made.large, made.small)
    _change_photo(scope, photo, _audit(scope, "profile.photo_changed", (), now=now, ids=ids))
    blobs.delete(scope, settings.load().files_bucket, [_upload_name(scope, upload_id)])


def remove_photo(scope: MemberScope, *, now: datetime, ids: Ids) -> None:
    """The initials show again. Where there is none nothing is written."""
    _change_photo(scope, None, _audit(scope, "profile.photo_removed", (), now=now, ids=ids))


def forget_person(scope: TenantScope, *, person_id: str) -> None:
    """They belong to the dealer no more, nor to any of its accounts: nothing of their profile is kept. Repeatable."""
    repo.delete(scope, person_id)


def _change_photo(scope: MemberScope, photo: Photo | None, audit: AuditRow) -> None:
    def change() -> None:
        before = repo.profile(scope, scope.person_id)
        version = photo.version if photo else ""
        if before.photo != version:
            repo.put(scope, replace(before, photo=version), photo=photo, also=[audit])

    retry_when_refused(change)


def _uploaded(scope: MemberScope, upload_id: str) -> bytes:
    return blobs.get(scope, settings.load().files_bucket, _upload_name(scope, upload_id))


def _upload_name(scope: MemberScope, upload_id: str) -> str:
    """Under the person's own id: nobody else's upload can be named. Raises NotFoundError for what is no id."""
    # Tested control: photo-of-own-upload
    if not is_ulid(upload_id):
        raise NotFoundError
    return f"photos/{scope.person_id}/{upload_id}"


def _audit(scope: MemberScope, event: str, fields: Sequence[str], *, now: datetime, ids: Ids) -> AuditRow:
    """Which fields, and never what was in them."""
    detail = {"fields": list(fields)} if fields else {}
    return audit_row(
        scope, ids=ids, now=now, actor=scope.person_id, event=event, subject=scope.person_id, detail=detail
    )
