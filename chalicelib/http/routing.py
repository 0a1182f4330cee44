"""A blueprint on which no route can forget its permission, its CSRF check, its error pages or its headers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import services
from chalicelib.http import authorization, csrf, errors, headers
from chalicelib.http.access import Permission
from chalicelib.http.request import Request
from chalicelib.kernel import i18n
from chalicelib.kernel.errors import PortalError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.observability import bind, bind_also

View = Callable[[Request], Response]
POSTED = ["application/x-www-form-urlencoded", "application/json"]


class Pages(Blueprint):
    """`@pages.get("/transactions", Permission.CUSTOMER)` and `@pages.post(...)` over `view(request) -> Response`."""

    def get(self, path: str, permission: Permission) -> Callable[[View], View]:
        """GET and HEAD: changes nothing."""
        return self._declare(path, permission, methods=["GET", "HEAD"])

    def post(self, path: str, permission: Permission) -> Callable[[View], View]:
        """POST of a form or of JSON, with its CSRF token."""
        return self._declare(path, permission, methods=["POST"], content_types=POSTED)

    def route(self, path: str, **_: Any) -> Callable[..., Any]:
        """Not this way: a route declares its permission."""
        raise TypeError(f"{path}: declare it with get() or post() and a Permission")

    def _declare(self, path: str, permission: Permission, **options: Any) -> Callable[[View], View]:
        if permission not in set(Permission):
            raise TypeError(f"{path}: {permission!r} is not a Permission")

        def declare(view: View) -> View:
            super(Pages, self).route(path, **options)(self._entrance(view, permission))
            return view

        return declare

    def _entrance(self, view: View, permission: Permission) -> Callable[..., Response]:
        @wraps(view)
        def entrance(**params: str) -> Response:
            request = Request(self.current_request, params, permission, services.current())
            with i18n.activated(lambda: request.fmt.locale):  # called at the first text, when the dealer is read anyway
                return answer(view, request)

        entrance.permission = permission  # type: ignore[attr-defined]  # read by the route matrix
        return entrance


def answer(view: View, request: Request) -> Response:
    """What the caller gets: the view's response, or the page of the error that it met."""
    bind(request_id=request.id, route=request.raw.path, method=request.method)
    try:
        authorization.admit(request)
        if isinstance(request.scope, TenantScope):
            bind_also(dealer=request.scope.dealer_id)
        csrf.check(request)
        response = view(request)
    except PortalError as error:
        response = _error_page(request, error)
    except Exception:  # noqa: BLE001 - chalice would turn it into a JSON 500 before any middleware sees it
        response = errors.unexpected(request)
    if request.method == "HEAD":
        response.body = ""
    return headers.protect(response, request.permission, request.services.settings)


def _error_page(request: Request, error: PortalError) -> Response:
    try:
        return errors.expected(request, error)
    except Exception:  # noqa: BLE001 - a defect met while showing an expected error
        return errors.unexpected(request)
