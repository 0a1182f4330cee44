"""A customer's thread as staff see it: they answer, note, close, reopen and assign."""

from collections.abc import Callable, Mapping
from functools import partial

from chalice.app import Response

from chalicelib.customers import queries as customers
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.dealership_users.queries import staff_labels
from chalicelib.http.access import STAFF_MESSAGES
from chalicelib.http.idempotency import once
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import from_link_part, is_portal_customer
from chalicelib.messages import attachments, operations, queries, staff_operations
from chalicelib.messages.model import MAX_TEXT, Conversation, Side, Thread
from chalicelib.messages.recipients import queries as recipients
from chalicelib.profiles import queries as profiles
from chalicelib.store.form_results import FormResult
from chalicelib.web import attachments as files
from chalicelib.web.attachments import Place
from chalicelib.web.presenters import messages as words
from chalicelib.web.presenters.messages import Writer
from chalicelib.web.presenters.tasks import ME, NOBODY

routes = Routes(__name__)

THREAD = "/staff/messages/{account}/{thread}"


@routes.get(THREAD, STAFF_MESSAGES)
def thread(request: Request) -> Response:
    """What was written, oldest first, notes among it, and the form to answer."""
    return _page(request)


@routes.post(THREAD, STAFF_MESSAGES)
def answer(request: Request) -> Response:
    """Answer the customer. The same form sent again counts once."""
    return _said(request, _answer)


@routes.post(THREAD + "/note", STAFF_MESSAGES)
def note(request: Request) -> Response:
    """Keep a note among colleagues. The same form sent again counts once."""
    return _said(request, _note)


@routes.post(THREAD + "/close", STAFF_MESSAGES)
def close(request: Request) -> Response:
    """Nothing is left to answer."""
    return _changed(request, partial(staff_operations.close, seen=request.form.get("seen", "")), _("Closed"))


@routes.post(THREAD + "/reopen", STAFF_MESSAGES)
def reopen(request: Request) -> Response:
    """There is something to answer after all."""
    return _changed(request, staff_operations.reopen, _("Reopened, and back on the to-do list"))


@routes.post(THREAD + "/assign", STAFF_MESSAGES)
def assign(request: Request) -> Response:
    """A member of the staff answers it, or nobody in particular."""
    chosen = request.form.get("to", "")
    to = {ME: request.dealer_scope.person_id, NOBODY: None}.get(chosen, chosen)
    done = _("Unassigned") if chosen == NOBODY else _("Assigned")
    return _changed(request, partial(staff_operations.assign, to=to), done)


@routes.post(THREAD + "/hand-over", STAFF_MESSAGES)
def hand_to(request: Request) -> Response:
    """It goes to another person or group from now on."""
    to = request.form.get("recipient", "")
    answered = _changed(request, partial(staff_operations.hand_to, to=to), _("Handed over"))
    request.services.notify_outbox(request.dealer_scope)  # whom it is for now is mailed
    return answered


def _changed(request: Request, change: Callable[..., object], done: str) -> Response:
    """Back on the conversation with `done`, or with why it cannot be."""
    now, ids = request.now, request.services.ids
    try:
        change(request.dealer_scope, ref=_ref(request), thread_id=request.params["thread"], now=now, ids=ids)
    except (ConflictError, InvalidError) as error:
        return redirect(_address(request), flash=error.message, failed=True)
    return redirect(_address(request), flash=done)


def _place(request: Request) -> Place:
    found = queries.thread(request.dealer_scope, ref=_ref(request), thread_id=request.params["thread"])
    return _place_of(request, found)


files.declare(routes, THREAD, STAFF_MESSAGES, _place)


def _place_of(request: Request, found: Thread) -> Place:
    is_present = current_era(request.dealer_scope, found.account_ref) == found.era
    return Place(attachments.owner_of(found), _address(request), found.subject, is_present)


def _said(request: Request, act: Callable[[Request], FormResult]) -> Response:
    try:
        return once(request, lambda: act(request))
    except InvalidError as error:
        if not error.fields:
            raise
        return _page(request, status=422, errors=error.fields)


def _answer(request: Request) -> FormResult:
    scope = request.dealer_scope
    try:
        _thread, number = staff_operations.answer(
            scope,
            ref=_ref(request),
            thread_id=request.params["thread"],
            text=request.form.get("text", ""),
            seen=request.form.get("seen", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except ConflictError as error:  # what was typed stays
        raise InvalidError(error.message, {"text": error.message}) from error
    request.services.notify_outbox(scope)
    notified = request.fmt.plural(number, "%(num)s person is notified by email", "%(num)s people are notified by email")
    return FormResult(_address(request), _("Sent. %(notified)s.", notified=notified) if number else _("Sent"))


def _note(request: Request) -> FormResult:
    try:
        staff_operations.add_note(
            request.dealer_scope,
            ref=_ref(request),
            thread_id=request.params["thread"],
            text=request.form.get("text", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except ConflictError as error:
        raise InvalidError(error.message, {"text": error.message}) from error
    return FormResult(_address(request), _("Note added"))


def _page(request: Request, *, status: int = 200, errors: Mapping[str, str] | None = None) -> Response:
    scope, ref = request.dealer_scope, _ref(request)
    found = queries.conversation(scope, ref=ref, thread_id=request.params["thread"])
    labels = staff_labels(scope)
    names = _names(request, found, labels)
    assignee = queries.assignee(scope, found.thread)
    addressing = recipients.addressing(scope)
    addressees = words.addressees(addressing, labels)
    addressed = addressing.resolved(found.thread.to)
    is_account = not is_portal_customer(ref)
    place = _place_of(request, found.thread)
    colleague, somebody = _("A former colleague"), _("Somebody who no longer has access")
    if request.is_looked_at:
        operations.note_reading(scope, found, now=request.now)
    return page(
        request,
        "staff/thread.html",
        status=status,
        address=_address(request),
        thread=found.thread,
        lines=words.lines(found.entries, scope.person_id, names, {Side.STAFF: colleague, Side.CUSTOMER: somebody}),
        read=words.readings(found, Side.CUSTOMER, names, somebody, reader_id=scope.person_id),
        seen_by=words.readings(found, Side.STAFF, names, colleague, reader_id=scope.person_id),
        is_former=not place.takes_files,
        account=ref if is_account else "",
        account_page=f"/staff/accounts/{request.params['account']}" if is_account else "",
        assignee=assignee if assignee in labels else None,
        people=sorted(labels.items(), key=lambda one: one[1].casefold()),
        recipients=[("", _("Nobody in particular")), *addressees.items()],
        recipient=addressed.value if addressed else "",
        addressed=addressees.get(addressed.value, "") if addressed else "",
        text=request.form.get("text", ""),
        errors=errors or {},
        max_text=MAX_TEXT,
        words=words,
        **files.attachments(request, place, words.file_ids(found)),
    )


def _names(request: Request, found: Conversation, labels: Mapping[str, str]) -> dict[str, Writer]:
    """Customers by name and email, colleagues as other pages call them."""
    scope, thread = request.dealer_scope, found.thread
    users = customers.users_of_account(scope, thread.account_ref, thread.era)
    named = profiles.named(scope, [user.person_id for user in users]) if users else {}
    customers_named = {
        user.person_id: Writer(named[user.person_id].name, user.email)
        if user.person_id in named and named[user.person_id].name
        else Writer(user.email)
        for user in users
    }
    return {**customers_named, **{person: Writer(label) for person, label in labels.items()}}


def _ref(request: Request) -> str:
    return from_link_part(request.params["account"])


def _address(request: Request) -> str:
    return f"/staff/messages/{request.params['account']}/{request.params['thread']}"
