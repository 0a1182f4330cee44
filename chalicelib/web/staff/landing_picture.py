"""Upload Image: a picture for a slot of the landing page, and which part of it is shown."""

from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.dealers.landing import operations, queries
from chalicelib.dealers.landing.model import MAX_PICTURE_BYTES, Draft, Slot, frame_of
from chalicelib.http.access import STAFF_ADMIN
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import HOUR, Attempt, Limit
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.rendering.slot_pictures import MAX_ZOOM, Crop
from chalicelib.web.presenters.landing import PART_LABELS
from chalicelib.web.staff.landing_form import HOME, UPLOAD

routes = Routes(__name__)

DRAWN = Limit("landing.drawn", 60, HOUR)
"""How often a dealer's pictures are drawn: each costs up to some seconds of a processor."""
FORMS = Limit("landing.form", 60, HOUR)
"""How often a dealer's admins get a form: each takes a file of up to 10 MB."""


@routes.get(UPLOAD, STAFF_ADMIN)
def picture(request: Request) -> Response:
    """Asks for a picture; with `upload`, where the storage sends the browser then, which part of it is shown."""
    slot, upload_id = _slot(request.query.get("slot", Slot.BANNER)), request.query.get("upload", "")
    return _part(request, slot, upload_id, Crop()) if upload_id else _form(request, slot)


@routes.post(UPLOAD, STAFF_ADMIN)
def take_picture(request: Request) -> Response:
    """Put the part that was chosen into the draft."""
    scope, form = request.dealer_scope, request.form
    slot, upload_id = _slot(form.get("slot", "")), form.get("upload", "")
    crop = Crop(_number(form, "zoom", 100, MAX_ZOOM), _number(form, "across", 0, 100), _number(form, "down", 0, 100))
    # Tested control: landing-pictures-limited
    _count(request, DRAWN)
    found = queries.published(scope)
    draft = queries.draft_or_published(scope, found, now=request.now)
    try:
        landing = operations.with_uploaded(
            scope,
            draft.landing,
            slot=slot,
            upload_id=upload_id,
            crop=crop,
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _part(request, slot, upload_id, crop, problem=error.message)
    except NotFoundError:
        if draft.landing.slot(slot).picture is None:  # else this form has been sent twice
            return _form(request, slot, problem=_("The file has not arrived. Choose it again."))
        return redirect(HOME)
    operations.keep_draft(scope, Draft(landing, draft.base), found=found, now=request.now)
    operations.forget_upload(scope, upload_id=upload_id)
    return redirect(HOME, flash=_("The picture is in your draft. Save to show it to everybody."))


def _slot(name: str) -> Slot:
    if name not in set(Slot):
        raise NotFoundError
    return Slot(name)


def _number(form: dict[str, str], name: str, least: int, most: int) -> int:
    """What a slider says; in the middle, or at its least for the zoom, where there is none."""
    text = form.get(name, "")
    usual = least if name == "zoom" else 50
    return min(max(int(text), least), most) if text.isascii() and text.isdecimal() and len(text) <= 4 else usual  # noqa: PLR2004 - digits of any slider


def _count(request: Request, limit: Limit) -> None:
    """Of the dealer. Raises TooManyError."""
    attempt = Attempt(limit, request.dealer_scope.dealer_id)
    rate_limits.consume(IdentityScope(), (attempt,), now=request.now)


def _form(request: Request, slot: Slot, problem: str = "") -> Response:
    # Tested control: landing-forms-limited
    _count(request, FORMS)
    upload_id = request.services.ids.ulid(request.now)
    query = urlencode({"slot": slot.value, "upload": upload_id})
    form = operations.upload_form(
        request.dealer_scope,
        upload_id=upload_id,
        success_url=f"{request.services.settings.base_url}{UPLOAD}?{query}",
    )
    return page(
        request,
        "staff/landing_picture.html",
        status=422 if problem else 200,
        form=form,
        problem=problem,
        label=PART_LABELS[slot.value],
        frame=frame_of(slot),
        limit=request.fmt.size(MAX_PICTURE_BYTES),
    )


def _part(request: Request, slot: Slot, upload_id: str, crop: Crop, *, problem: str = "") -> Response:
    """The picture as it came, to its own admin, with what chooses the part."""
    try:
        head, link = operations.uploaded(request.dealer_scope, slot=slot, upload_id=upload_id)
    except NotFoundError:
        return _form(request, slot, _("The file has not arrived. Choose it again."))
    except InvalidError as error:
        return _form(request, slot, error.message)
    return page(
        request,
        "staff/landing_picture_part.html",
        status=422 if problem else 200,
        slot=slot.value,
        upload_id=upload_id,
        label=PART_LABELS[slot.value],
        frame=frame_of(slot),
        head=head,
        link=link,
        crop=crop,
        most_zoom=MAX_ZOOM,
        problem=problem,
    )
