"""Login, second step: the code of an authenticator app, a passkey, a code that is sent, or a recovery code."""

from typing import NamedTuple
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.http import cookies
from chalicelib.http.access import VISITOR
from chalicelib.http.errors import log_refusal
from chalicelib.http.request import Request
from chalicelib.http.responses import json, page, redirect
from chalicelib.http.return_path import return_path
from chalicelib.http.routing import Routes
from chalicelib.identity import pending_logins, second_step
from chalicelib.identity.factors import WRONG_RECOVERY_CODE
from chalicelib.identity.model import SENT, FactorKind
from chalicelib.identity.operations import LoggedIn
from chalicelib.identity.passkeys import second_step as with_passkey
from chalicelib.identity.passkeys.model import relying_party
from chalicelib.identity.pending_logins import WaitingLogin
from chalicelib.identity.second_step import SecondStepChoices
from chalicelib.identity.sent_codes.model import masked_number
from chalicelib.identity.sent_codes.operations import JustSentError, address_of
from chalicelib.kernel.emails import masked_email
from chalicelib.kernel.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    TooManyError,
    UnauthenticatedError,
)
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.web.auth import redirects
from chalicelib.web.auth.login import client_info, welcome

routes = Routes(__name__)

PATH = "/login/code"
RECOVERY = FactorKind.RECOVERY.value
WAYS: dict[str, LazyText] = {
    FactorKind.APP.value: lazy_gettext("Use your authenticator app"),
    FactorKind.PASSKEY.value: lazy_gettext("Use your passkey"),
    FactorKind.EMAIL.value: lazy_gettext("Get a code by email"),
    FactorKind.SMS.value: lazy_gettext("Get a code by text message"),
    RECOVERY: lazy_gettext("Use a recovery code"),
}
"""What may be shown, and the link that leads to it. The first that somebody has is asked for."""
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
            by_recovery=_by_recovery(request),
            trust_browser="remember_browser" in form,
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except UnauthenticatedError:
        return _ended(request)
    except InvalidError as error:
        return _form_again(request, error.fields)
    except TooManyError as error:
        return _too_many(request, error)
    except ConflictError:  # the code was used meanwhile, perhaps for this login
        wrong = WRONG_RECOVERY_CODE if _by_recovery(request) else second_step.WRONG
        return _form_again(request, {"code": str(wrong)})
    return end_pending(request, logged_in, form.get("next", ""))


@routes.post(f"{PATH}/send", VISITOR)
def send(request: Request) -> Response:
    """Send a code, or another, to somebody who has turned that on."""
    kind, secret = request.form.get("with", ""), request.cookies.get(cookies.PENDING_LOGIN, "")
    if kind not in SENT:
        raise NotFoundError
    try:
        second_step.send_code(
            _IDENTITY,
            secret=secret,
            kind=FactorKind(kind),
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except UnauthenticatedError:
        return _ended(request)
    except JustSentError:  # the page says so
        return redirect(_address(kind, return_path(request.form.get("next", ""))))
    except InvalidError as error:
        return _form_again(request, {}, message=error.message)
    except TooManyError as error:
        return _too_many(request, error)
    except ConflictError:  # sent by another click
        pass
    request.services.notify_outbox(_IDENTITY)
    wanted = return_path(request.form.get("next", ""))
    return cookies.set_pending_login(redirect(_address(kind, wanted)), secret)


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
        return _form_again(request, {}, message=error.message)
    return end_pending(request, logged_in, request.form.get("next", ""))


def end_pending(request: Request, logged_in: LoggedIn, wanted: str) -> Response:
    """What a login that is complete leads to."""
    if logged_in.session.second_factor:
        request.services.notify_outbox(_IDENTITY)
    return cookies.clear_cookie(welcome(request, logged_in, wanted), cookies.PENDING_LOGIN)


def _waiting(request: Request) -> WaitingLogin:
    return pending_logins.waiting(_IDENTITY, request.cookies.get(cookies.PENDING_LOGIN, ""), request.now)


def _by_recovery(request: Request) -> bool:
    """Whether the page asks for a recovery code."""
    return (request.form.get("with") or request.query.get("with", "")) == RECOVERY


class Sends(NamedTuple):
    """A way by which a code is sent: to where, and what its page says."""

    heading: str
    address: str
    patience: str


def _form_again(request: Request, errors: dict[str, str], *, status: int = 422, message: str = "") -> Response:
    """With what is wrong; where another window has finished this login meanwhile, as one that has ended."""
    try:
        return _form(request, _waiting(request), errors, status=status, message=message)
    except UnauthenticatedError:
        return _ended(request)


def _form(
    request: Request, found: WaitingLogin, errors: dict[str, str], *, status: int = 200, message: str = ""
) -> Response:
    wanted = return_path(request.form.get("next") or request.query.get("next", ""))
    known = second_step.choices(_IDENTITY, found, request.now)
    offered = [name for name in WAYS if name in known.factors or name == RECOVERY]
    main_way, asked = offered[0], request.form.get("with") or request.query.get("with", "")
    way = asked if asked in offered else main_way
    shown_with = {way, FactorKind.PASSKEY} if way == FactorKind.APP else {way}
    return page(
        request,
        "auth/code.html",
        status=status,
        dealer=request.remembered_dealer,
        email=found.person.email,
        has_passkey=FactorKind.PASSKEY in offered,
        way=way,
        main_way=main_way,
        sends=_sends(found, known),
        is_sent=known.sent is not None and known.sent.kind == way,
        replaces=known.sent is not None and known.sent.kind != way,
        wait=known.sent.seconds_to_wait(known.sent.kind, request.now) if known.sent else 0,
        errors=errors,
        message=message,
        wanted=wanted,
        remember="remember_browser" in request.form,
        others=[
            (str(WAYS[name]), _address("" if name == main_way else name, wanted))
            for name in offered
            if name not in shown_with
        ],
        start_again=redirects.log_in_path(request.remembered_dealer),
    )


def _too_many(request: Request, error: TooManyError) -> Response:
    log_refusal(request, error)
    response = _form_again(request, {}, status=429, message=error.message)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def _sends(found: WaitingLogin, known: SecondStepChoices) -> dict[str, Sends]:
    made = {}
    if FactorKind.EMAIL in known.factors:
        to, patience = masked_email(found.person.email), _("It can take a minute. Check your spam folder too.")
        made[FactorKind.EMAIL.value] = Sends(_("Get a code by email"), to, patience)
    if FactorKind.SMS in known.factors:
        to = masked_number(address_of(_IDENTITY, found.person, FactorKind.SMS))
        made[FactorKind.SMS.value] = Sends(_("Get a code by text message"), to, _("It can take a minute."))
    return made


def _address(way: str, wanted: str) -> str:
    query = {**({"with": way} if way else {}), **({"next": wanted} if wanted else {})}
    return f"{PATH}?{urlencode(query, safe='/')}" if query else PATH


def _ended(request: Request) -> Response:
    path = redirects.log_in_path(request.remembered_dealer, done="late")
    return cookies.clear_cookie(redirect(path), cookies.PENDING_LOGIN)
