"""Codes by email: turned on and off under Security."""

from chalice.app import Response

from chalicelib.http.access import LOGGED_IN
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import code_factors, factors
from chalicelib.identity.model import FactorKind
from chalicelib.identity.sent_codes.model import SentCode
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.web.auth import sent_code_forms as forms
from chalicelib.web.auth.code_field import code_field, send_if_asked
from chalicelib.web.auth.login import client_info
from chalicelib.web.auth.security import HOME, turn_off_factor

routes = Routes(__name__)

EMAIL = f"{HOME}/email"
_IDENTITY = IdentityScope()


@routes.get(EMAIL, LOGGED_IN)
def email(request: Request) -> Response:
    """Asks for the password, then for the code that was sent."""
    return _email_page(request, {})


@routes.post(EMAIL, LOGGED_IN)
def begin_email(request: Request) -> Response:
    """Send a code to the person's address."""
    again = send_if_asked(request, _begin_page)
    if again:
        return again
    try:
        code_factors.begin_email(
            _IDENTITY,
            session=request.own_session,
            password=request.form.get("current_password", ""),
            code=request.form.get("code", ""),
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except (InvalidError, ConflictError) as error:
        return forms.refused(request, error, at=EMAIL, sent=_being_turned_on(request), show=_begin_page)
    request.services.notify_outbox(_IDENTITY)
    return redirect(EMAIL)


@routes.post(f"{EMAIL}/again", LOGGED_IN)
def send_again(request: Request) -> Response:
    """A new code; the previous one no longer counts."""
    return forms.send_again(request, FactorKind.EMAIL, at=EMAIL, show=_email_page)


@routes.post(f"{EMAIL}/confirm", LOGGED_IN)
def confirm_email(request: Request) -> Response:
    """The code has come through: one is sent at each login from now on."""
    done = _("Codes by email are turned on. One is sent when you log in.")
    return forms.turn_on(request, FactorKind.EMAIL, at=EMAIL, show=_email_page, done=done)


@routes.post(f"{EMAIL}/cancel", LOGGED_IN)
def cancel_email(request: Request) -> Response:
    """The code that was sent turns nothing on."""
    return forms.cancel(request, FactorKind.EMAIL)


@routes.get(f"{EMAIL}/off", LOGGED_IN)
def ask_to_turn_email_off(request: Request) -> Response:
    """Asks for the password and a code."""
    return _off_page(request, {})


@routes.post(f"{EMAIL}/off", LOGGED_IN)
def turn_email_off(request: Request) -> Response:
    """No code is sent from now on."""
    return turn_off_factor(request, FactorKind.EMAIL, show=_off_page, done=_("Codes by email are turned off."))


def _being_turned_on(request: Request) -> SentCode | None:
    return code_factors.being_turned_on(_IDENTITY, session=request.own_session, kind=FactorKind.EMAIL, now=request.now)


def _email_page(request: Request, errors: dict[str, str], *, message: str = "", status: int = 200) -> Response:
    waiting = _being_turned_on(request)
    if waiting is None:
        return _begin_page(request, errors, message=message, status=status)
    return page(
        request,
        "auth/email_codes_confirm.html",
        status=status,
        errors=errors,
        message=message,
        sent_to=waiting.to,
        wait=waiting.seconds_to_wait(waiting.kind, request.now),
    )


def _begin_page(request: Request, errors: dict[str, str], *, message: str = "", status: int = 200) -> Response:
    session = request.own_session
    known = factors.security_settings(_IDENTITY, session.person_id).factors
    if FactorKind.EMAIL in known or not code_factors.may_use_sent_codes(_IDENTITY, session.person_id):
        return redirect(HOME)
    return page(
        request,
        "auth/email_codes.html",
        status=status,
        errors=errors,
        message=message,
        asks_code=bool(known),
        code=code_field(request),
    )


def _off_page(request: Request, errors: dict[str, str], *, message: str = "", status: int = 200) -> Response:
    return page(
        request, "auth/email_codes_off.html", status=status, errors=errors, message=message, code=code_field(request)
    )
