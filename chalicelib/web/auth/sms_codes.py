"""Codes by text message: a mobile number is proved under Security, changed and removed."""

from typing import Any

from chalice.app import Response

from chalicelib.http.access import LOGGED_IN
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import code_factors, factors
from chalicelib.identity.model import FactorKind
from chalicelib.identity.sent_codes.model import SentCode
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope, TenantScope
from chalicelib.profiles.numbers import NotANumberError, mobile_e164, shown
from chalicelib.web.auth import sent_code_forms as forms
from chalicelib.web.auth.code_field import code_field, send_if_asked
from chalicelib.web.auth.login import client_info
from chalicelib.web.auth.security import HOME, turn_off_factor

routes = Routes(__name__)

SMS = f"{HOME}/sms"
MAX_TYPED_LENGTH = 40
_IDENTITY = IdentityScope()


@routes.get(SMS, LOGGED_IN)
def sms(request: Request) -> Response:
    """Asks for the number and the password, then for the code that was sent; `other` asks for another number."""
    return _begin_page(request, {}) if "other" in request.query else _sms_page(request, {})


@routes.post(SMS, LOGGED_IN)
def begin_sms(request: Request) -> Response:
    """Send a code to the number."""
    if not is_offered(request):
        raise NotFoundError
    again = send_if_asked(request, _begin_page)
    if again:
        return again
    number = ""
    try:
        number = _typed_number(request)
        code_factors.begin_sms(
            _IDENTITY,
            session=request.own_session,
            number=number,
            password=request.form.get("current_password", ""),
            code=request.form.get("code", ""),
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except (InvalidError, ConflictError) as error:
        waiting = _being_proved(request)
        sent = waiting if waiting and waiting.to == number else None
        return forms.refused(request, error, at=SMS, sent=sent, show=_begin_page)
    request.services.notify_outbox(_IDENTITY)
    return redirect(SMS)


@routes.post(f"{SMS}/again", LOGGED_IN)
def send_again(request: Request) -> Response:
    """A new code; the previous one no longer counts."""
    if not is_offered(request):
        raise NotFoundError
    return forms.send_again(request, FactorKind.SMS, at=SMS, show=_sms_page)


@routes.post(f"{SMS}/confirm", LOGGED_IN)
def confirm_sms(request: Request) -> Response:
    """The code has come through: one is sent to this number at each login from now on."""
    done = _("Codes by text message are turned on. One is sent when you log in.")
    return forms.turn_on(request, FactorKind.SMS, at=SMS, show=_sms_page, done=done)


@routes.post(f"{SMS}/cancel", LOGGED_IN)
def cancel_sms(request: Request) -> Response:
    """The number that was entered is not used, and its code turns nothing on."""
    return forms.cancel(request, FactorKind.SMS)


@routes.get(f"{SMS}/off", LOGGED_IN)
def ask_to_turn_sms_off(request: Request) -> Response:
    """Asks for the password and a code."""
    return _off_page(request, {})


@routes.post(f"{SMS}/off", LOGGED_IN)
def turn_sms_off(request: Request) -> Response:
    """The number is deleted, and no code is sent from now on."""
    done = _("Codes by text message are turned off, and your number is deleted.")
    return turn_off_factor(request, FactorKind.SMS, show=_off_page, done=done)


def is_offered(request: Request) -> bool:
    """Whether the dealer for whose account the person is logged in has turned it on: each message costs."""
    membership = request.own_session.membership
    # Tested control: texts-only-where-offered
    return membership is not None and request.services.dealer_of(TenantScope(membership.dealer_id)).offers_sms_codes


def _typed_number(request: Request) -> str:
    """Raises InvalidError on `number`."""
    typed, home = request.form.get("number", "")[:MAX_TYPED_LENGTH], _home_country(request)
    try:
        return mobile_e164(typed, country=home, allowed={home, *request.services.settings.sms_countries.split()})
    except NotANumberError as error:
        raise InvalidError(error.message, {"number": error.message}) from None


def _home_country(request: Request) -> str:
    membership = request.own_session.membership
    if membership is None:
        raise NotFoundError
    return request.services.dealer_of(TenantScope(membership.dealer_id)).home_country


def _being_proved(request: Request) -> SentCode | None:
    return code_factors.being_turned_on(_IDENTITY, session=request.own_session, kind=FactorKind.SMS, now=request.now)


def _sms_page(request: Request, errors: dict[str, str], *, message: str = "", status: int = 200) -> Response:
    waiting = _being_proved(request)
    if waiting is None:
        return _begin_page(request, errors, message=message, status=status)
    known = factors.security_settings(_IDENTITY, request.own_session.person_id).factors
    return _page(
        request,
        "confirm",
        status=status,
        errors=errors,
        message=message,
        sent_to=shown(waiting.to, country=_home_country(request)),
        wait=waiting.seconds_to_wait(waiting.kind, request.now),
        is_change=FactorKind.SMS in known,
    )


def _begin_page(request: Request, errors: dict[str, str], *, message: str = "", status: int = 200) -> Response:
    session = request.own_session
    if not is_offered(request) or not code_factors.may_use_sent_codes(_IDENTITY, session.person_id):
        return redirect(HOME)
    known = factors.security_settings(_IDENTITY, session.person_id).factors
    waiting = _being_proved(request)
    before = shown(waiting.to, country=_home_country(request)) if waiting else ""
    return _page(
        request,
        "begin",
        status=status,
        errors=errors,
        message=message,
        number=request.form.get("number", before)[:MAX_TYPED_LENGTH],
        is_change=FactorKind.SMS in known,
        asks_code=bool(known),
        code=code_field(request),
    )


def _off_page(request: Request, errors: dict[str, str], *, message: str = "", status: int = 200) -> Response:
    return _page(request, "off", status=status, errors=errors, message=message, code=code_field(request))


def _page(request: Request, part: str, *, status: int, **context: Any) -> Response:
    return page(request, f"auth/sms_codes_{part}.html", status=status, **context)
