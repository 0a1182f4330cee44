"""Log in with a passkey: the browser asks for something to sign, its user says yes, and that is the whole login."""

from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.dealers.model import PublicDealer
from chalicelib.http import cookies
from chalicelib.http.access import VISITOR
from chalicelib.http.request import Request
from chalicelib.http.responses import json, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity.passkeys import login
from chalicelib.identity.passkeys.model import relying_party
from chalicelib.kernel.errors import UnauthenticatedError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.web.auth.login import client_info, dealer_at, login_form, welcome
from chalicelib.web.auth.security import CODES

routes = Routes(__name__)
_IDENTITY = IdentityScope()


@routes.post("/login/passkey/challenge", VISITOR)
def challenge(request: Request) -> Response:
    """What the browser has to sign, as JSON: the same for everybody."""
    options = login.begin_login(
        _IDENTITY,
        party=relying_party(request.services.settings.base_url),
        client=client_info(request),
        bound_to=request.csrf,
        now=request.now,
        ids=request.services.ids,
    )
    return json(options)


@routes.post("/login/passkey", VISITOR)
def log_in(request: Request) -> Response:
    """Start a session."""
    return _log_in(request, None)


@routes.post("/d/{slug}/login/passkey", VISITOR)
def log_in_at_dealer(request: Request) -> Response:
    """Start a session at a dealer's address."""
    return _log_in(request, dealer_at(request))


def _log_in(request: Request, dealer: PublicDealer | None) -> Response:
    try:
        logged_in = login.log_in(
            _IDENTITY,
            party=relying_party(request.services.settings.base_url),
            response=request.form.get("credential", ""),
            client=client_info(request),
            bound_to=request.csrf,
            dealer_id=dealer.dealer_id if dealer else None,
            now=request.now,
            ids=request.services.ids,
        )
    except UnauthenticatedError as error:
        return login_form(request, dealer, status=401, message=error.message)
    response = welcome(request, logged_in, request.form.get("next", ""))
    if not logged_in.codes:
        return response
    request.services.notify_outbox(_IDENTITY)
    wanted = urlencode({"next": str(response.headers["Location"])}, safe="/")
    shown = redirect(f"{CODES}?{wanted}", flash=_("Your passkeys are a second factor now."))
    return cookies.set_recovery_codes(cookies.copy_cookies(shown, response), logged_in.codes)
