"""A page of the profile of staff: of what they are mailed, at once or once a day."""

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.dealers.staff_mails import operations, repo
from chalicelib.dealers.staff_mails.model import EVENT_LABELS, PACE_LABELS, Pace, StaffEvent, offered
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.kernel.versions import version_text

routes = Routes(__name__)

HOME = "/staff/notifications"
CHOSEN = Limit("staff_mails.person", 60, DAY)


@routes.get(HOME, STAFF)
def preferences(request: Request) -> Response:
    """The lists, with what is so now."""
    scope = request.dealer_scope
    found = repo.choices(scope, scope.person_id)
    chosen = {one: found.pace(one, scope.role) for one in _events(request)}
    return _page(request, chosen, seen=version_text(found.version))


@routes.post(HOME, STAFF)
def choose(request: Request) -> Response:
    """Keep what is chosen. What a newer window has chosen is not lost: the form comes back as it was sent."""
    scope = request.dealer_scope
    chosen = {one: Pace(said) for one in _events(request) if (said := request.form.get(one.value, "")) in PACE_LABELS}
    attempt = Attempt(CHOSEN, f"{scope.dealer_id}\n{scope.person_id}")
    rate_limits.consume(IdentityScope(), (attempt,), now=request.now)
    try:
        is_new = operations.choose(
            scope, chosen, seen=request.form.get("seen", ""), now=request.now, ids=request.services.ids
        )
    except ConflictError as error:
        newest = version_text(repo.choices(scope, scope.person_id).version)
        message = " ".join((error.message, _("Nothing was saved. Check what you entered, then save again.")))
        return _page(request, chosen, seen=newest, status=409, message=message)
    return redirect(HOME, flash=_("Saved") if is_new else _("Nothing has changed"))


def _events(request: Request) -> list[StaffEvent]:
    return offered(request.services.dealer_of(request.dealer_scope).modules)


def _page(
    request: Request, chosen: Mapping[StaffEvent, Pace], *, seen: str, status: int = 200, message: str = ""
) -> Response:
    return page(
        request,
        "staff/notifications.html",
        status=status,
        lines=[(one.value, EVENT_LABELS[one], chosen.get(one, "")) for one in _events(request)],
        paces=list(PACE_LABELS.items()),
        seen=seen,
        message=message,
    )
