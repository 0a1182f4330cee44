"""The page behind the link to a new email address: confirmed by POST alone, since mail scanners open links."""

from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.http import cookies
from chalicelib.http.access import VISITOR
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import email_changes
from chalicelib.identity.email_changes import PendingEmail
from chalicelib.identity.model import SENT, FactorKind
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.web.auth import redirects, user_name
from chalicelib.web.auth.code_field import hint_for
from chalicelib.web.auth.login import client_info

routes = Routes(__name__)

HOME = "/email/{token}"
_PROFILE = "/profile"
_IDENTITY = IdentityScope()


@routes.get(HOME, VISITOR)
def confirmation(request: Request) -> Response:
    """Asks for the click, and for the password where nobody or somebody else is logged in."""
    try:
        return _page(request, email_changes.pending_email(_IDENTITY, request.params["token"], request.now), {})
    except NotFoundError:
        return _expired(request)


@routes.post(HOME, VISITOR)
def confirm(request: Request) -> Response:
    """Use the link up. A browser that is logged in stays so; all others are logged out."""
    token = request.params["token"]
    try:
        done = email_changes.confirm_email_change(
            _IDENTITY,
            secret=token,
            session=request.session,
            password=request.form.get("current_password", ""),
            code=request.form.get("code", ""),
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        pending = email_changes.pending_email(_IDENTITY, token, request.now)
        return _page(request, pending, error.fields, status=422)
    except NotFoundError:
        return _expired(request)
    request.services.notify_outbox(_IDENTITY, at_once=True)
    request.services.notify_outbox(_IDENTITY)
    if done.secret:
        said = _("You log in with %(email)s from now on.", email=done.email)
        response = cookies.set_session(redirect(_PROFILE, flash=said), done.secret)
    else:
        path = redirects.log_in_path(request.remembered_dealer, done="email")
        response = cookies.clear_session(redirect(path))
    return cookies.set_devices(user_name.prefill(response, done.email), done.devices)


def _page(request: Request, pending: PendingEmail, errors: dict[str, str], *, status: int = 200) -> Response:
    session = request.session
    asks_password = session is None or session.person_id != pending.person_id
    kinds = email_changes.shown_at_login(_IDENTITY, pending.person_id) if asks_password else frozenset[FactorKind]()
    return page(
        request,
        "auth/confirm_email.html",
        status=status,
        email=pending.email,
        errors=errors,
        asks_password=asks_password,
        asks_code=bool(kinds),
        code_hint=hint_for(kinds - SENT),
        # What is sent, or signed by a browser, is for a login alone.
        logs_in_first=bool(kinds) and FactorKind.APP not in kinds,
        login_path=f"{redirects.log_in_path(request.remembered_dealer)}?{urlencode({'next': request.path}, safe='/')}",
    )


def _expired(request: Request) -> Response:
    path = _PROFILE if request.session else redirects.log_in_path(request.remembered_dealer)
    return redirects.expired_link_page(request, path, _("Go to your profile") if request.session else _("Log in"))
