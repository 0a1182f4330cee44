"""Staff work on a dispute: they see what it is about, take it on step by step, and note things for each other."""

from collections.abc import Mapping
from datetime import date

from chalice.app import Response

from chalicelib.dealership_users.queries import staff_labels
from chalicelib.disputes import attachments, operations, queries
from chalicelib.disputes.model import MAX_ANSWER, MAX_NOTE, Action, Decision, Dispute
from chalicelib.disputes.suggestions import suggested_credits
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import from_link_part
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import NoFiguresError
from chalicelib.ledger.row import TransactionType
from chalicelib.ledger.row_query import RowQuery
from chalicelib.rendering.typed_amount import typed_amount
from chalicelib.tasks import operations as tasks
from chalicelib.tasks import queries as open_tasks
from chalicelib.tasks.kinds import DISPUTE
from chalicelib.tasks.model import ShownTask
from chalicelib.web import attachments as files
from chalicelib.web.attachments import Place
from chalicelib.web.presenters import disputes as words
from chalicelib.web.presenters.tasks import ME, NOBODY

routes = Routes(__name__)

ONE = "/staff/disputes/{account}/{dispute}"
DONE: Mapping[Action, LazyText] = {
    Action.ACKNOWLEDGE: lazy_gettext("Acknowledged. The customer is notified by email."),
    Action.REVIEW: lazy_gettext("Under review. The customer sees it in the portal."),
    Action.CREDIT: lazy_gettext("Resolved with a credit. The customer is notified by email."),
    Action.REJECT: lazy_gettext("Rejected. The customer is notified by email."),
}


@routes.get(ONE, STAFF)
def dispute(request: Request) -> Response:
    """One dispute, with all that was said, and what may be done with it now."""
    return _page(request, {})


@routes.post(f"{ONE}/decision", STAFF)
def decide(request: Request) -> Response:
    """`decision` is one of the steps that are possible now, `version` the one that the page showed."""
    found = _found(request)
    action, form = _action(request.form.get("decision", "")), request.form
    credit = typed_amount(form.get("credit", ""), locale=request.fmt.locale, currency=found.currency)
    try:
        operations.decide(
            request.dealer_scope,
            ref=found.account_ref,
            dispute_id=found.dispute_id,
            version=whole_number(form.get("version", "")) or 0,
            decision=Decision(action, form.get("text", ""), credit),
            now=request.now,
            ids=request.services.ids,
        )
    except ConflictError as error:  # a colleague, or the customer, was quicker: what was typed stays
        return _page(request, {"text": error.message}, status=422)
    except InvalidError as error:
        return _page(request, error.fields, status=422)
    request.services.notify_outbox(request.dealer_scope)
    return redirect(_here(request), flash=str(DONE[action]))


@routes.post(f"{ONE}/notes", STAFF)
def note(request: Request) -> Response:
    """Something for colleagues alone."""
    found = _found(request)
    try:
        operations.add_note(
            request.dealer_scope,
            ref=found.account_ref,
            dispute_id=found.dispute_id,
            text=request.form.get("note", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _page(request, error.fields, status=422)
    return redirect(f"{_here(request)}#notes", flash=_("Noted"))


@routes.post(f"{ONE}/assign", STAFF)
def assign(request: Request) -> Response:
    """The task of an open dispute goes to `to`: a member of the staff, or nobody."""
    scope, to = request.dealer_scope, request.form.get("to", "")
    _found(request)
    shown = ShownTask.parse(request.form.get("task", ""))
    if (shown.kind, shown.task_id) != (DISPUTE.name, request.params["dispute"]):
        raise NotFoundError
    person = None if to == NOBODY else scope.person_id if to == ME else to
    done = tasks.assign(scope, shown=[shown], to=person, now=request.now, ids=request.services.ids).done
    return redirect(
        _here(request),
        flash=_("Assigned") if done else _("Somebody else has changed this in the meantime."),
        failed=not done,
    )


def _place(request: Request) -> Place:
    return _place_of(request, _found(request))


files.declare(routes, ONE, STAFF, _place)


def _place_of(request: Request, found: Dispute) -> Place:
    return Place(attachments.owner_of(found), _here(request), found.references, found.is_open)


def _page(request: Request, errors: Mapping[str, str], *, status: int = 200) -> Response:
    scope, found = request.dealer_scope, _found(request)
    people = staff_labels(scope)
    task = open_tasks.open_task(scope, DISPUTE, found.dispute_id)
    notes = queries.notes(scope, found.account_ref, found.dispute_id)
    return page(
        request,
        "staff/dispute.html",
        status=status,
        errors=errors,
        text=request.form.get("text", ""),
        note_text=request.form.get("note", ""),
        shown=words.shown(found, request.fmt),
        rows=words.rows(found, request.fmt, for_staff=True),
        track=words.track(found, request.fmt, request.now),
        conversation=words.conversation(found, request.fmt, people, others=_("A former colleague")),
        actions=[action.value for action in found.staff_actions()],
        notes=[(one, people.get(one.by) or _("A former colleague")) for one in notes],
        task=task,
        people_by_id=people,
        people=sorted(people.items(), key=lambda one: one[1]),
        me=scope.person_id,
        account_link=request.params["account"],
        max_text=MAX_ANSWER,
        max_note=MAX_NOTE,
        credit=request.form.get("credit", ""),  # not filled in: a click alone credits nothing
        **_standing(request, found),
        **files.attachments(request, _place_of(request, found), [one.file_id for one in found.files]),
    )


def _standing(request: Request, found: Dispute) -> dict[str, object]:
    """What is outstanding on its transactions now, and whether the dealer's system marks one as disputed too."""
    scope, ref = request.dealer_scope, found.account_ref
    try:
        view = ledger.account_view(scope, ref=ref, now=request.now, era=found.era, query=_credits_since(request, found))
    except NoFiguresError:  # not of this customer any more
        return {"outstanding": "", "marked": False, "suggested": []}
    keys = {row.key for row in found.rows}
    rows = [row for row in view.open_rows if row.key in keys]
    return {
        "outstanding": request.fmt.money(sum(row.outstanding for row in rows), found.currency),
        "marked": any(row.dispute_flag for row in rows),
        "suggested": [
            (row.reference, request.fmt.money(-row.total, found.currency), date.fromisoformat(row.transaction_date))
            for row in suggested_credits(found, view.page.rows, since=_raised_on(request, found))
        ],
    }


def _credits_since(request: Request, found: Dispute) -> RowQuery:
    """The credit notes of the account since the dispute was raised, newest first."""
    return RowQuery(type=TransactionType.CREDIT_NOTE, status=None, first=_raised_on(request, found))


def _raised_on(request: Request, found: Dispute) -> str:
    return request.fmt.today(found.raised_at).isoformat()


def _found(request: Request) -> Dispute:
    ref = from_link_part(request.params["account"])
    return queries.dispute(request.dealer_scope, ref, request.params["dispute"])


def _here(request: Request) -> str:
    return f"/staff/disputes/{request.params['account']}/{request.params['dispute']}"


def _action(text: str) -> Action:
    if text not in set(Action):
        raise NotFoundError
    return Action(text)
