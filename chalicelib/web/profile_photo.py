"""The photo of one's profile: uploaded, a square of it chosen, shown to the person and to staff of the dealer."""

from base64 import b64encode

from chalice.app import Response

from chalicelib.http import header_profile
from chalicelib.http.access import MEMBER
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import HOUR, Attempt, Limit
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.profiles import operations, queries
from chalicelib.rendering.portraits import CENTRE, MAX_ZOOM, STEPS, Crop
from chalicelib.web import profile
from chalicelib.web.photo_responses import photo_response

routes = Routes(__name__)

HOME = f"{profile.HOME}/photo"
DRAWN = Limit("photo.person", 40, HOUR)
"""How often a picture is drawn: each costs up to some seconds of a processor."""
FORMS = Limit("photo.form", 40, HOUR)
"""How often a form is made: each takes a file of up to 10 MB."""


@routes.get(HOME, MEMBER)
def photo(request: Request) -> Response:
    """Asks for a picture; with `upload`, where the storage sends the browser then, for the square of it."""
    upload_id = request.query.get("upload", "")
    if not upload_id:
        return _form(request)
    # Tested control: photos-previewed-limited
    _count(request, DRAWN)
    try:
        picture = operations.uploaded_preview(profile.scope_of(request), upload_id=upload_id)
    except NotFoundError:
        return _form(request, _("The file has not arrived. Choose it again."))
    except InvalidError as error:
        return _form(request, error.message)
    return page(
        request,
        "profile_photo_crop.html",
        side=profile.side_of(request),
        upload_id=upload_id,
        picture=f"data:image/jpeg;base64,{b64encode(picture).decode()}",
        steps=STEPS,
        centre=CENTRE,
        max_zoom=MAX_ZOOM,
    )


@routes.post(HOME, MEMBER)
def take(request: Request) -> Response:
    """The chosen square is the photo from now on."""
    scope = profile.scope_of(request)
    # Tested control: photos-limited
    _count(request, DRAWN)
    try:
        operations.take_photo(
            scope,
            upload_id=request.form.get("upload", ""),
            crop=Crop(_step(request, "zoom", 0), _step(request, "across", CENTRE), _step(request, "down", CENTRE)),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _form(request, error.message)
    except NotFoundError:
        if not queries.own_profile(scope).photo:  # else this form has been sent twice
            return _form(request, _("The file has not arrived. Choose it again."))
        return redirect(profile.HOME)
    return _done(request, _("Your photo is saved"))


@routes.post(f"{HOME}/remove", MEMBER)
def remove(request: Request) -> Response:
    """The initials show again."""
    operations.remove_photo(profile.scope_of(request), now=request.now, ids=request.services.ids)
    return _done(request, _("Your photo is removed"))


@routes.get(header_profile.OWN_PHOTO, MEMBER)
def picture(request: Request) -> Response:
    """The reader's own photo, or their initials."""
    scope = profile.scope_of(request)
    return photo_response(request, scope.person_id, email=request.session.email if request.session else "")


def _done(request: Request, said: str) -> Response:
    return profile.remembered(
        request, redirect(profile.HOME, flash=said), queries.own_profile(profile.scope_of(request))
    )


def _step(request: Request, name: str, otherwise: int) -> int:
    found = whole_number(request.form.get(name, ""))
    return otherwise if found is None else found


def _count(request: Request, limit: Limit) -> None:
    """Of the person. Raises TooManyError."""
    attempt = Attempt(limit, profile.scope_of(request).person_id)
    rate_limits.consume(IdentityScope(), (attempt,), now=request.now)


def _form(request: Request, problem: str = "") -> Response:
    # Tested control: photo-forms-limited
    _count(request, FORMS)
    form = operations.photo_form(
        profile.scope_of(request),
        upload_id=request.services.ids.ulid(request.now),
        success_url=f"{request.services.settings.base_url}{HOME}",
    )
    return page(
        request,
        "profile_photo.html",
        status=422 if problem else 200,
        side=profile.side_of(request),
        form=form,
        problem=problem,
    )
