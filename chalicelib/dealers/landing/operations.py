"""Choosing a landing page: a draft that only its admin sees, until it is saved and everybody does.

A picture that is saved gets a name that no page has had before, so that one which nobody names any more can be deleted
while others save: they can only name what the page that they change names, and that page has changed.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from chalicelib import settings
from chalicelib.dealers.drafts import repo as drafts
from chalicelib.dealers.drafts.model import DraftKind, StoredDraft
from chalicelib.dealers.landing import repo
from chalicelib.dealers.landing.model import (
    MAX_PICTURE_BYTES,
    PICTURE_FILE,
    STILL_ASKED_FOR,
    Draft,
    Landing,
    PictureFile,
    Published,
    Slot,
    SlotPicture,
    changed_parts,
    fingerprint,
    frame_of,
)
from chalicelib.dealers.landing.queries import staged_name
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids, is_ulid, moment_of
from chalicelib.kernel.schemas import adapter
from chalicelib.kernel.scopes import DealerScope
from chalicelib.rendering.slot_pictures import Crop, Head, cut, head_of
from chalicelib.store import blobs
from chalicelib.store.audit import AuditRow, audit_row
from chalicelib.store.blobs import Kept, PresignedPost

_LANDING: TypeAdapter[Landing] = adapter(Landing)
_LINK_SECONDS = 15 * 60
_PUBLIC = f"{blobs.PUBLIC}/landing/"
_BEING_SAVED = timedelta(days=1)
"""Far longer than a save takes between storing a picture and naming it."""


def keep_draft(scope: DealerScope, draft: Draft, *, found: Published | None, now: datetime) -> None:
    """Keep what was chosen, for its admin alone; where it is what was saved there is no draft."""
    if draft.landing == (found.landing if found else Landing()):
        drafts.delete_draft(scope, DraftKind.LANDING_PAGE)
    else:
        body = _LANDING.dump_json(draft.landing, exclude_none=False).decode()
        drafts.put_draft(scope, DraftKind.LANDING_PAGE, StoredDraft(body, draft.base), now=now)


def discard_draft(scope: DealerScope) -> None:
    """Nothing of it is kept."""
    drafts.delete_draft(scope, DraftKind.LANDING_PAGE)
    _forget_staged(scope)


def publish(scope: DealerScope, landing: Landing, *, seen: str, now: datetime, ids: Ids) -> bool:
    """Show this page to everybody at the dealer's address. False where they see it already, and nothing is written.

    `seen` names what was public when the admin chose (`fingerprint`). Raises ConflictError where somebody else has
    saved since, InvalidError that names the slots whose pictures are no longer there.
    """

    def change(before: Published | None) -> Published | None:
        if before and before.is_shown and landing == before.landing:
            return None
        _require_seen(before, seen)
        live = before.landing if before else Landing()
        return _next(before, _public(scope, landing, live, now=now, ids=ids), is_shown=True, now=now)

    def audit(before: Published | None, after: Published) -> AuditRow:
        parts = changed_parts(before.landing if before else Landing(), after.landing)
        return audit_row(
            scope,
            ids=ids,
            now=now,
            actor=scope.person_id,
            event="landing.published",
            subject="",
            detail={"parts": parts},
        )

    before, after = repo.change(scope, change, audit, ends_draft=True)
    if after is None or after is before:
        discard_draft(scope)
        return False
    _delete_unnamed(scope, after, now=now)
    _forget_staged(scope)
    return True


def withdraw(scope: DealerScope, *, seen: str, now: datetime, ids: Ids) -> Published | None:
    """Show the login page at the dealer's address again; what is stored then, None where that was shown already.

    What was saved stays, to go on with, as does the admin's draft; no picture is served any more, and those that were
    replaced are deleted at once. Raises ConflictError as `publish`.
    """

    def change(before: Published | None) -> Published | None:
        if before is None or not before.is_shown:
            return None
        _require_seen(before, seen)
        return Published(before.landing, is_shown=False, saved_at=now, retired={})

    def audit(_before: Published | None, _after: Published) -> AuditRow:
        return audit_row(scope, ids=ids, now=now, actor=scope.person_id, event="landing.withdrawn", subject="")

    before, after = repo.change(scope, change, audit, ends_draft=False)
    if before is None or after is None or after is before:
        return None
    _delete_unnamed(scope, after, at_once=set(before.retired), now=now)
    return after


def upload_form(scope: DealerScope, *, upload_id: str, success_url: str) -> PresignedPost:
    """A form for one picture, which the storage takes for 15 minutes and keeps for a day.

    `success_url`: where the browser is sent then.
    """
    name = _upload_name(scope, upload_id)
    bucket = settings.load().files_bucket
    return blobs.presign_picture(scope, bucket, name, max_bytes=MAX_PICTURE_BYTES, success_redirect=success_url)


def uploaded(scope: DealerScope, *, slot: Slot, upload_id: str) -> tuple[Head, str]:
    """What the picture says of itself, unpacked by nobody yet, and a link by which its admin sees it for 15 minutes.

    Raises InvalidError that says what is wrong with it, NotFoundError where nothing was uploaded under this id.
    """
    bucket, name = settings.load().files_bucket, _upload_name(scope, upload_id)
    head = head_of(blobs.get(scope, bucket, name), frame_of(slot))
    link = blobs.presign_get(
        scope,
        bucket,
        name,
        filename="picture",
        disposition="inline",
        content_type=head.kind.media_type,
        seconds=_LINK_SECONDS,
    )
    return head, link


def with_uploaded(
    scope: DealerScope, landing: Landing, *, slot: Slot, upload_id: str, crop: Crop, now: datetime, ids: Ids
) -> Landing:
    """The page with the part of the uploaded picture that was chosen, drawn anew in each size, for the draft.

    Raises InvalidError and NotFoundError as `uploaded`.
    """
    bucket = settings.load().files_bucket
    drawn = cut(blobs.get(scope, bucket, _upload_name(scope, upload_id)), frame_of(slot), crop)
    picture = SlotPicture(
        ids.ulid(now),
        drawn.digest,
        tuple(PictureFile(one.width, one.height, len(one.data)) for one in drawn.sizes),
        drawn.share.width,
        drawn.share.height,
    )
    made = (*((one.data, "image/webp") for one in drawn.sizes), (drawn.share.data, "image/jpeg"))
    for name, (data, media_type) in zip(picture.names, made, strict=True):
        blobs.put(scope, bucket, staged_name(scope, name), data, media_type, kept=Kept.A_QUARTER)
    return landing.with_slot(slot, replace(landing.slot(slot), picture=picture))


def forget_upload(scope: DealerScope, *, upload_id: str) -> None:
    """Its picture is in the draft, or of no use."""
    blobs.delete(scope, settings.load().files_bucket, [_upload_name(scope, upload_id)])


def _require_seen(before: Published | None, seen: str) -> None:
    # Tested control: landing-conflict
    if fingerprint(before) != seen:
        raise ConflictError(_("Somebody else changed the landing page since you opened this page."))


def _next(before: Published | None, landing: Landing, *, is_shown: bool, now: datetime) -> Published:
    named = {picture.picture_id for picture in landing.pictures.values()}
    gone = {picture.picture_id for picture in before.landing.pictures.values()} - named if before else set()
    still: Mapping[str, datetime] = before.retired if before else {}
    retired = {picture: at for picture, at in still.items() if now - at < STILL_ASKED_FOR}
    return Published(landing, is_shown, now, {**retired, **dict.fromkeys(gone, now)})


def _public(scope: DealerScope, landing: Landing, live: Landing, *, now: datetime, ids: Ids) -> Landing:
    """The page with its pictures among the dealer's public files. Raises InvalidError for those that are not there."""
    known = set(live.pictures.values())
    missing = {}
    for slot, picture in landing.pictures.items():
        if picture in known:
            continue
        # Tested control: landing-picture-renamed
        shown = replace(picture, picture_id=ids.ulid(now))
        try:
            _copy(scope, picture, shown)
        except NotFoundError:
            missing[slot.value] = _("This picture is no longer there. Upload it again.")
        landing = landing.with_slot(slot, replace(landing.slot(slot), picture=shown))
    if missing:
        raise InvalidError(_("Some pictures are no longer there"), missing)
    return landing


def _copy(scope: DealerScope, staged: SlotPicture, shown: SlotPicture) -> None:
    bucket = settings.load().files_bucket
    for one, name in zip(staged.names, shown.names, strict=True):
        media_type = "image/jpeg" if name.endswith(".jpg") else "image/webp"
        blobs.put(scope, bucket, f"{_PUBLIC}{name}", blobs.get(scope, bucket, staged_name(scope, one)), media_type)


def _delete_unnamed(
    scope: DealerScope, after: Published, *, at_once: AbstractSet[str] = frozenset(), now: datetime
) -> None:
    """Also what a crash left behind. What is younger than a day may be of somebody who is saving just now.

    `at_once`: pictures that were public, whatever their age.
    """
    bucket = settings.load().files_bucket
    kept = {picture.picture_id for picture in after.landing.pictures.values()} | set(after.retired)
    stored = {name: PICTURE_FILE.fullmatch(name.removeprefix(_PUBLIC)) for name in _listed(scope, _PUBLIC)}
    unnamed = [
        name
        for name, found in stored.items()
        if found and found[1] not in kept and (found[1] in at_once or now - moment_of(found[1]) > _BEING_SAVED)
    ]
    if unnamed:
        blobs.delete(scope, bucket, unnamed)


def _forget_staged(scope: DealerScope) -> None:
    names = _listed(scope, f"landing/{scope.person_id}/")
    if names:
        blobs.delete(scope, settings.load().files_bucket, names)


def _listed(scope: DealerScope, prefix: str) -> list[str]:
    return blobs.list_names(scope, settings.load().files_bucket, prefix)


def _upload_name(scope: DealerScope, upload_id: str) -> str:
    """Under the admin's own id: nobody else's upload can be named. Raises NotFoundError for what is no id."""
    if not is_ulid(upload_id):
        raise NotFoundError
    return f"landing-uploads/{scope.person_id}/{upload_id}"
