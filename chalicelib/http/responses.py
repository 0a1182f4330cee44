"""What a view may answer: a page, a redirect within the portal, a file, JSON, or the way to a presigned link."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from json import dumps
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from chalice.app import Response

from chalicelib.customers.impersonation.model import Impersonation, ViewEndedError
from chalicelib.dealers.model import Dealer, PublicDealer
from chalicelib.http import cookies
from chalicelib.http.access import Audience
from chalicelib.http.csrf import mask
from chalicelib.http.header_profile import avatar
from chalicelib.http.request import Request
from chalicelib.http.start_page import viewed_start_path
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.areas import ALL_AREAS, Area
from chalicelib.kernel.errors import PortalError
from chalicelib.kernel.scopes import CustomerScope, DealerScope
from chalicelib.tasks.queries import OpenCount
from chalicelib.uploads.model import sender_ref

TEXTUAL = re.compile(r"text/|application/json")
_CHANGES = re.compile(r'<form\b(?=[^>]* method="post")(?![^>]* action="(?:/logout|/staff/))')
_FAILED = "!"
"""Begins the flash of something that was not done; no text that is quoted does."""
_RELATIVE = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


class AlsoSeen(NamedTuple):
    """As which customer a member of staff sees the portal beside the page of their own, and where that goes on."""

    impersonation: Impersonation
    path: str


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """A page from templates/`template`, with what `_always` gives to each."""
    body = request.services.render(template, {**_always(request), **context})
    if request.impersonation:
        body = _inert_forms(body)
    response = Response(body, {"Content-Type": "text/html; charset=utf-8"}, status)
    _remember_dealer(request, response, context.get("dealer", request.brand))
    if request.new_csrf:
        cookies.set_cookie(response, cookies.CSRF, request.new_csrf)
    if cookies.FLASH in request.cookies:
        cookies.clear_cookie(response, cookies.FLASH)
    return response


def _inert_forms(body: str) -> str:
    """Of a page that is only looked at: no form that changes something can be reached, but for the ways out."""
    return _CHANGES.sub(lambda found: " ".join((found[0], "inert")), body)


def flash_of(request: Request) -> tuple[str, bool]:
    """What the page before has done, and whether it failed: said once."""
    flash = request.cookies.get(cookies.FLASH, "")
    return unquote(flash.removeprefix(_FAILED)), flash.startswith(_FAILED)


def _always(request: Request) -> dict[str, Any]:
    flash, failed = flash_of(request)
    return {
        "fmt": request.fmt,
        "dealer": request.brand,
        "person": request.person,
        "avatar": avatar(request),
        "impersonation": request.impersonation,
        "csrf": mask(request.csrf, request.services.ids.secret()),
        "form_id": request.services.ids.secret,
        "path": request.path,
        "here": request.here,
        "form_page": _form_page(request),
        "now": request.now,
        "htmx": request.htmx,
        "unread_alerts": lambda: _unread_alerts(request),
        "unread_conversations": lambda: _unread_conversations(request),
        "areas": lambda: reached_areas(request),
        "open_tasks": lambda: _open_tasks(request),
        "also_seen": lambda: _also_seen(request),
        "flash": flash,
        "flash_failed": failed,
        "preview": None,  # of a look that is not saved yet: chalicelib/web/staff/brand_preview.py
    }


def _form_page(request: Request) -> str:
    """Of the answer to a form, the page that the form is on: an address that can be opened again."""
    if request.method != "POST":
        return ""
    sent_from = request.sent_from
    if sent_from or request.access.audience is not Audience.VISITOR:
        return sent_from if is_local_path(sent_from) else ""
    # Those pages send no referrer. Each form goes to its own page, and the passkey's button stands on that of the form.
    return request.path.removesuffix("/passkey")


def _unread_alerts(request: Request) -> int:
    """What the bell of a customer's page counts; 0 on the pages of their login, which are of no account."""
    if not isinstance(request.scope, CustomerScope):
        return 0
    return request.services.unread_alerts(request.scope, request.services.dealer_of(request.scope).modules)


def _unread_conversations(request: Request) -> int:
    """What the menu of a customer counts at Messages."""
    # Not the membership's account: who is limited to others of its group does not reach it.
    scope = request.scope
    if not isinstance(scope, CustomerScope) or (ref := sender_ref(scope)) is None:
        return 0
    return request.services.unread_conversations(scope, ref)


def reached_areas(request: Request) -> frozenset[Area]:
    """Those that the reader is given of the account; on the pages of their login they are read for it."""
    if isinstance(request.scope, CustomerScope):
        return request.scope.areas
    session = request.person
    return areas_of(request, session.person_id, session.membership) if session else ALL_AREAS


def areas_of(request: Request, person_id: str, membership: Membership | None) -> frozenset[Area]:
    """Those that somebody is given who acts for this account, or is about to."""
    if membership is None or membership.kind is not MembershipKind.CUSTOMER:
        return ALL_AREAS
    try:
        return request.services.customer_scope_of(person_id, membership).areas
    except PortalError:  # of an account that is shut: each of its pages says so
        return ALL_AREAS


def _open_tasks(request: Request) -> OpenCount:
    """What the sidebar of staff counts; asked for by their layout alone."""
    return request.services.open_tasks(request.scope) if isinstance(request.scope, DealerScope) else OpenCount(0, 0)


def _also_seen(request: Request) -> AlsoSeen | None:
    """For the layout of staff, whose own pages stay theirs while they see the portal as a customer."""
    session, scope = request.session, request.scope
    if session is None or not isinstance(scope, DealerScope):
        return None
    try:
        found = request.services.impersonation_of(scope, session.session_id, request.now)
    except ViewEndedError:
        return None
    return AlsoSeen(found, viewed_start_path(found, request.dealer)) if found else None


def _remember_dealer(request: Request, response: Response, shown: Dealer | PublicDealer | None) -> None:
    if shown and request.cookies.get(cookies.DEALER) != shown.slug:
        cookies.set_lasting_cookie(response, cookies.DEALER, shown.slug)


def is_local_path(path: str) -> bool:
    """Whether a browser stays in the portal when it goes there: one slash, no backslash, no control characters."""
    # Tested control: redirect-local-only
    return bool(_RELATIVE.fullmatch(path))


def redirect(path: str, *, flash: str = "", failed: bool = False) -> Response:
    """303 to a path of the portal, where a toast says `flash`: something was done, or `failed`.

    Raises ValueError for any other address.
    """
    if not is_local_path(path):
        msg = f"not a path of the portal: {path!r}"
        raise ValueError(msg)
    response = Response("", {"Location": path}, 303)
    text = f"{_FAILED if failed else ''}{quote(flash, safe='')}"
    return cookies.set_cookie(response, cookies.FLASH, text) if flash else response


def go_to(request: Request, path: str, *, flash: str = "") -> Response:
    """The same for a page that htmx asks for: it would swap the other page into this one."""
    response = redirect(path, flash=flash)
    if request.htmx:
        response.status_code = 200
        kept = {name: value for name, value in response.headers.items() if value != path}
        response.headers = {**kept, "HX-Redirect": path}
    return response


def told_to_script(request: Request, response: Response) -> Response:
    """A redirect as a script reads it that sends a form and stays on the page if the connection is lost (js/submit.js).

    It could not see where a 303 leads without following it, and the page there would say its flash to nobody.
    """
    if request.header("x-sent-by-script") != "true" or response.status_code != HTTPStatus.SEE_OTHER:
        return response
    path = response.headers["Location"]
    if isinstance(path, str) and is_local_path(path):
        del response.headers["Location"]
        response.headers["HX-Redirect"] = path
        response.status_code = HTTPStatus.OK
    return response


def see_other_external(url: str) -> Response:
    """303 to a presigned link that the store has made."""
    if urlsplit(url).scheme not in {"https", "http"}:
        msg = "not a web address"
        raise ValueError(msg)
    return Response("", {"Location": url, "Referrer-Policy": "no-referrer"}, 303)


def download(content: bytes, filename: str, content_type: str) -> Response:
    """A file that the browser saves as `filename`. Text is sent as text; for the rest API Gateway wants base64."""
    # Tested control: download-file-name
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", filename)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
    body: str | bytes = content.decode() if TEXTUAL.match(content_type) else content
    return Response(body, {"Content-Type": content_type, "Content-Disposition": disposition})


def json(data: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON for upload clients and for the page's own scripts."""
    return Response(dumps(data), {"Content-Type": "application/json", **(headers or {})}, status)
