"""A person's passkeys: add one, name it, remove it."""

from typing import Any

from chalice.app import Response

from chalicelib.http.access import LOGGED_IN
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import repo as identity
from chalicelib.identity.factors import FactorChange
from chalicelib.identity.model import FactorKind
from chalicelib.identity.passkeys import operations, queries
from chalicelib.identity.passkeys.model import MAX_NAME, MAX_PASSKEYS, relying_party
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.rendering.user_agents import browser_name
from chalicelib.web.auth import redirects
from chalicelib.web.auth.code_field import code_field, send_if_asked
from chalicelib.web.auth.login import client_info
from chalicelib.web.auth.security import factors_changed

routes = Routes(__name__)
_IDENTITY = IdentityScope()
_LIST = "/account/passkeys"


@routes.get("/account/passkeys", LOGGED_IN)
def passkeys(request: Request) -> Response:
    """The list, and the form that adds one."""
    return _list(request)


@routes.post("/account/passkeys", LOGGED_IN)
def begin(request: Request) -> Response:
    """The name and the password are right: a page on which the browser makes the passkey."""
    again = send_if_asked(request, _add_again)
    if again:
        return again
    session = request.own_session
    name = request.form.get("name", "")
    try:
        options = operations.begin_creation(
            _IDENTITY,
            party=relying_party(request.services.settings.base_url),
            session=session,
            name=name,
            current_password=request.form.get("current_password", ""),
            code=request.form.get("code", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _list(request, status=422, errors=error.fields, name=name)
    return page(request, "auth/passkey_new.html", options=options, name=" ".join(name.split()))


@routes.post("/account/passkeys/new", LOGGED_IN)
def finish(request: Request) -> Response:
    """Keep the passkey that the browser has made."""
    try:
        made, change = operations.finish_creation(
            _IDENTITY,
            party=relying_party(request.services.settings.base_url),
            session=request.own_session,
            response=request.form.get("credential", ""),
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _list(request, status=422, message=error.message)
    message = _("The passkey “%(name)s” has been added", name=made.name)
    return _changed(request, change, message)


@routes.get("/account/passkeys/{passkey}", LOGGED_IN)
def passkey(request: Request) -> Response:
    """One of them: its name, and the way to remove it."""
    return _one(request)


@routes.post("/account/passkeys/{passkey}", LOGGED_IN)
def rename(request: Request) -> Response:
    """Give it another name."""
    try:
        operations.rename_passkey(
            _IDENTITY,
            session=request.own_session,
            passkey_id=request.params["passkey"],
            name=request.form.get("name", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _one(request, status=422, errors=error.fields)
    return redirect(_LIST, flash=_("The name is saved"))


@routes.post("/account/passkeys/{passkey}/remove", LOGGED_IN)
def remove(request: Request) -> Response:
    """From now on it logs nobody in."""
    again = send_if_asked(request, _remove_again)
    if again:
        return again
    try:
        removed, change = operations.remove_passkey(
            _IDENTITY,
            session=request.own_session,
            passkey_id=request.params["passkey"],
            current_password=request.form.get("current_password", ""),
            code=request.form.get("code", ""),
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _one(request, status=422, errors=error.fields)
    message = _("The passkey “%(name)s” has been removed, and other browsers are logged out", name=removed.name)
    return _changed(request, change, message)


def _list(request: Request, *, status: int = 200, **shown: Any) -> Response:
    session = request.own_session
    found = queries.passkeys(_IDENTITY, session.person_id)
    person = identity.person(_IDENTITY, session.person_id)
    context = {"errors": {}, "message": "", "name": browser_name(request.header("user-agent")), **shown}
    return page(
        request,
        "auth/passkeys.html",
        status=status,
        passkeys=found,
        is_full=len(found) >= MAX_PASSKEYS,
        max_passkeys=MAX_PASSKEYS,
        asks_code=person is not None and queries.creation_asks_code(person),
        code=code_field(request),
        reset_at=person.reset_at if person else None,
        is_factor=person is not None and FactorKind.PASSKEY in person.factors,
        max_name=MAX_NAME,
        back=redirects.back_to_profile(request),
        **context,
    )


def _add_again(request: Request, errors: dict[str, str], *, status: int = 200) -> Response:
    return _list(request, status=status, errors=errors, name=request.form.get("name", ""))


def _remove_again(request: Request, errors: dict[str, str], *, status: int = 200) -> Response:
    return _one(request, status=status, errors=errors)


def _one(request: Request, *, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    session = request.own_session
    found = queries.own_passkey(_IDENTITY, session, request.params["passkey"])
    person = identity.person(_IDENTITY, session.person_id)
    is_last = person and queries.is_last_of_factor(person, queries.passkeys(_IDENTITY, session.person_id))
    return page(
        request,
        "auth/passkey.html",
        status=status,
        passkey=found,
        name=request.form.get("name", found.name),
        errors=errors or {},
        max_name=MAX_NAME,
        asks_code=bool(is_last),
        code=code_field(request),
    )


def _changed(request: Request, change: FactorChange | None, message: str) -> Response:
    """`change`: where the first or the last passkey makes or ends a second factor."""
    if change:
        return factors_changed(request, change, message, _LIST)
    request.services.notify_outbox(_IDENTITY)
    return redirect(_LIST, flash=message)
