"""API keys for the dealer's upload clients, each shown once, and how to use them."""

from chalice.app import Response

from chalicelib.http.access import STAFF_ADMIN
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import api_keys, queries
from chalicelib.identity.model import ApiKey
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope

routes = Routes(__name__)

HOME = "/staff/imports/api-keys"


@routes.get(HOME, STAFF_ADMIN)
def keys(request: Request) -> Response:
    """The keys, and the command that sends exports."""
    return _page(request)


@routes.get("/staff/imports/agent", STAFF_ADMIN)
def former_address(_: Request) -> Response:
    """For bookmarks."""
    return redirect(HOME)


@routes.post(HOME, STAFF_ADMIN)
def create(request: Request) -> Response:
    """A new key. This answer is the only one that holds it."""
    try:
        # Tested control: api-key-field-allow-list
        secret, key = api_keys.create_api_key(
            IdentityScope(),
            dealer=request.dealer_scope,
            name=request.form.get("name", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _page(request, status=422, errors=error.fields, name=request.form.get("name", ""))
    return _page(request, secret=secret, made=key)


@routes.post(f"{HOME}/{{key}}/revoke", STAFF_ADMIN)
def revoke(request: Request) -> Response:
    """End a key at once."""
    api_keys.revoke_api_key(
        IdentityScope(),
        dealer=request.dealer_scope,
        key_id=request.params["key"],
        now=request.now,
        ids=request.services.ids,
    )
    return redirect(HOME, flash=_("The key is revoked. A program that still uses it is turned away."))


def _page(
    request: Request,
    *,
    status: int = 200,
    secret: str = "",
    made: ApiKey | None = None,
    errors: dict[str, str] | None = None,
    name: str = "",
) -> Response:
    keys = queries.api_keys(IdentityScope(), request.dealer_scope.dealer_id)
    return page(
        request,
        "staff/api_keys.html",
        status=status,
        keys=[key for key in keys if key.revoked_at is None],
        secret=secret,
        made=made,
        errors=errors or {},
        name=name,
        portal=request.services.settings.base_url,
        code=request.dealer.code if request.dealer else "",
    )
