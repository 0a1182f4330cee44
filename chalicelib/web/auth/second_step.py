"""Login, second step: the code of an authenticator app, a passkey, or a recovery code."""

from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.http import cookies
from chalicelib.http.access import VISITOR
from chalicelib.http.request import Request
from chalicelib.http.responses import json, page, redirect
from chalicelib.http.return_path import return_path
from chalicelib.http.routing import Routes
from chalicelib.identity import pending_logins, second_step
from chalicelib.identity.model import FactorKind
from chalicelib.identity.operations import LoggedIn
from chalicelib.identity.passkeys import second_step as with_passkey
from chalicelib.identity.passkeys.model import relying_party
from chalicelib.identity.pending_logins import Waiting
from chalicelib.kernel.errors import ConflictError, InvalidError, UnauthenticatedError
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.web.auth import redirects
from chalicelib.web.auth.login import client_info, welcome

routes = Routes(__name__)

PATH = "/login/code"
_IDENTITY = IdentityScope()


@routes.get(PATH, VISITOR)
def ask(request: Request) -> Response:
    """Asks for the code of a login whose password was right."""
    led = redirects.redirect_if_logged_in(request)
    if led:
        return led
    try:
        return _form(request, _waiting(request), {})
    except UnauthenticatedError:
        return _ended(request)


@routes.post(PATH, VISITOR)
def enter(request: Request) -> Response:
    """The session begins with the right code."""
    form = request.form
    try:
        logged_in = second_step.enter_code(
            _IDENTITY,
            secret=request.cookies.get(cookies.PENDING_LOGIN, ""),
            code=form.get("code", ""),
            trust_browser="remember_browser" in form,
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except UnauthenticatedError:
        return _ended(request)
    except InvalidError as error:
        return _form(request, _waiting(request), error.fields, status=422)
    except ConflictError:  # the code was used at the same moment
        return _form(request, _waiting(request), {"code": str(second_step.WRONG)}, status=422)
    return end_pending(request, logged_in, form.get("next", ""))


@routes.post(f"{PATH}/passkey/challenge", VISITOR)
def challenge(request: Request) -> Response:
    """What the browser has to sign with a passkey of whose login waits, as JSON."""
    try:
        options = with_passkey.begin(
            _IDENTITY,
            party=relying_party(request.services.settings.base_url),
            secret=request.cookies.get(cookies.PENDING_LOGIN, ""),
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except UnauthenticatedError as error:  # a script reads it, which cannot be led to the login
        raise ConflictError(error.message) from None
    return json(options)


@routes.post(f"{PATH}/passkey", VISITOR)
def use_passkey(request: Request) -> Response:
    """The session begins with what the browser has signed."""
    try:
        logged_in = with_passkey.use_passkey(
            _IDENTITY,
            party=relying_party(request.services.settings.base_url),
            secret=request.cookies.get(cookies.PENDING_LOGIN, ""),
            response=request.form.get("credential", ""),
            trust_browser="remember_browser" in request.form,
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except UnauthenticatedError:
        return _ended(request)
    except InvalidError as error:
        try:
            return _form(request, _waiting(request), {}, status=422, message=error.message)
        except UnauthenticatedError:  # another window has finished this login
            return _ended(request)
    return end_pending(request, logged_in, request.form.get("next", ""))


def end_pending(request: Request, logged_in: LoggedIn, wanted: str) -> Response:
    """What a login that is complete leads to."""
    if logged_in.session.second_factor:
        request.services.notify_outbox(_IDENTITY)
    return cookies.clear_cookie(welcome(request, logged_in, wanted), cookies.PENDING_LOGIN)


def _waiting(request: Request) -> Waiting:
    return pending_logins.waiting(_IDENTITY, request.cookies.get(cookies.PENDING_LOGIN, ""), request.now)


def _form(
    request: Request, found: Waiting, errors: dict[str, str], *, status: int = 200, message: str = ""
) -> Response:
    wanted = return_path(request.form.get("next") or request.query.get("next", ""))
    by_recovery = (request.form.get("with") or request.query.get("with", "")) == "recovery"
    query = {**({} if by_recovery else {"with": "recovery"}), **({"next": wanted} if wanted else {})}
    return page(
        request,
        "auth/code.html",
        status=status,
        dealer=request.remembered_dealer,
        email=found.person.email,
        has_app=FactorKind.APP in found.person.factors,
        has_passkey=FactorKind.PASSKEY in found.person.factors,
        by_recovery=by_recovery,
        errors=errors,
        message=message,
        wanted=wanted,
        remember="remember_browser" in request.form,
        other=f"{PATH}?{urlencode(query, safe='/')}" if query else PATH,
        start_again=redirects.log_in_path(request.remembered_dealer),
    )


def _ended(request: Request) -> Response:
    path = redirects.log_in_path(request.remembered_dealer, done="late")
    return cookies.clear_cookie(redirect(path), cookies.PENDING_LOGIN)
