"""Disputes of the account: raised over transactions, followed, withdrawn and reopened by its customer."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.customers.group_scopes import group_accounts
from chalicelib.disputes import attachments, operations, queries
from chalicelib.disputes.model import MAX_ANSWER, Dispute
from chalicelib.documents import queries as documents
from chalicelib.http.access import CUSTOMER_DISPUTES
from chalicelib.http.idempotency import once
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.ledger.codec import to_transaction
from chalicelib.ledger.row import Row
from chalicelib.store.form_results import FormResult
from chalicelib.web import attachments as files
from chalicelib.web.attachments import Place
from chalicelib.web.customer.account_page import HOME as TRANSACTIONS
from chalicelib.web.customer.account_page import account_field, account_ref, chosen_scope
from chalicelib.web.customer.dispute_form import (
    AskedRows,
    FormLine,
    asked_rows,
    by_field,
    claims,
    form_context,
    form_lines,
)
from chalicelib.web.presenters import disputes as words

routes = Routes(__name__)

HOME = "/disputes"
ONE = HOME + "/{dispute}"
RAISED = Limit("dispute.person", 30, DAY)


@routes.get(HOME, CUSTOMER_DISPUTES)
def own_disputes(request: Request) -> Response:
    """By page, newest first: those of the account; of a group the newest of all, or of the one that `account` names."""
    scope, before, older = request.customer_scope, request.query.get("before", ""), ""
    accounts, chosen, is_cut = group_accounts(scope), request.query.get("account", ""), False
    if accounts and not chosen:
        found, is_cut = queries.group_disputes(scope, [one.ref for one in accounts])
    else:
        of_account = chosen_scope(request)
        ref = of_account.ledger_ref
        found, older = queries.some_disputes(of_account, ref, before=before) if ref else ([], "")
    return page(
        request,
        "customer/disputes.html",
        lines=[words.shown(one, request.fmt) for one in found],
        accounts=accounts,
        chosen_account=chosen,
        is_cut=is_cut,
        before=before,
        older=older,
    )


@routes.get(f"{HOME}/new", CUSTOMER_DISPUTES)
def form(request: Request) -> Response:
    """The form for the transactions that `row` names. One that is in dispute already leads to that."""
    view = _view(request)
    asked = asked_rows(request.query_all, view)
    rows = asked.rows
    if not rows:
        return redirect(TRANSACTIONS, flash=str(operations.NOTHING_OWED), failed=True)
    if len(rows) == 1 and (known := view.rules.dispute(rows[0])):
        return redirect(f"{HOME}/{known.dispute_id}")
    return _form(request, view, rows, {}, left_out=asked.sentence)


@routes.post(f"{HOME}/new", CUSTOMER_DISPUTES)
def raise_dispute(request: Request) -> Response:
    """Raise it. The same form sent again counts once; where something of it was settled since, it is shown again."""
    view = _view(request)
    asked = asked_rows(request.form_all, view)
    rows = asked.rows
    if not rows:
        return redirect(TRANSACTIONS, flash=str(operations.NOTHING_OWED), failed=True)
    lines = _lines(request, view, rows)
    try:
        return once(request, lambda: _raise(request, view, asked, lines))
    except InvalidError as error:
        if not error.fields:
            raise
        return _form(request, view, rows, by_field(error.fields, rows), status=422)


@routes.get(ONE, CUSTOMER_DISPUTES)
def dispute(request: Request) -> Response:
    """One: what, since when, where it stands, what the dealer answered."""
    return _page(request, {})


@routes.post(HOME + "/{dispute}/withdraw", CUSTOMER_DISPUTES)
def withdraw(request: Request) -> Response:
    """It is settled, or was a mistake."""
    found = queries.own_dispute(request.customer_scope, request.params["dispute"])
    here = f"{HOME}/{found.dispute_id}"
    try:
        operations.withdraw(
            request.customer_scope,
            ref=found.account_ref,
            dispute_id=found.dispute_id,
            now=request.now,
            ids=request.services.ids,
        )
    except ConflictError as error:  # decided since the page was shown
        return redirect(here, flash=error.message, failed=True)
    return redirect(here, flash=_("Withdrawn. You can reopen it once within 30 days."))


@routes.post(HOME + "/{dispute}/reopen", CUSTOMER_DISPUTES)
def reopen(request: Request) -> Response:
    """It is not settled after all."""
    found = queries.own_dispute(request.customer_scope, request.params["dispute"])
    here = f"{HOME}/{found.dispute_id}"
    try:
        operations.reopen(
            request.customer_scope,
            ref=found.account_ref,
            dispute_id=found.dispute_id,
            message=request.form.get("text", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except ConflictError as error:  # what was typed stays
        return _page(request, {"text": error.message}, status=422)
    except InvalidError as error:
        return _page(request, error.fields, status=422)
    request.services.notify_outbox(request.customer_scope)
    return redirect(here, flash=_("Reopened. Your dealer has been notified."))


def _place(request: Request) -> Place:
    return _place_of(queries.own_dispute(request.customer_scope, request.params["dispute"]))


files.declare(routes, ONE, CUSTOMER_DISPUTES, _place)


def _place_of(found: Dispute) -> Place:
    return Place(attachments.owner_of(found), f"{HOME}/{found.dispute_id}", found.references, found.is_open)


def _raise(request: Request, view: AccountView, asked: AskedRows, lines: Sequence[FormLine]) -> FormResult:
    if asked.settled:
        raise InvalidError(asked.sentence, {"rows": asked.sentence})
    scope = chosen_scope(request)
    wanted = claims(request, asked.rows, lines, view.facts.currency)
    # Tested control: disputes-limited
    rate_limits.consume(IdentityScope(), (Attempt(RAISED, f"{scope.dealer_id}\n{scope.person_id}"),), now=request.now)
    made = operations.raise_dispute(
        scope,
        ref=view.ref,
        claims=wanted,
        reason=request.form.get("reason", ""),
        message=request.form.get("message", ""),
        raised_by=request.session.email if request.session else "",
        now=request.now,
        ids=request.services.ids,
    )
    request.services.notify_outbox(scope)
    return FormResult(files.begun_at(request, f"{HOME}/{made.dispute_id}"), _("Dispute sent. Its status appears here."))


def _form(
    request: Request,
    view: AccountView,
    rows: Sequence[Row],
    errors: Mapping[str, str],
    *,
    left_out: str = "",
    status: int = 200,
) -> Response:
    lines = _lines(request, view, rows)
    return page(
        request,
        "customer/dispute_form.html",
        status=status,
        **form_context(request, view, rows, lines, errors),
        left_out=left_out,
        form_action=f"{HOME}/new?{urlencode(kept)}" if (kept := account_field(request, chosen_scope(request))) else "",
        **files.first_files(request),
    )


def _lines(request: Request, view: AccountView, rows: Sequence[Row]) -> list[FormLine]:
    """Those of the one invoice that is disputed, where they came with it."""
    at = to_transaction(rows[0]).lines if len(rows) == 1 else None
    if at is None:
        return []
    found = documents.invoice_lines(
        chosen_scope(request), ref=view.ref, run=at.run, part=at.part, offset=at.offset, length=at.length
    )
    return form_lines(found)


def _page(request: Request, errors: Mapping[str, str], *, status: int = 200) -> Response:
    scope = request.customer_scope
    found = queries.own_dispute(scope, request.params["dispute"])
    return page(
        request,
        "customer/dispute.html",
        status=status,
        errors=errors,
        shown=words.shown(found, request.fmt),
        rows=words.rows(found, request.fmt),
        track=words.track(found, request.fmt, request.now),
        conversation=words.conversation(found, request.fmt, {scope.person_id: _("You")}, others=_dealer_name(request)),
        of_account="" if found.account_ref == account_ref(request) else found.account_ref,
        reader=scope.person_id,
        may_reopen=found.may_be_reopened(request.now),
        text=request.form.get("text", ""),
        max_text=MAX_ANSWER,
        **_standing(request, found),
        **files.attachments(request, _place_of(found), [one.file_id for one in found.files]),
    )


def _standing(request: Request, found: Dispute) -> dict[str, object]:
    """What of its transactions is outstanding now and not in dispute, and whether the dealer's system marks one too."""
    try:
        view = ledger.account_view(request.customer_scope, ref=found.account_ref, now=request.now)
    except NoFiguresError:
        return {"undisputed": "", "marked": False}
    keys = {row.key for row in found.rows}
    rows = [row for row in view.open_rows if row.key in keys]
    left = sum(view.rules.undisputed(row) for row in rows)
    return {
        "undisputed": request.fmt.money(left, found.currency) if left else "",
        "marked": any(row.dispute_flag for row in rows),
    }


def _dealer_name(request: Request) -> str:
    return request.dealer.name if request.dealer else ""


def _view(request: Request) -> AccountView:
    scope = chosen_scope(request)
    if scope.ledger_ref is None:
        raise NotFoundError
    return ledger.account_view(scope, ref=scope.ledger_ref, now=request.now)
