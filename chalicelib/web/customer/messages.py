"""Messages: a customer asks, about a transaction or nothing in particular, and reads what the dealer answers."""

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.customers import queries as customers
from chalicelib.customers.group_scopes import group_accounts, scope_of
from chalicelib.dealers.model import Module
from chalicelib.http.access import CUSTOMER_MESSAGES, CUSTOMER_QUESTION
from chalicelib.http.idempotency import once
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import is_portal_customer
from chalicelib.kernel.scopes import CustomerScope, IdentityScope
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.messages import attachments, operations, queries
from chalicelib.messages.model import MAX_SUBJECT, MAX_TEXT, About, Conversation, NewQuestion, Side, Thread
from chalicelib.messages.recipients import queries as recipients
from chalicelib.profiles import queries as profiles
from chalicelib.store.form_results import FormResult
from chalicelib.web import attachments as files
from chalicelib.web.attachments import Place
from chalicelib.web.customer.account_page import account_ref
from chalicelib.web.customer.invoices import find_row
from chalicelib.web.presenters import messages as words
from chalicelib.web.presenters.messages import Writer

routes = Routes(__name__)

HOME = "/messages"
THREAD = HOME + "/{thread}"
ASK = "/invoices/{account}/{kind}/{transaction}/ask"
WRITTEN = Limit("message.person", 60, DAY)
PAGE = 25
MAX_SEARCH_LENGTH = 100
MAX_ID_LENGTH = 26


@routes.get(HOME, CUSTOMER_MESSAGES)
def messages(request: Request) -> Response:
    """The account's threads, what was written last first; `page` of those of this `state` with `q` in the subject.

    They are the newest 200 begun; those before are at the address that has `before`. Of a group they are those of all
    accounts, or of the one that `account` names.
    """
    scope, before = request.customer_scope, request.query.get("before", "")[:MAX_ID_LENGTH]
    accounts = group_accounts(scope) if queries.has_group(scope) else []
    chosen = request.query.get("account", "") if accounts else ""
    if chosen and chosen not in {one.ref for one in accounts}:
        raise NotFoundError
    if accounts and not chosen:
        read = queries.group_threads(scope, [one.ref for one in accounts])
    else:
        read = queries.some_own_threads(scope_of(scope, chosen) if chosen else scope, before=before)
    everything = read.threads
    text, state = request.query.get("q", "").strip()[:MAX_SEARCH_LENGTH], request.query.get("state", "")
    state = state if state in words.OWN_STATES else ""
    found = [one for one in everything if words.is_in_state(one, state) and words.is_about(one.thread, text)]
    pages = max(1, -(-len(found) // PAGE))
    number = min(whole_number(request.query.get("page", "")) or 1, pages)
    return page(
        request,
        "customer/messages.html",
        threads=found[(number - 1) * PAGE : number * PAGE],
        accounts=accounts,
        chosen_account=chosen,
        names={one.ref: one.name for one in accounts},
        is_cut=read.is_cut,
        is_empty=not (everything or before or chosen),
        older=read.older,
        before=before,
        found=len(found),
        state=state,
        states=list(words.OWN_STATES.items()),
        text=text,
        first=(number - 1) * PAGE + 1,
        number=number,
        pages=pages,
        words=words,
    )


@routes.get(f"{HOME}/new", CUSTOMER_MESSAGES)
def new(request: Request) -> Response:
    """The form of a question about nothing in particular."""
    return _form(request, request.customer_scope, None, _view(request))


@routes.post(f"{HOME}/new", CUSTOMER_MESSAGES)
def ask(request: Request) -> Response:
    """Ask it. The same form sent again counts once."""
    return _asked(request, request.customer_scope, None, _view(request))


@routes.get(ASK, CUSTOMER_QUESTION)
def about_transaction(request: Request) -> Response:
    """The form of a question about a transaction, with its name as the subject."""
    scope, view, about = _about(request)
    return _form(request, scope, about, view)


@routes.post(ASK, CUSTOMER_QUESTION)
def ask_about_transaction(request: Request) -> Response:
    """Ask it. The same form sent again counts once."""
    scope, view, about = _about(request)
    return _asked(request, scope, about, view)


@routes.get(THREAD, CUSTOMER_MESSAGES)
def thread(request: Request) -> Response:
    """What was written, oldest first, and the form to write more."""
    return _thread_page(request)


@routes.post(THREAD, CUSTOMER_MESSAGES)
def write(request: Request) -> Response:
    """Write more, which opens a closed one. The same form sent again counts once."""
    try:
        return once(request, lambda: _write(request))
    except InvalidError as error:
        if not error.fields:
            raise
        return _thread_page(request, status=422, errors=error.fields)


@routes.post(THREAD + "/close", CUSTOMER_MESSAGES)
def close(request: Request) -> Response:
    """No answer is needed any more."""
    operations.close(
        request.customer_scope, thread_id=request.params["thread"], now=request.now, ids=request.services.ids
    )
    return redirect(_address(request), flash=_("Closed"))


def _place(request: Request) -> Place:
    return _place_of(queries.own_thread(request.customer_scope, request.params["thread"]))


files.declare(routes, THREAD, CUSTOMER_MESSAGES, _place)


def _place_of(found: Thread) -> Place:
    return Place(attachments.owner_of(found), f"{HOME}/{found.thread_id}", found.subject)


def _write(request: Request) -> FormResult:
    scope, thread_id = request.customer_scope, request.params["thread"]
    queries.own_thread(scope, thread_id)  # what is not theirs costs nobody an attempt
    _count(request)
    try:
        operations.write(
            scope, thread_id=thread_id, text=request.form.get("text", ""), now=request.now, ids=request.services.ids
        )
    except ConflictError as error:
        raise InvalidError(error.message, {"text": error.message}) from error
    request.services.notify_outbox(scope)
    return FormResult(_address(request), _("Sent"))


def _asked(request: Request, scope: CustomerScope, about: About | None, view: AccountView | None) -> Response:
    try:
        return once(request, lambda: _ask(request, scope, about, view))
    except InvalidError as error:
        if not error.fields:
            raise
        return _form(request, scope, about, view, error.fields, status=422)


def _ask(request: Request, scope: CustomerScope, about: About | None, view: AccountView | None) -> FormResult:
    _count(request)
    session = request.own_session
    asked = NewQuestion(
        subject=request.form.get("subject", ""),
        text=request.form.get("text", ""),
        email=session.email,
        about=about,
        account_name=view.facts.name if view else session.membership.account_name if session.membership else "",
        depot=view.facts.depot_code if view else None,
        to=request.form.get("to", ""),
        rep_code=_rep_code(view),
    )
    begun = operations.ask(scope, asked, now=request.now, ids=request.services.ids)
    request.services.notify_outbox(request.customer_scope)
    home = files.begun_at(request, f"{HOME}/{begun.thread_id}")
    return FormResult(home, _("Sent. We will email you when there is an answer."))


def _count(request: Request) -> None:
    scope = request.customer_scope
    # Tested control: messages-limited
    rate_limits.consume(IdentityScope(), (Attempt(WRITTEN, f"{scope.dealer_id}\n{scope.person_id}"),), now=request.now)


def _rep_code(view: AccountView | None) -> str:
    return (view.facts.rep_code or "") if view else ""


def _form(
    request: Request,
    scope: CustomerScope,
    about: About | None,
    view: AccountView | None,
    errors: Mapping[str, str] | None = None,
    *,
    status: int = 200,
) -> Response:
    title = words.title_of(about) if about else ""
    offer = recipients.offer(scope, rep_code=_rep_code(view))
    return page(
        request,
        "customer/ask.html",
        status=status,
        address=f"{request.path}?on={about.on}" if about else request.path,
        title=title,
        back=words.own_page_of(about, scope.ledger_ref) if about else HOME,
        earlier=queries.own_threads_about(scope, about) if about else [],
        recipients=words.offered(offer.choices, request.dealer.name if request.dealer else ""),
        to=request.form.get("to", offer.value),
        subject=request.form.get("subject", title),
        text=request.form.get("text", ""),
        errors=errors or {},
        max_subject=MAX_SUBJECT,
        max_text=MAX_TEXT,
        words=words,
        **files.first_files(request),
    )


def _thread_page(request: Request, *, status: int = 200, errors: Mapping[str, str] | None = None) -> Response:
    scope = request.customer_scope
    found = queries.own_conversation(scope, request.params["thread"])
    at = found.thread.account_ref
    ref = account_ref(request) if is_portal_customer(at) else at
    shown = page(
        request,
        "customer/thread.html",
        status=status,
        thread=found.thread,
        recipient=recipients.shown_name(scope, found.thread.to),
        lines=_lines(request, found),
        read_at=words.read_by_dealer(found),
        about_page=words.own_page_of(found.thread.about, ref) if found.thread.about else "",
        of_account="" if ref == account_ref(request) else words.customer_of(found.thread),
        text=request.form.get("text", ""),
        errors=errors or {},
        max_text=MAX_TEXT,
        words=words,
        **files.attachments(request, _place_of(found.thread), words.file_ids(found)),
    )
    if request.is_looked_at:
        operations.note_reading(scope, found, now=request.now)
    return shown


def _lines(request: Request, found: Conversation) -> list[words.Line]:
    """Colleagues are named by their email, the dealer's staff as they call themselves."""
    scope, thread = request.customer_scope, found.thread
    dealer = request.dealer.name if request.dealer else ""
    users = customers.users_of_account(scope, thread.account_ref, thread.era)
    own = account_ref(request)
    if own and queries.has_group(scope):  # those of the master write in the conversations of its accounts too
        users += customers.users_of_account(scope, own, scope.eras.get(own, ""))
    emails = {user.person_id: user.email for user in users}
    wrote = {entry.person_id for entry in found.entries if entry.side is Side.STAFF}
    named = profiles.named(scope, wrote) if wrote else {}
    staff = {person: Writer(one.name, dealer) for person, one in named.items() if one.name}
    colleagues = {person: Writer(email) for person, email in emails.items()}
    others = {Side.STAFF: dealer, Side.CUSTOMER: _("Another user of this account")}
    return words.lines(found.entries, "" if scope.is_read_only else scope.person_id, {**colleagues, **staff}, others)


def _about(request: Request) -> tuple[CustomerScope, AccountView, About]:
    """The transaction that the address names, and the scope of its account.

    Raises NotFoundError, also where the dealer shows no transactions.
    """
    if request.dealer is None or Module.INVOICES not in request.dealer.modules:
        raise NotFoundError
    scope = request.customer_scope
    view, row = find_row(request, of_group=queries.has_group(scope))
    return scope_of(scope, view.ref), view, About(row.type, row.transaction_id, row.transaction_date, row.reference)


def _view(request: Request) -> AccountView | None:
    ref = account_ref(request)
    try:
        return ledger.account_view(request.customer_scope, ref=ref, now=request.now) if ref else None
    except NoFiguresError:
        return None


def _address(request: Request) -> str:
    return f"{HOME}/{request.params['thread']}"
