"""A blueprint on which no route can forget its access, its CSRF check, its error pages or its headers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import services
from chalicelib.http import authorization, csrf, errors, headers, responses
from chalicelib.http.access import Access, Audience
from chalicelib.http.request import SAFE_METHODS, Request
from chalicelib.kernel import i18n
from chalicelib.kernel.errors import PortalError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.observability import bind, bind_also

View = Callable[[Request], Response]
ANY_TYPE = ["*/*"]
"""Chalice would answer another type by itself: past CloudFront, without our headers, and with no event in the log."""


class Routes(Blueprint):
    """`@routes.get("/transactions", CUSTOMER_INVOICES)` and `@routes.post(...)` over `view(request) -> Response`."""

    def get(self, path: str, access: Access) -> Callable[[View], View]:
        """GET and HEAD: changes nothing, but may note that somebody has read something."""
        return self._declare(path, access, methods=["GET", "HEAD"])

    def post(self, path: str, access: Access) -> Callable[[View], View]:
        """POST of a form or of JSON, with its CSRF token."""
        return self._declare(path, access, methods=["POST"])

    def route(self, path: str, **_: Any) -> Callable[..., Any]:
        """Not this way: a route declares its access."""
        raise TypeError(f"{path}: declare it with get() or post() and an Access")

    def _declare(self, path: str, access: Access, **options: Any) -> Callable[[View], View]:
        if not isinstance(access, Access):
            raise TypeError(f"{path}: {access!r} is not an Access")

        def declare(view: View) -> View:
            super(Routes, self).route(path, content_types=ANY_TYPE, **options)(self._entry_point(view, access))
            return view

        return declare

    def _entry_point(self, view: View, access: Access) -> Callable[..., Response]:
        @wraps(view)
        def entry_point(**params: str) -> Response:
            request = Request(self.current_request, params, access, services.current())
            with i18n.activated(lambda: request.fmt.locale):  # called at the first text, when the dealer is read anyway
                return dispatch(view, request)

        entry_point.access = access  # type: ignore[attr-defined]  # read by the route matrix
        return entry_point


def dispatch(view: View, request: Request) -> Response:
    """What the caller gets: the view's response, or the page of the error that it met."""
    bind(request_id=request.id, route=request.raw.path, method=request.method)
    if authorization.bypasses_cloudfront(request):
        return headers.protect(errors.bypassed_cloudfront(request), request.access, request.services.settings)
    try:
        authorization.authorize(request)
        if isinstance(request.scope, TenantScope):
            bind_also(dealer=request.scope.dealer_id)
        if request.method not in SAFE_METHODS and request.access.audience is not Audience.WEBHOOK:
            request.require_readable()  # a webhook's body is as its sender writes it
        csrf.check(request)
        response = view(request)
    except PortalError as error:
        response = _error_page(request, error)
    except Exception:  # noqa: BLE001 - chalice would turn it into a JSON 500 before any middleware sees it
        response = errors.unexpected(request)
    if request.method == "HEAD":
        response.body = b"" if isinstance(response.body, bytes) else ""
    response = responses.told_to_script(request, response)
    return headers.protect(response, request.access, request.services.settings)


def _error_page(request: Request, error: PortalError) -> Response:
    try:
        return errors.expected(request, error)
    except Exception:  # noqa: BLE001 - a defect met while showing an expected error
        return errors.unexpected(request)
