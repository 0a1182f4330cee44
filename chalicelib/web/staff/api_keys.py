"""API keys for the dealer's upload clients, each shown once, and how to use them."""

from chalice.app import Response

from chalicelib.http import cookies
from chalicelib.http.access import STAFF_ADMIN
from chalicelib.http.idempotency import form_id
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import api_keys, queries
from chalicelib.identity.model import ApiKey
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.web.staff.confirm import confirm_page

routes = Routes(__name__)

HOME = "/staff/imports/api-keys"
KEY_FILE = "{key}"
_IDENTITY = IdentityScope()


@routes.get(HOME, STAFF_ADMIN)
def keys(request: Request) -> Response:
    """The keys, and the command that sends exports. A key that was just made is shown, once."""
    form = request.cookies.get(cookies.NEW_KEY, "")
    if not cookies.is_secret(form) or request.method == "HEAD":  # which shows nothing
        return _page(request)
    token = _token(request, form)
    made = api_keys.show_key_of_form(_IDENTITY, dealer=request.dealer_scope, token=token, now=request.now)
    return cookies.clear_cookie(_page(request, made=made), cookies.NEW_KEY)


@routes.get("/staff/imports/agent", STAFF_ADMIN)
def former_address(_: Request) -> Response:
    """For bookmarks."""
    return redirect(HOME)


@routes.post(HOME, STAFF_ADMIN)
def create(request: Request) -> Response:
    """A new key, which the page that follows shows. The same form sent again makes no other."""
    form = form_id(request) or request.services.ids.secret()
    try:
        # Tested control: api-key-field-allow-list
        api_keys.create_api_key(
            _IDENTITY,
            dealer=request.dealer_scope,
            name=request.form.get("name", ""),
            token=_token(request, form),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _page(request, status=422, errors=error.fields, name=request.form.get("name", ""))
    return cookies.set_cookie(redirect(HOME), cookies.NEW_KEY, form)


@routes.get(f"{HOME}/{{key}}/revoke", STAFF_ADMIN)
def ask_to_revoke(request: Request) -> Response:
    """Asks once more, for browsers without scripts."""
    keys = queries.api_keys(_IDENTITY, request.dealer_scope.dealer_id)
    key = next((key for key in keys if key.key_id == request.params["key"]), None)
    if key is None:
        raise NotFoundError
    if key.revoked_at is not None:
        return _revoked_before()
    return confirm_page(request, *_revoking(key), back=HOME)


@routes.post(f"{HOME}/{{key}}/revoke", STAFF_ADMIN)
def revoke(request: Request) -> Response:
    """End a key at once."""
    try:
        api_keys.revoke_api_key(
            _IDENTITY,
            dealer=request.dealer_scope,
            key_id=request.params["key"],
            now=request.now,
            ids=request.services.ids,
        )
    except ConflictError:
        return _revoked_before()
    return redirect(HOME, flash=_("The key is revoked. A program that still uses it will be rejected."))


def _revoked_before() -> Response:
    return redirect(HOME, flash=_("This key has been revoked already. Nothing has changed."), failed=True)


def _revoking(key: ApiKey) -> tuple[str, str, str]:
    """Question, consequences and button."""
    label = _("Revoke %(name)s", name=key.name)
    return _("Revoke %(name)s?", name=key.name), _("Anything that uses this key can no longer send exports."), label


def _token(request: Request, form: str) -> str:
    return api_keys.form_token(request.cookies.get(cookies.SESSION, ""), form)


def _page(
    request: Request,
    *,
    status: int = 200,
    made: tuple[str, ApiKey] | None = None,
    errors: dict[str, str] | None = None,
    name: str = "",
) -> Response:
    keys = queries.api_keys(_IDENTITY, request.dealer_scope.dealer_id)
    bundle = f"ccx_{request.dealer.code if request.dealer else ''}_20261121T061200Z_00000412.zip"
    return page(
        request,
        "staff/api_keys.html",
        status=status,
        keys=[key for key in keys if key.revoked_at is None],
        secret=made[0] if made else "",
        made=made[1] if made else None,
        revoking=_revoking,
        errors=errors or {},
        name=name,
        commands=_commands("--portal", request.services.settings.base_url, "--key-file", KEY_FILE, bundle),
        checks=_commands("--check", bundle, prefix="check-"),
    )


def _commands(*arguments: str, prefix: str = "") -> list[tuple[str, str, str]]:
    """Label, id and text of a command for each kind of computer; KEY_FILE stands for the place of the key there."""
    kinds = (
        (_("Windows"), "windows", "py", r"C:\ccx\key.txt"),
        (_("Linux and macOS"), "unix", "python3", "/etc/ccx.key"),
    )
    return [
        (label, prefix + id_, " ".join((python, "upload.pyz", *arguments)).replace(KEY_FILE, key))
        for label, id_, python, key in kinds
    ]
