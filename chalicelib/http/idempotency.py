"""A form that makes something counts once, however often it is sent: each is rendered with a token of its own."""

from collections.abc import Callable
from hashlib import sha256

from chalice.app import Response

from chalicelib.http import cookies
from chalicelib.http.request import Request
from chalicelib.http.responses import redirect
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import CustomerScope, DealerScope
from chalicelib.store import form_results
from chalicelib.store.form_results import FormResult

FIELD = "form_id"
"""The hidden field; `parts/form.html` has its macro."""


def form_id(request: Request) -> str:
    """The token of the form, or an empty text where it has none. Raises InvalidError for what no form of ours holds."""
    token = request.form.get(FIELD, "")
    if token and not cookies.is_secret(token):
        raise InvalidError(_("This form cannot be used. Reload the page and try again."))
    return token


def once(request: Request, act: Callable[[], FormResult]) -> Response:
    """Do what the form asks for and go where `act` says; the same form sent again goes there too and does nothing.

    What counts as the same form is its token and all that it sends. Without a token it is acted on each time. Raises
    InvalidError for a token that is none.
    """
    if not form_id(request):
        return _answer(act())
    scope, form = request.scope, _name(request)
    if not isinstance(scope, DealerScope | CustomerScope):
        raise TypeError("a form that counts once is sent by a member")
    # Tested control: form-counts-once
    if not form_results.claim(scope, person_id=scope.person_id, form=form, now=request.now):
        return _again(form_results.result(scope, person_id=scope.person_id, form=form))
    try:
        result = act()
    except BaseException:
        form_results.release(scope, person_id=scope.person_id, form=form, now=request.now)
        raise
    form_results.keep(scope, person_id=scope.person_id, form=form, now=request.now, result=result)
    return _answer(result)


def _again(result: FormResult | None) -> Response:
    if result is None:
        raise ConflictError(_("This was sent a moment ago. Reload the page to see what came of it."))
    return _answer(result)


def _answer(result: FormResult) -> Response:
    return redirect(result.path, flash=result.flash, failed=result.failed)


def _name(request: Request) -> str:
    return sha256(request.path.encode() + b"\n" + request.body).hexdigest()
