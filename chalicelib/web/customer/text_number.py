"""The mobile number to which a customer's user is notified: proved by a code, changed and deleted.

It belongs to the page on which they choose how to be notified, and changes nothing of how they log in.
"""

from collections.abc import Callable
from typing import NamedTuple

from chalice.app import Response

from chalicelib.alerts import operations as alerts
from chalicelib.alerts.texts.model import MAX_A_DAY
from chalicelib.http.access import CUSTOMER
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import rate_limits, text_numbers
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.identity.sent_codes.model import SentCode, masked_number
from chalicelib.identity.sent_codes.operations import JustSentError
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.profiles import numbers
from chalicelib.profiles.numbers import NotANumberError, may_be_texted, mobile_e164, shown
from chalicelib.web.auth.login import client_info

routes = Routes(__name__)

CHOICE = "/profile/notifications"
HOME = f"{CHOICE}/mobile"
MAX_TYPED_LENGTH = 40
CHANGED = Limit("text.number.person", 20, DAY)
"""Changes without a code: those with one are bounded by what codes cost."""
_IDENTITY = IdentityScope()


class TextSettings(NamedTuple):
    """What the page of notifications says of the person's number, which is masked; empty where there is none.

    `login_number`: that of codes at login, where it could be used. `is_abroad`: this dealer sends nothing there.
    """

    number: str = ""
    is_opted_out: bool = False
    is_abroad: bool = False
    login_number: str = ""
    a_day: int = MAX_A_DAY

    @property
    def is_usable(self) -> bool:
        """Whether anything can be ticked."""
        return bool(self.number)


def is_offered(request: Request) -> bool:
    """Whether the dealer has turned text messages on: each costs."""
    # Tested control: alert-texts-only-where-offered
    return request.services.dealer_of(request.customer_scope).offers_sms_notifications


def text_settings(request: Request) -> TextSettings:
    """As of now. Staff who see the portal as the customer does are shown no number."""
    scope = request.customer_scope
    if scope.is_read_only:
        return TextSettings()
    found = text_numbers.text_number(_IDENTITY, scope.person_id)
    if found is None:
        own = text_numbers.login_number(_IDENTITY, scope.person_id)
        return TextSettings(login_number=masked_number(own) if own and may_be_texted(own, _countries(request)) else "")
    is_abroad = not may_be_texted(found.number, _countries(request))
    return TextSettings(masked_number(found.number), found.opted_out_at is not None, is_abroad)


@routes.get(HOME, CUSTOMER)
def number(request: Request) -> Response:
    """Asks for the number, then for the code that was sent there; `other` asks for another number."""
    if request.customer_scope.is_read_only or not is_offered(request):
        return redirect(CHOICE)
    return _begin_page(request, {}) if "other" in request.query else _number_page(request, {})


@routes.post(HOME, CUSTOMER)
def begin(request: Request) -> Response:
    """Send a code to the number."""
    _require_offered(request)
    typed = ""
    try:
        typed = _typed_number(request)
        text_numbers.begin(
            _IDENTITY,
            session=request.own_session,
            number=typed,
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except (InvalidError, ConflictError) as error:
        waiting = _being_proved(request)
        fields = error.fields if isinstance(error, InvalidError) else {}
        if waiting and waiting.to == typed and not fields:  # the second click of two
            return redirect(HOME)
        return _begin_page(request, fields, message="" if fields else error.message, status=422)
    except TooManyError as error:
        return _begin_page(request, {}, message=error.message, status=429)
    request.services.notify_outbox(_IDENTITY)
    return redirect(HOME)


@routes.post(f"{HOME}/again", CUSTOMER)
def send_again(request: Request) -> Response:
    """A new code; the previous one no longer counts."""
    _require_offered(request)
    try:
        text_numbers.send_again(
            _IDENTITY,
            session=request.own_session,
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except (JustSentError, ConflictError):  # the page says so; or sent by another click
        return redirect(HOME)
    except InvalidError as error:
        return _number_page(request, {}, message=error.message, status=422)
    except TooManyError as error:
        return _number_page(request, {}, message=error.message, status=429)
    except NotFoundError as error:
        return redirect(HOME, flash=error.message, failed=True)
    request.services.notify_outbox(_IDENTITY)
    return redirect(HOME, flash=_("We have sent another code"))


@routes.post(f"{HOME}/confirm", CUSTOMER)
def confirm(request: Request) -> Response:
    """The code has come through: what is ticked is sent to this number from now on."""
    _require_offered(request)
    try:
        text_numbers.confirm(
            _IDENTITY,
            session=request.own_session,
            code=request.form.get("code", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _number_page(request, error.fields, status=422)
    except TooManyError as error:
        return _number_page(request, {}, message=error.message, status=429)
    except NotFoundError as error:
        return redirect(HOME, flash=error.message, failed=True)
    except ConflictError:  # confirmed by another click
        return redirect(CHOICE)
    return redirect(CHOICE, flash=_("Your mobile number is set. Tick what you want to be sent there."))


@routes.post(f"{HOME}/cancel", CUSTOMER)
def cancel(request: Request) -> Response:
    """Nobody waits for the code any more: the way back from a number that was mistyped."""
    try:
        text_numbers.cancel(_IDENTITY, session=request.own_session, now=request.now)
    except (NotFoundError, ConflictError):  # it has ended, was used, or another was sent by another click
        return redirect(CHOICE)
    return redirect(CHOICE, flash=_("Cancelled. Nothing has changed."))


@routes.post(f"{HOME}/login-number", CUSTOMER)
def use_login_number(request: Request) -> Response:
    """What is ticked is sent where codes go at login: that number is proved already."""
    _require_offered(request)
    _change(request, text_numbers.use_login_number)
    return redirect(CHOICE, flash=_("Your mobile number is set. Tick what you want to be sent there."))


@routes.post(f"{HOME}/delete", CUSTOMER)
def delete(request: Request) -> Response:
    """No text messages from now on, here and at other dealers; nothing stays ticked here."""
    _change(request, text_numbers.delete)
    alerts.stop_texts(request.customer_scope, now=request.now, ids=request.services.ids)
    return redirect(CHOICE, flash=_("Your mobile number is deleted here. You get no more text messages about news."))


def _change(request: Request, change: Callable[..., None]) -> None:
    """Raises TooManyError."""
    rate_limits.consume(_IDENTITY, (Attempt(CHANGED, request.customer_scope.person_id),), now=request.now)
    change(_IDENTITY, session=request.own_session, now=request.now, ids=request.services.ids)


def _require_offered(request: Request) -> None:
    """Raises NotFoundError."""
    if not is_offered(request):
        raise NotFoundError


def _typed_number(request: Request) -> str:
    """Raises InvalidError on `number`."""
    typed, home = request.form.get("number", "")[:MAX_TYPED_LENGTH], _home_country(request)
    try:
        return mobile_e164(typed, country=home, allowed=_countries(request))
    except NotANumberError as error:
        said = str(error.message)
        if error.message is numbers.NOT_ALLOWED:
            said = _("We send no text messages to this country")
        elif error.message is numbers.NOT_MOBILE:
            said = _("We cannot send text messages to this number. Check it, or enter that of another mobile.")
        raise InvalidError(said, {"number": said}) from None


def _home_country(request: Request) -> str:
    return request.services.dealer_of(request.customer_scope).home_country


def _countries(request: Request) -> set[str]:
    return {_home_country(request), *request.services.settings.sms_countries.split()}


def _being_proved(request: Request) -> SentCode | None:
    return text_numbers.being_proved(_IDENTITY, session=request.own_session, now=request.now)


def _number_page(request: Request, errors: dict[str, str], *, message: str = "", status: int = 200) -> Response:
    waiting = _being_proved(request)
    if waiting is None:
        return _begin_page(request, errors, message=message, status=status)
    return page(
        request,
        "customer/text_number_confirm.html",
        status=status,
        errors=errors,
        message=message,
        sent_to=shown(waiting.to, country=_home_country(request)),
        wait=waiting.seconds_to_wait(waiting.kind, request.now),
    )


def _begin_page(request: Request, errors: dict[str, str], *, message: str = "", status: int = 200) -> Response:
    waiting = _being_proved(request)
    before = shown(waiting.to, country=_home_country(request)) if waiting else ""
    return page(
        request,
        "customer/text_number.html",
        status=status,
        errors=errors,
        message=message,
        number=request.form.get("number", before)[:MAX_TYPED_LENGTH],
        is_change=text_settings(request).is_usable,
        a_day=MAX_A_DAY,
    )
