"""Log in, log out, Forgot Password. Known and unknown people get the same answers (threat 5)."""

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import PublicDealer
from chalicelib.http import cookies
from chalicelib.http.access import LOGGED_IN, VISITOR
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import operations, queries, recovery
from chalicelib.identity.model import ClientInfo
from chalicelib.identity.operations import LoggedIn
from chalicelib.kernel import i18n
from chalicelib.kernel.errors import InvalidError, NotFoundError, UnauthenticatedError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.scopes import IdentityScope, PublicLookupScope
from chalicelib.observability import bind_also
from chalicelib.web.auth import redirects
from chalicelib.web.auth.guessable_words import guessable_words

routes = Routes(__name__)

DONE = {
    "completed": lazy_gettext("Your password is saved. Log in to finish."),
    "reset": lazy_gettext("Your new password is saved. Log in with it."),
    "out": lazy_gettext("You are logged out."),
}
_IDENTITY = IdentityScope()


@routes.get("/login", VISITOR)
def login(request: Request) -> Response:
    """The log in page; somebody who is logged in is led past it."""
    return redirects.redirect_if_logged_in(request) or _form(request, None)


@routes.get("/d/{slug}", VISITOR)
def dealer_root(request: Request) -> Response:
    """A dealer's own address."""
    return login_at_dealer(request)


@routes.get("/d/{slug}/login", VISITOR)
def login_at_dealer(request: Request) -> Response:
    """The log in page with the dealer's name and colours."""
    return redirects.redirect_if_logged_in(request) or _form(request, _dealer_at(request))


@routes.post("/login", VISITOR)
def log_in(request: Request) -> Response:
    """Start a session."""
    return _log_in(request, None)


@routes.post("/d/{slug}/login", VISITOR)
def log_in_at_dealer(request: Request) -> Response:
    """Start a session at a dealer's address."""
    return _log_in(request, _dealer_at(request))


# Tested control: logout-by-post
@routes.post("/logout", LOGGED_IN)
def log_out(request: Request) -> Response:
    """End the session, and back to the log in page it came from."""
    dealer = request.dealer
    if request.session:
        operations.log_out(_IDENTITY, session=request.session, now=request.now, ids=request.services.ids)
    return cookies.clear_session(redirect(f"/d/{dealer.slug}/login?done=out" if dealer else "/login?done=out"))


@routes.get("/forgot", VISITOR)
def forgot(request: Request) -> Response:
    """Asks for the email."""
    return page(request, "auth/forgot.html", errors={}, email="")


@routes.post("/forgot", VISITOR)
def ask_for_reset(request: Request) -> Response:
    """Queue the mail; what the page says tells nobody who has an account."""
    email = request.form.get("email", "")
    try:
        recovery.request_reset(
            _IDENTITY, email=email, client=client_info(request), now=request.now, ids=request.services.ids
        )
    except InvalidError as error:
        return page(request, "auth/forgot.html", status=422, errors=error.fields, email=email)
    request.services.notify_outbox(_IDENTITY)
    # Tested control: reset-link-only-by-mail
    return page(request, "auth/forgot_sent.html")


@routes.get("/reset/{token}", VISITOR)
def reset(request: Request) -> Response:
    """Asks for a new password. Looking uses nothing up: mail scanners open links."""
    try:
        return _reset_form(request, queries.reset_email(_IDENTITY, request.params["token"], request.now), {})
    except NotFoundError:
        return redirects.expired_link_page(request, "/forgot", _("Ask for a new link"))


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
        email = queries.reset_email(_IDENTITY, request.params["token"], request.now)
        return _reset_form(request, email, error.fields, status=422)
    except NotFoundError:
        return redirects.expired_link_page(request, "/forgot", _("Ask for a new link"))
    request.services.notify_outbox(_IDENTITY)
    return cookies.set_devices(cookies.clear_session(redirect("/login?done=reset")), done.devices)


def client_info(request: Request) -> ClientInfo:
    """Where this request comes from."""
    sent = request.cookies
    return ClientInfo(
        request.address,
        request.header("user-agent"),
        sent.get(cookies.SESSION),
        cookies.devices(sent.get(cookies.DEVICE, "")),
    )


def welcome(request: Request, logged_in: LoggedIn, wanted: str = "") -> Response:
    """Give the browser its session, record a first login on the dealer's side, and go where the person wanted."""
    if not all(membership.active for membership in logged_in.memberships):
        request.services.notify_outbox(_IDENTITY, at_once=True)
    path = redirects.destination(request, logged_in.session.membership, wanted)
    response = cookies.set_devices(cookies.set_session(redirect(path), logged_in.secret), logged_in.devices)
    return cookies.clear_cookie(response, cookies.CSRF)


def _dealer_at(request: Request) -> PublicDealer:
    """The dealer whose address this is; the texts are in its language from here on. Raises NotFoundError."""
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
        return _form(request, dealer, status=422, errors=errors)
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
        return _form(request, dealer, status=401, message=error.message)
    return welcome(request, logged_in, form.get("next", ""))


def _form(
    request: Request,
    dealer: PublicDealer | None,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    message: str = "",
) -> Response:
    return page(
        request,
        "auth/login.html",
        status=status,
        dealer=dealer,
        action=f"/d/{dealer.slug}/login" if dealer else "/login",
        errors=errors or {},
        message=message,
        email=request.form.get("email", ""),
        wanted=request.form.get("next") or request.query.get("next", ""),
        done=DONE.get(request.query.get("done", ""), ""),
    )


def _reset_form(request: Request, email: str, errors: dict[str, str], *, status: int = 200) -> Response:
    return page(request, "auth/reset.html", status=status, email=email, errors=errors)
