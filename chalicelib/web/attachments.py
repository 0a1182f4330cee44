"""Files of a thread or a dispute, for either side: announced, taken to the storage, fetched; what is on its way."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.http.access import Access
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import CustomerScope, DealerScope, IdentityScope
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.uploads import attaching
from chalicelib.uploads.attached_file import MAX_ATTACHED_BYTES, Owner
from chalicelib.uploads.operations import MAX_NAME, file_forms
from chalicelib.uploads.queries import file_link
from chalicelib.web.presenters import files as words

ATTACHED = Limit("attached.person", 60, DAY)


@dataclass(frozen=True, slots=True)
class Place:
    """What the files are of, as the caller has read it: its page, what that is called, whether it takes files."""

    owner: Owner
    home: str
    title: str
    takes_files: bool = True


def declare(routes: Routes, path: str, access: Access, place_of: Callable[[Request], Place]) -> None:
    """The routes of the files of what is shown at `path`. `place_of` raises NotFoundError for who may not see it."""

    @routes.post(path + "/files", access)
    def attach(request: Request) -> Response:
        return _begin(request, place_of(request))

    @routes.get(path + "/files/{attachment}/send", access)
    def send_file(request: Request) -> Response:
        return _send(request, place_of(request))

    @routes.get(path + "/files/{attachment}", access)
    def file(request: Request) -> Response:
        return _download(request, place_of(request))


def _begin(request: Request, place: Place) -> Response:
    """Announce one file; its own page has the form that takes it to the storage. The script knows its `name`."""
    scope = _scope(request)
    try:
        _require_open(place)
        # Tested control: attachments-limited
        rate_limits.consume(
            IdentityScope(), (Attempt(ATTACHED, f"{scope.dealer_id}\n{scope.person_id}"),), now=request.now
        )
        file = attaching.begin_attachment(
            scope,
            place.owner,
            name=request.form.get("name", ""),
            maximum=dealers.dealer(scope).daily_files,
            now=request.now,
            ids=request.services.ids,
        )
    except ConflictError as error:
        if request.htmx:  # the script, which shows the message beside the file
            raise
        return redirect(place.home, flash=error.message, failed=True)
    return redirect(f"{place.home}/files/{file.file_id}/send")


def _send(request: Request, place: Place) -> Response:
    """The form that takes an announced file to the storage, which sends the browser back. The script reads it too."""
    scope = _scope(request)
    file = attaching.attachment(scope, place.owner, request.params["attachment"])
    if not file.can_be_sent(scope.person_id, request.now):
        return redirect(place.home)
    forms = file_forms(scope, file, success_url=f"{request.services.settings.base_url}{place.home}?sent=1")
    return page(
        request,
        "send_attachment.html",
        layout="layout/staff.html" if isinstance(scope, DealerScope) else "layout/customer.html",
        file=file,
        place=place,
        **words.storage_form(forms, file.max_bytes),
    )


def _download(request: Request, place: Place) -> Response:
    """The way to a file that was accepted, as a download and for a minute."""
    scope = _scope(request)
    file = attaching.attachment(scope, place.owner, request.params["attachment"])
    return see_other_external(file_link(scope, file, file_name=words.attached_name(file)))


def attachments(request: Request, place: Place, added: Iterable[str]) -> dict[str, Any]:
    """For the page of the thread or dispute: the form, and what of the reader's is on its way."""
    scope = _scope(request)
    waiting = attaching.on_their_way(scope, place.owner, added=set(added), now=request.now)
    return {
        "attaching": {
            "place": place,
            "waiting": waiting,
            "watched": words.is_awaited(waiting, request.now),
            "sendable": {file.file_id for file in waiting if file.can_be_sent(scope.person_id, request.now)},
            "sent": whole_number(request.query.get("sent", "")) or 0,
            "max_bytes": MAX_ATTACHED_BYTES,
            "max_name": MAX_NAME,
            "most": attaching.MAX_AT_ONCE,
            "asked": request.query.get("files") == "1",
            "words": words,
        }
    }


def first_files(request: Request) -> dict[str, Any]:
    """For a form that begins a thread or a dispute: how many files may follow it, and whether some are to."""
    return {
        "max_bytes": MAX_ATTACHED_BYTES,
        "most": attaching.MAX_AT_ONCE,
        "adds_files": request.form.get("files") == "yes",
    }


def begun_at(request: Request, home: str) -> str:
    """Where such a form goes on to: the page of what it has begun, which asks for files where it said that some follow.

    Without scripts it says so; the script sends them itself.
    """
    return f"{home}?files=1#attaching" if request.form.get("files") == "yes" else home


def _require_open(place: Place) -> None:
    # Tested control: files-of-what-is-open
    if not place.takes_files:
        raise ConflictError(_("This is closed. No files can be added to it."))


def _scope(request: Request) -> CustomerScope | DealerScope:
    return request.dealer_scope if isinstance(request.scope, DealerScope) else request.customer_scope
