"""Ways for a bundle to come in: a form for one object of the inbox, for browsers and upload clients. Never AWS keys."""

import re
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from chalicelib import settings
from chalicelib.ccx.archive import MAX_BYTES
from chalicelib.ccx.bundle_name import parse_bundle_name
from chalicelib.ingest import names, repo
from chalicelib.ingest.model import Upload
from chalicelib.ingest.uploader import Uploader, UploaderKind
from chalicelib.kernel.errors import InvalidError, TooManyError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import ngettext
from chalicelib.kernel.ids import Ids, moment_of
from chalicelib.kernel.scopes import DealerScope, ImportScope
from chalicelib.store import blobs
from chalicelib.store.blobs import PresignedPost

TYPE = "application/zip"
# Tested control: upload-form-lifetime
FORM_SECONDS = 15 * 60
MAX_BEGUN = 100
"""Of a dealer."""
MAX_BEGUN_OF_KEY = 25
"""Of one API key: a program that has gone wrong leaves room for the dealer's others."""
_SAFE = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True)
class Begun:
    """An upload that may come now: post `form` with the file last, as `file`."""

    upload_id: str
    form: PresignedPost


@dataclass(frozen=True, slots=True)
class StaffForms:
    """One upload of a browser: `form` is answered with a redirect, `script_form` with 201. Either may be used."""

    upload_id: str
    form: PresignedPost
    script_form: PresignedPost


def staff_forms(scope: DealerScope, *, success_url: str, now: datetime, ids: Ids) -> StaffForms:
    """Forms for the Imports page. Nothing is stored: the object's name says who brings it, and no other is let in.

    `success_url` is absolute; the storage sends a browser without scripts there, with `?upload=<id>`.
    """
    upload_id = ids.ulid(now)
    back = f"{success_url}?upload={upload_id}"
    plain, scripted = (
        blobs.presign_post(
            scope,
            settings.load().inbox_bucket,
            names.staff_upload(upload_id, scope.person_id),
            max_bytes=MAX_BYTES,
            content_type=TYPE,
            seconds=FORM_SECONDS,
            success_redirect=to,
        )
        for to in (back, None)
    )
    return StaffForms(upload_id, plain, scripted)


def begin_upload(scope: ImportScope, *, file_name: str, size: int, now: datetime, ids: Ids) -> Begun:
    """A form for an upload client's bundle.

    Raises InvalidError for a size or a name that could never be taken in, TooManyError where many never came.
    """
    if not 0 < size <= MAX_BYTES:
        wrong = _("A bundle must be between 1 byte and 2 GiB.")
        raise InvalidError(wrong, {"size": _("Send fewer documents in one export")})
    parse_bundle_name(file_name)
    _require_room(scope, now)
    upload_id = ids.ulid(now)
    name = f"inbox/{upload_id}/{_SAFE.sub('-', file_name)}"
    upload = Upload(upload_id, name, now, str(Uploader(UploaderKind.CLIENT)))
    repo.commit(scope, [repo.begin_upload(scope, upload)])
    form = blobs.presign_post(
        scope, settings.load().inbox_bucket, name, max_bytes=size, content_type=TYPE, seconds=FORM_SECONDS
    )
    return Begun(upload_id, form)


def _require_room(scope: ImportScope, now: datetime) -> None:
    """Each begun upload takes a place until it arrives, or for an hour. Raises TooManyError while none is free."""
    begun = repo.begun_uploads(scope, after=now - repo.KEEP_BEGUN)
    of_key = [upload_id for upload_id, key in begun.items() if key == scope.key_id]
    # Tested control: begun-uploads-limited
    for uploads, most in ((of_key, MAX_BEGUN_OF_KEY), (list(begun), MAX_BEGUN)):
        if len(uploads) >= most:
            free_at = moment_of(uploads[len(uploads) - most]) + repo.KEEP_BEGUN
            raise _too_many_begun(len(uploads), ceil((free_at - now).total_seconds()))


def _too_many_begun(begun: int, seconds: int) -> TooManyError:
    minutes = max(1, ceil(seconds / 60))
    reason = _("%(num)s uploads were started in the last hour and have not arrived. Send those first.", num=begun)
    wait = ngettext("Or try again in %(num)s minute.", "Or try again in %(num)s minutes.", minutes, num=minutes)
    return TooManyError(f"{reason} {wait}", retry_after=max(1, seconds))
