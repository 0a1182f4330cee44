"""Expected errors become their status and a plain page; a defect is logged loudly under the id that its page shows."""

from typing import Any
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.customers.impersonation.model import ViewEndedError
from chalicelib.dealers.suspension import SuspendedError
from chalicelib.http import cookies, responses
from chalicelib.http.access import Audience
from chalicelib.http.authorization import (
    KeptFromError,
    ModuleOffError,
    NoMembershipError,
    SecondFactorMissingError,
    ShortPasswordError,
    WrongAudienceError,
)
from chalicelib.http.csrf import CsrfError
from chalicelib.http.request import SAFE_METHODS, Request
from chalicelib.http.return_path import is_file, return_path
from chalicelib.http.start_page import LOG_IN, LOG_OUT, SWITCHER, start_page
from chalicelib.identity.model import Session, canonical_email
from chalicelib.kernel.areas import ALL_AREAS
from chalicelib.kernel.errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PortalError,
    TooLargeError,
    TooManyError,
    UnauthenticatedError,
    UnsupportedMediaTypeError,
)
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.ledger.access import AccountShutError
from chalicelib.observability import Refusal, logger, refused
from chalicelib.tasks.queries import OpenCount

STATUS: dict[type[PortalError], int] = {
    UnauthenticatedError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    TooLargeError: 413,
    UnsupportedMediaTypeError: 415,
    InvalidError: 422,
    TooManyError: 429,
    BusyError: 503,
}
_PAGES = frozenset({403, 404, 409, 422, 429, 500, 503})
"""Statuses with a page of their own, templates/errors/<status>.html."""
RELOAD = lazy_gettext("Reload the page")
OPEN_ACCOUNT = lazy_gettext("Open the account")
GENERIC_ERROR = lazy_gettext("Something went wrong on our side. Nothing has changed.")


BYPASSED = lazy_gettext("Open the portal at its own address")


def bypassed_cloudfront(request: Request) -> Response:
    """The answer to a call past CloudFront, in plain words: a page would read the session, and touch it."""
    refused(Refusal.BYPASSED_CLOUDFRONT, address=request.connection_address)
    return Response(BYPASSED.message, {"Content-Type": "text/plain; charset=utf-8"}, 403)


def expected(request: Request, error: PortalError) -> Response:
    """The answer to an error that the domain foresaw. A refusal is logged."""
    log_refusal(request, error)
    if not request.access.is_machine:
        if isinstance(error, UnauthenticatedError):
            return _log_in(request)
        if isinstance(error, NoMembershipError):
            return _go(request, SWITCHER.path)
        if isinstance(error, SecondFactorMissingError):
            return _go(request, "/account/security?due=factor")
        if isinstance(error, ShortPasswordError):
            return _go(request, "/account/password?due=longer")
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)
    response = _answer(request, status, error.message, error)
    if isinstance(error, TooManyError):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def log_refusal(request: Request, error: PortalError) -> None:
    """An event, if this error turns somebody away. For views too that show such an error on a page of their own."""
    why = _refusal(request, error)
    # Tested control: refusal-logged
    if why:
        refused(why, email=_email(request), address=request.address, dealer=_dealer_id(request))


def unexpected(request: Request) -> Response:
    """The answer to a defect. The log has the id, the route and the stack; the page has the id."""
    logger.exception("request.failed")
    try:
        return _answer(request, 500, str(GENERIC_ERROR))
    except Exception:  # noqa: BLE001 - the page itself may be what is broken
        logger.exception("request.error_page_failed")
        return Response(f"{GENERIC_ERROR.message} {request.id}", {"Content-Type": "text/plain; charset=utf-8"}, 500)


def _log_in(request: Request) -> Response:
    """To the login page, which says what did not happen and leads back to the page that the reader was on.

    A script's call leaves the cookie: the page that follows has yet to say that there was a session.
    """
    had_session = cookies.SESSION in request.cookies
    response = _go(request, _log_in_path(request, had_session=had_session))
    by_script = request.htmx or request.header("sec-fetch-mode") not in {"", "navigate"}
    return cookies.clear_session(response) if had_session and not by_script else response


def _log_in_path(request: Request, *, had_session: bool) -> str:
    if request.path == LOG_OUT:  # it is what they wanted
        return f"{LOG_IN.path}?done=out"
    sent = request.method not in SAFE_METHODS
    page = return_path(request.sent_from if sent else request.here())
    done = "unsent" if sent else "" if not had_session else "file" if is_file(request.path) else "ended"
    query = {"done": done, "next": page}
    kept = {name: value for name, value in query.items() if value}
    return f"{LOG_IN.path}?{urlencode(kept, safe='/')}" if kept else LOG_IN.path


def _go(request: Request, path: str) -> Response:
    if request.htmx:  # htmx would swap the other page into this one
        return Response("", {"HX-Redirect": path}, 401)
    return responses.redirect(path)


def _answer(request: Request, status: int, message: str, error: PortalError | None = None) -> Response:
    if request.access.is_machine or request.htmx or "application/json" in request.header("accept"):
        fields = error.fields if isinstance(error, InvalidError) else {}
        coded = {"code": error.code} if error and error.code else {}
        return responses.json({**coded, "message": message, "fields": fields, "id": request.id}, status=status)
    if isinstance(error, SuspendedError):
        return responses.page(request, "errors/suspended.html", status=status, message=message, dealer=None)
    if isinstance(error, AccountShutError):
        return responses.page(request, "errors/account_shut.html", status=status, message=message)
    if isinstance(error, ViewEndedError):
        return responses.page(
            request,
            "errors/view_ended.html",
            status=status,
            layout=_layout(request),
            message=message,
            home=(f"/staff/accounts/{error.account_link}", OPEN_ACCOUNT),
        )
    known = status if status in _PAGES else 422
    expired = isinstance(error, CsrfError)
    back = request.sent_from if expired else ""
    areas = request.scope.areas if isinstance(request.scope, CustomerScope) else ALL_AREAS
    return responses.page(
        request,
        "errors/page_expired.html" if expired else f"errors/{known}.html",
        status=status,
        layout=_layout(request),
        open_tasks=lambda: OpenCount(0, 0),  # the store may be what has failed
        unread_conversations=lambda: 0,
        also_seen=lambda: None,
        message=message,
        request_id=request.id,
        areas=lambda: areas,
        home=(back, RELOAD) if responses.is_local_path(back) else start_page(request.session, request.dealer, areas),
    )


def _kind(request: Request) -> str:
    membership = request.session.membership if request.session else None
    return str(membership.kind) if membership else ""


def _layout(request: Request) -> str:
    return {"customer": "layout/customer.html", "staff": "layout/staff.html"}.get(_kind(request), "layout/auth.html")


def _refusal(request: Request, error: PortalError) -> Refusal | None:
    """Why this error counts as a refusal, if it does: having to log in does not, nor does a typing error."""
    match error:
        case CsrfError():
            return error.why
        case SuspendedError() | ViewEndedError():  # their people come by, and none of them is to blame
            return None
        case UnauthenticatedError():
            return _MACHINES.get(request.access.audience)
        case NotFoundError() if type(error) not in _REFUSALS:
            return Refusal.NOT_FOUND if _names_something(request) else None
    return next((_REFUSALS[kind] for kind in type(error).__mro__ if kind in _REFUSALS), None)


_REFUSALS: dict[type, Refusal] = {
    ForbiddenError: Refusal.ROLE,
    KeptFromError: Refusal.ROLE,
    ModuleOffError: Refusal.MODULE,
    TooLargeError: Refusal.SIZE,
    TooManyError: Refusal.LIMIT,
    UnsupportedMediaTypeError: Refusal.MEDIA_TYPE,
    WrongAudienceError: Refusal.AUDIENCE,
}
_MACHINES = {Audience.API_KEY: Refusal.API_KEY, Audience.WEBHOOK: Refusal.WEBHOOK}


def _names_something(request: Request) -> bool:
    """Whether the address, the query or the body may hold the id of what was not found."""
    return bool(request.params or request.query or _read(request, "form_all") or _read(request, "json"))


def _read(request: Request, name: str) -> Any:
    """What the request holds under this name, if it was read before: a refusal reads nothing more."""
    return vars(request).get(name)


def _email(request: Request) -> str:
    session: Session | None = _read(request, "session")
    typed = (_read(request, "form") or {}).get("email", "")
    return session.email if session else canonical_email(typed) if typed else ""


def _dealer_id(request: Request) -> str:
    if isinstance(request.scope, TenantScope):
        return request.scope.dealer_id
    session: Session | None = _read(request, "session")
    return session.membership.dealer_id if session and session.membership else ""
