"""Login, logout, Forgot Password. Known and unknown people get the same answers (threat 5)."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import IDLE, PublicDealer
from chalicelib.http import cookies
from chalicelib.http.access import LOGGED_IN, VISITOR
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.return_path import return_path
from chalicelib.http.routing import Routes
from chalicelib.identity import bounces, operations, own_sessions, queries, recovery
from chalicelib.identity.model import ClientInfo, PasswordToReset
from chalicelib.identity.operations import LoggedIn
from chalicelib.identity.pending_logins import ENDED, SecondStepError
from chalicelib.kernel import i18n
from chalicelib.kernel.errors import InvalidError, NotFoundError, UnauthenticatedError
from chalicelib.kernel.i18n import Text, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope, PublicLookupScope
from chalicelib.observability import bind_also
from chalicelib.web.auth import redirects, user_name
from chalicelib.web.auth.guessable_words import guessable_words
from chalicelib.web.auth.shown_profile import with_profile

routes = Routes(__name__)


class Notice(NamedTuple):
    """Why somebody sees the login page. `done`: something they asked for was done."""

    text: Text
    done: bool = True


DONE = {
    "completed": Notice(lazy_gettext("Your password is saved. Log in to finish.")),
    "reset": Notice(lazy_gettext("Your new password is saved. Log in with it.")),
    "email": Notice(lazy_gettext("Your new email address is confirmed. Log in with it.")),
    "out": Notice(lazy_gettext("You are logged out.")),
    "late": Notice(ENDED, done=False),
    "unsent": Notice(lazy_gettext("You were logged out, so nothing was sent. Log in and try again."), done=False),
}
IDLE_TOO_LONG = {
    "ended": lazy_gettext(
        "You were logged out: %(minutes)s minutes went by, or your password or access changed. Log in to continue."
    ),
    "file": lazy_gettext(
        "You were logged out: %(minutes)s minutes went by, or your password or access changed. Nothing was downloaded. "
        "Log in and download it again."
    ),
}
"""The minutes are those of the dealer whose page it is."""
WANTED = Notice(lazy_gettext("Log in to continue to the page that you asked for."), done=False)
_IDENTITY = IdentityScope()


@routes.get("/login", VISITOR)
def login(request: Request) -> Response:
    """The login page; somebody who is logged in is led past it."""
    return redirects.redirect_if_logged_in(request) or login_form(request, request.remembered_dealer)


@routes.get("/d/{slug}/login", VISITOR)
def login_at_dealer(request: Request) -> Response:
    """The login page with the dealer's name and colours."""
    return redirects.redirect_if_logged_in(request) or login_form(request, dealer_at(request))


@routes.post("/login", VISITOR)
def log_in(request: Request) -> Response:
    """Start a session."""
    return _log_in(request, None)


@routes.post("/d/{slug}/login", VISITOR)
def log_in_at_dealer(request: Request) -> Response:
    """Start a session at a dealer's address."""
    return _log_in(request, dealer_at(request))


# Tested control: logout-by-post
@routes.post("/logout", LOGGED_IN)
def log_out(request: Request) -> Response:
    """End the session, and back to the login page it came from."""
    dealer = request.dealer
    if request.session:
        own_sessions.log_out(_IDENTITY, session=request.session, now=request.now, ids=request.services.ids)
    return cookies.clear_session(redirect(redirects.log_in_path(dealer, done="out")))


@routes.get("/forgot", VISITOR)
def forgot(request: Request) -> Response:
    """Asks for the email."""
    return _forgot_form(request, request.remembered_dealer)


@routes.get("/d/{slug}/forgot", VISITOR)
def forgot_at_dealer(request: Request) -> Response:
    """The same with the dealer's name and colours."""
    return _forgot_form(request, dealer_at(request))


@routes.post("/forgot", VISITOR)
def ask_for_reset(request: Request) -> Response:
    """Queue the mail; what the page says tells nobody who has an account."""
    return _ask_for_reset(request, None)


@routes.post("/d/{slug}/forgot", VISITOR)
def ask_for_reset_at_dealer(request: Request) -> Response:
    """The same at a dealer's address: the mail and its link are the dealer's, if the person is known there."""
    return _ask_for_reset(request, dealer_at(request))


@routes.get("/reset/{token}", VISITOR)
def reset(request: Request) -> Response:
    """Asks for a new password. Looking uses nothing up: mail scanners open links."""
    try:
        return _reset_form(request, queries.password_to_reset(_IDENTITY, request.params["token"], request.now), {})
    except NotFoundError:
        return _expired(request)


@routes.post("/reset/{token}", VISITOR)
def set_password(request: Request) -> Response:
    """Use the link up."""
    try:
        done = recovery.reset_password(
            _IDENTITY,
            secret=request.params["token"],
            password=request.form.get("password", ""),
            context=guessable_words,
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        wanted = queries.password_to_reset(_IDENTITY, request.params["token"], request.now)
        return _reset_form(request, wanted, error.fields, status=422)
    except NotFoundError:
        return _expired(request)
    request.services.notify_outbox(_IDENTITY)
    path = redirects.log_in_path(request.remembered_dealer, done="reset")
    response = user_name.prefill(cookies.clear_session(redirect(path)), done.email)
    return cookies.set_devices(response, done.devices)


def client_info(request: Request) -> ClientInfo:
    """Where this request comes from."""
    sent = request.cookies
    return ClientInfo(
        request.address,
        request.header("user-agent"),
        sent.get(cookies.SESSION),
        cookies.devices(sent.get(cookies.DEVICE, "")),
        trusted_secrets=cookies.devices(sent.get(cookies.TRUSTED, "")),
    )


def welcome(request: Request, logged_in: LoggedIn, wanted: str = "") -> Response:
    """Give the browser its session, record a first login on the dealer's side, and go where the person wanted."""
    if not all(membership.active for membership in logged_in.memberships):
        request.services.notify_outbox(_IDENTITY, at_once=True)
    if logged_in.is_notified:
        request.services.notify_outbox(_IDENTITY)
    path = redirects.destination(request, logged_in.session.membership, wanted, person_id=logged_in.session.person_id)
    undelivered = bounces.take(_IDENTITY, logged_in.session.person_id)
    flash = (
        _("We could not deliver our email to %(email)s. Check that the address is right.", email=undelivered.email)
        if undelivered
        else ""
    )
    going = redirect(path, flash=flash, failed=bool(undelivered))
    response = cookies.set_devices(cookies.set_session(going, logged_in.secret), logged_in.devices)
    if logged_in.trusted_secrets is not None:
        cookies.set_trusted(response, logged_in.trusted_secrets)
    return cookies.clear_cookie(with_profile(response, request, logged_in.session), cookies.CSRF)


def to_second_step(request: Request, waiting: SecondStepError, wanted: str = "") -> Response:
    """The password was right: the browser keeps the login that waits, and is asked for the second factor."""
    if waiting.is_sent:
        request.services.notify_outbox(_IDENTITY)
    path = f"/login/code?{urlencode({'next': wanted}, safe='/')}" if wanted else "/login/code"
    return cookies.set_pending_login(redirect(path), waiting.secret)


def dealer_at(request: Request) -> PublicDealer:
    """The dealer whose address this is; the texts are in its language from here on.

    Raises NotFoundError, and SuspendedError.
    """
    dealer = dealers.public_dealer_at(PublicLookupScope(), request.params["slug"])
    i18n.activate(dealer.locale)
    bind_also(dealer=dealer.dealer_id)
    return dealer


def _log_in(request: Request, dealer: PublicDealer | None) -> Response:
    form = request.form
    errors = {
        name: text
        for name, text in (("email", _("Enter your email address")), ("password", _("Enter your password")))
        if not form.get(name)
    }
    if errors:
        return login_form(request, dealer, status=422, errors=errors)
    try:
        logged_in = operations.log_in(
            _IDENTITY,
            email=form["email"],
            password=form["password"],
            client=client_info(request),
            dealer_id=dealer.dealer_id if dealer else None,
            now=request.now,
            ids=request.services.ids,
        )
    except UnauthenticatedError as error:
        return login_form(request, dealer, status=401, errors={"email": error.message, "password": error.message})
    except SecondStepError as waiting:
        response = to_second_step(request, waiting, return_path(form.get("next", "")))
    else:
        response = welcome(request, logged_in, form.get("next", ""))
    return user_name.settle(response, form["email"].strip(), keep="remember" in form)


def login_form(
    request: Request,
    dealer: PublicDealer | None,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    message: str = "",
) -> Response:
    """The login page; `message` says why it is shown again where no field is to blame."""
    known = user_name.known(request)
    wanted = return_path(request.form.get("next") or request.query.get("next", ""))
    return page(
        request,
        "auth/login.html",
        status=status,
        dealer=dealer,
        action=redirects.log_in_path(dealer),
        forgot=redirects.forgot_path(dealer),
        errors=errors or {},
        message=message,
        refused=status == 401 and not message,  # noqa: PLR2004 - unauthenticated
        email=request.form.get("email") or known.text,
        remember="remember" in request.form if request.form else known.kept,
        wanted=wanted,
        notice=_notice(request.query.get("done", ""), dealer) or (WANTED if wanted else None),
    )


def _notice(done: str, dealer: PublicDealer | None) -> Notice | None:
    if done in IDLE_TOO_LONG:
        return Notice(str(IDLE_TOO_LONG[done]) % {"minutes": dealer.idle if dealer else IDLE}, done=False)
    return DONE.get(done)


def _ask_for_reset(request: Request, dealer: PublicDealer | None) -> Response:
    email = request.form.get("email", "")
    try:
        recovery.request_reset(
            _IDENTITY,
            email=email,
            client=client_info(request),
            dealer_id=dealer.dealer_id if dealer else None,
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _forgot_form(request, dealer, status=422, errors=error.fields, email=email)
    request.services.notify_outbox(_IDENTITY)
    shown = {"email": email.strip(), "again": redirects.forgot_path(dealer), **_dealers_look(request, dealer)}
    # Tested control: reset-link-only-by-mail
    return page(request, "auth/forgot_sent.html", **shown)


def _forgot_form(
    request: Request,
    dealer: PublicDealer | None,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    email: str = "",
) -> Response:
    return page(
        request,
        "auth/forgot.html",
        status=status,
        errors=errors or {},
        email=email or user_name.known(request).text,
        action=redirects.forgot_path(dealer),
        **_dealers_look(request, dealer),
    )


def _dealers_look(request: Request, dealer: PublicDealer | None) -> dict[str, Any]:
    shown = dealer or request.remembered_dealer
    return {"dealer": shown, "log_in_path": redirects.log_in_path(shown)}


def _reset_form(request: Request, wanted: PasswordToReset, errors: dict[str, str], *, status: int = 200) -> Response:
    back = redirects.log_in_path(request.remembered_dealer)
    return page(request, "auth/reset.html", status=status, wanted=wanted, errors=errors, log_in_path=back)


def _expired(request: Request) -> Response:
    path = redirects.forgot_path(request.remembered_dealer)
    return redirects.expired_link_page(request, path, _("Ask for a new link"))
