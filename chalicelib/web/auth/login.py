"""Log in, log out, Forgot Password. Known and unknown people get the same answers (threat 5)."""

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer
from chalicelib.http import cookies
from chalicelib.http.access import Permission
from chalicelib.http.request import Request
from chalicelib.http.responses import is_local_path, page, redirect
from chalicelib.http.routing import Pages
from chalicelib.identity import operations, queries, recovery
from chalicelib.identity.model import Kind, Membership
from chalicelib.identity.operations import LoggedIn, Visitor
from chalicelib.kernel import i18n
from chalicelib.kernel.errors import InvalidError, NotFoundError, UnauthenticatedError
from chalicelib.kernel.scopes import DoorScope, IdentityScope, TenantScope
from chalicelib.web.auth import redirects

pages = Pages(__name__)

DONE = {
    "completed": "Your password is saved. Log in to finish.",
    "reset": "Your new password is saved. Log in with it.",
    "out": "You are logged out.",
}
_IDENTITY = IdentityScope()


@pages.get("/login", Permission.VISITOR)
def login(request: Request) -> Response:
    """The log in page, or onwards for somebody who is logged in."""
    return redirects.onwards(request) if request.session else _form(request, None)


@pages.get("/d/{slug}", Permission.VISITOR)
def dealer_door(request: Request) -> Response:
    """A dealer's own address."""
    return login_at_dealer(request)


@pages.get("/d/{slug}/login", Permission.VISITOR)
def login_at_dealer(request: Request) -> Response:
    """The log in page with the dealer's name and colours."""
    return redirects.onwards(request) if request.session else _form(request, dealer_at(request))


@pages.post("/login", Permission.VISITOR)
def log_in(request: Request) -> Response:
    """Start a session."""
    return _log_in(request, None)


@pages.post("/d/{slug}/login", Permission.VISITOR)
def log_in_at_dealer(request: Request) -> Response:
    """Start a session at a dealer's door."""
    return _log_in(request, dealer_at(request))


@pages.post("/logout", Permission.PERSON)
def log_out(request: Request) -> Response:
    """End the session, and back to the door it came from."""
    dealer = request.dealer
    if request.session:
        operations.log_out(_IDENTITY, session=request.session, now=request.now, ids=request.services.ids)
    return cookies.clear_session(redirect(f"/d/{dealer.slug}/login?done=out" if dealer else "/login?done=out"))


@pages.get("/forgot", Permission.VISITOR)
def forgot(request: Request) -> Response:
    """Asks for the email."""
    return page(request, "auth/forgot.html", errors={}, email="")


@pages.post("/forgot", Permission.VISITOR)
def ask_for_reset(request: Request) -> Response:
    """Queue the mail; what the page says tells nobody who has an account."""
    email = request.form.get("email", "")
    try:
        recovery.request_reset(
            _IDENTITY, email=email, address=request.address, now=request.now, ids=request.services.ids
        )
    except InvalidError as error:
        return page(request, "auth/forgot.html", status=422, errors=error.fields, email=email)
    request.services.notify_outbox(_IDENTITY)
    return page(request, "auth/forgot_sent.html")


@pages.get("/reset/{token}", Permission.VISITOR)
def reset(request: Request) -> Response:
    """Asks for a new password. Looking uses nothing up: mail scanners open links."""
    try:
        return _reset_form(request, queries.reset_email(_IDENTITY, request.params["token"], request.now), {})
    except NotFoundError:
        return redirects.link_ended(request, "/forgot", "Ask for a new link")


@pages.post("/reset/{token}", Permission.VISITOR)
def set_password(request: Request) -> Response:
    """Use the link up."""
    try:
        recovery.reset_password(
            _IDENTITY,
            secret=request.params["token"],
            password=request.form.get("password", ""),
            address=request.address,
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        email = queries.reset_email(_IDENTITY, request.params["token"], request.now)
        return _reset_form(request, email, error.fields, status=422)
    except NotFoundError:
        return redirects.link_ended(request, "/forgot", "Ask for a new link")
    request.services.notify_outbox(_IDENTITY)
    return cookies.clear_session(redirect("/login?done=reset"))


def dealer_at(request: Request) -> Dealer:
    """The dealer whose address this is; the texts are in its language from here on. Raises NotFoundError."""
    dealer_id = dealers.by_slug(DoorScope(), request.params["slug"])
    if dealer_id is None:
        raise NotFoundError
    dealer = request.services.dealer_of(TenantScope(dealer_id))
    i18n.activate(dealer.locale)
    return dealer


def visitor(request: Request) -> Visitor:
    """Where this request comes from."""
    return Visitor(request.address, request.header("user-agent"), request.cookies.get(cookies.SESSION))


def welcome(request: Request, logged_in: LoggedIn, wanted: str = "") -> Response:
    """Give the browser its session, tell the dealer's side of a first login, and go where the person wanted."""
    if not all(membership.active for membership in logged_in.memberships):
        request.services.notify_outbox(_IDENTITY, at_once=True)
    path = destination(logged_in.session.membership, wanted)
    return cookies.clear_cookie(cookies.set_session(redirect(path), logged_in.secret), cookies.DOOR)


def destination(membership: Membership | None, wanted: str = "") -> str:
    """`wanted` if it is a page of ours and of this kind of person, else home (threat 18)."""
    if membership is None:
        return "/accounts"
    for_staff = wanted == "/staff" or wanted.startswith(("/staff/", "/staff?"))
    fits = for_staff == (membership.kind is Kind.STAFF)
    return wanted if fits and is_local_path(wanted) else redirects.home(membership)


def _log_in(request: Request, dealer: Dealer | None) -> Response:
    form = request.form
    errors = {
        name: text
        for name, text in (("email", "Enter your email address"), ("password", "Enter your password"))
        if not form.get(name)
    }
    if errors:
        return _form(request, dealer, status=422, errors=errors)
    try:
        logged_in = operations.log_in(
            _IDENTITY,
            email=form["email"],
            password=form["password"],
            visitor=visitor(request),
            dealer_id=dealer.dealer_id if dealer else None,
            now=request.now,
            ids=request.services.ids,
        )
    except UnauthenticatedError as error:
        return _form(request, dealer, status=401, message=error.message)
    return welcome(request, logged_in, form.get("next", ""))


def _form(
    request: Request,
    dealer: Dealer | None,
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
