"""Imports: bundles in from the browser, what became of each, and the decisions that staff take."""

from functools import partial
from json import dumps
from typing import Any

from chalice.app import Response

from chalicelib.ccx.codes import Code
from chalicelib.ccx.messages import reason_of, sentences
from chalicelib.customers.queries import account_entries
from chalicelib.dealers.staff import queries as staff
from chalicelib.http.access import STAFF, STAFF_ADMIN
from chalicelib.http.request import Request
from chalicelib.http.responses import go_to, page, redirect, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.ingest import operations, queries, uploads
from chalicelib.ingest.model import ImportRun, RunState, Upload, UploadState
from chalicelib.ingest.suspended_accounts import suspended_accounts
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.scopes import DealerScope
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.web.presenters import imports as words
from chalicelib.web.staff.confirm import confirm_page
from chalicelib.web.staff.staff_freshness import staff_freshness

routes = Routes(__name__)

HOME = "/staff/imports"
ACCOUNTS_SHOWN = 50


@routes.get(HOME, STAFF)
def imports(request: Request) -> Response:
    """The runs. `below` goes on under a number; `upload` is where the storage sends the browser after an upload."""
    below = request.query.get("below", "")
    arrived = _arrived(request)
    if arrived and arrived.run is not None and arrived.state is not UploadState.SAME:
        return go_to(request, f"{HOME}/{arrived.run}")
    scope, state = request.dealer_scope, request.query.get("state", "")
    only = words.run_filter(state)
    found = queries.import_runs(
        scope,
        below=whole_number(below),
        only=only,
        now=request.now,
    )
    return page(
        request,
        "staff/imports.html",
        found=found,
        fresh=staff_freshness(request, found.published),
        reading=[run for run in found.runs if run.state is RunState.STAGING],
        held=[run for run in found.runs if run.state is RunState.HELD],
        earlier=[run for run in found.runs if run.state not in {RunState.STAGING, RunState.HELD}],
        first=not below,
        state=state if only else "",
        states=words.FILTERS,
        approving=partial(words.approving, published=found.published, fmt=request.fmt),
        refusing=words.refusing,
        same=_same(scope, arrived),
        awaited="upload" in request.query
        and (arrived is None or arrived.state in {UploadState.BEGUN, UploadState.WAITING}),
        overtaken=queries.is_overtaken,
        **_common(request),
        **(_forms(request) if request.dealer_scope.is_admin else {}),
    )


def _same(scope: DealerScope, arrived: Upload | None) -> ImportRun | None:
    """The run that took the same export in before, where that is what was uploaded."""
    if arrived is None or arrived.state is not UploadState.SAME or arrived.run is None:
        return None
    return queries.import_run(scope, number=arrived.run)


def _arrived(request: Request) -> Upload | None:
    upload_id = request.query.get("upload", "")
    try:
        return queries.upload(request.dealer_scope, upload_id=upload_id) if upload_id else None
    except NotFoundError:  # the storage was quicker than its message to us
        return None


def _forms(request: Request) -> dict[str, Any]:
    """The same upload twice: a form that the storage answers with a redirect, and the fields for the script."""
    # Tested control: upload-returns-to-base-url
    begun = uploads.staff_forms(
        request.dealer_scope,
        success_url=f"{request.services.settings.base_url}{HOME}",
        now=request.now,
        ids=request.services.ids,
    )
    return {"upload": begun, "script_fields": dumps(begun.script_form.fields)}


def _common(request: Request) -> dict[str, Any]:
    scope = request.dealer_scope
    return {
        "title": words.title,
        "state_chip": words.state_chip,
        "brought": partial(words.brought, reader_id=scope.person_id, emails=staff.emails(scope)),
        "touched": words.touched,
        "sentences": partial(sentences, fmt=request.fmt),
        "rejected_file": words.rejected_file,
        "reason_of": partial(reason_of, fmt=request.fmt),
        "is_admin": scope.is_admin,
    }


@routes.get(HOME + "/{run}", STAFF)
def import_run(request: Request) -> Response:
    """One run: its counts, files, control totals, rejects, and what may be done about it."""
    scope, run = request.dealer_scope, _run(request)
    current = queries.published_run(scope)
    return page(
        request,
        "staff/import_run.html",
        is_another_zip=run.code == Code.B011_NO_MANIFEST,
        run=run,
        published=current,
        overtaken=queries.is_overtaken(run, current),
        undoing=words.undoing,
        approving=partial(words.approving, published=current, fmt=request.fmt),
        refusing=words.refusing,
        all_the_same=words.all_the_same,
        rejected_note=words.rejected_note,
        held=queries.held_run(scope) if run.state is RunState.PUBLISHED else None,
        undoable=run.state is RunState.PUBLISHED and current.run == run.number and run.decidable(request.now),
        progress=queries.progress(scope, run, request.now) if run.state is RunState.STAGING else None,
        rejects=queries.findings(scope, number=run.number),
        warnings=queries.findings(scope, number=run.number, warnings=True),
        group_words=partial(words.group_words, fmt=request.fmt),
        group_place=partial(words.group_place, fmt=request.fmt),
        has_other_words=partial(words.has_other_words, fmt=request.fmt),
        is_overtaken=words.is_overtaken(run),
        columns=words.TOTALS,
        link_part=link_part,
        changes=list(words.CHANGES.items()),
        absence_words=words.absence_words,
        owners=suspended_accounts(scope, run, current),
        change_words=partial(words.change_words, fmt=request.fmt),
        **_common(request),
    )


@routes.get(HOME + "/{run}/accounts", STAFF)
def changed_accounts(request: Request) -> Response:
    """The accounts that a run changes; `change` chooses those with new, changed or settled rows, `after` pages."""
    scope, run, change = request.dealer_scope, _run(request), request.query.get("change", "")
    kept = queries.touched_accounts(scope, number=run.number)
    found = [one for one in kept or () if change not in words.CHANGES or getattr(one, change)]
    first = min(whole_number(request.query.get("after", "")) or 0, len(found))
    shown = found[first : first + ACCOUNTS_SHOWN]
    return page(
        request,
        "staff/import_accounts.html",
        run=run,
        kept=kept is not None,
        count=len(found),
        first=first,
        accounts=shown,
        entries=account_entries(scope, queries.published_run(scope), [one.ref for one in shown]),
        changes=list(words.CHANGES.items()),
        change=change if change in words.CHANGES else "",
        step=ACCOUNTS_SHOWN,
        link_part=link_part,
        **_common(request),
    )


@routes.get(HOME + "/{run}/rejects.csv", STAFF)
def rejects(request: Request) -> Response:
    """Every rejected row as CSV."""
    return see_other_external(queries.rejects_link(request.dealer_scope, run=_run(request), fmt=request.fmt))


@routes.get(HOME + "/{run}/warnings.csv", STAFF)
def warnings(request: Request) -> Response:
    """Every row with a warning as CSV."""
    run = _run(request)
    return see_other_external(queries.rejects_link(request.dealer_scope, run=run, fmt=request.fmt, warnings=True))


@routes.get(HOME + "/{run}/approve", STAFF_ADMIN)
def ask_to_approve(request: Request) -> Response:
    """Asks once more, for browsers without scripts; `owners` as in the form."""
    run, same = _run(request), request.query.get("owners") == "same"
    asked = words.approving(run, queries.published_run(request.dealer_scope), request.fmt, same=same)
    fields = {"owners": "same"} if same else {}
    return confirm_page(request, *asked, back=f"{HOME}/{run.number}", fields=fields, kind="primary")


@routes.post(HOME + "/{run}/approve", STAFF_ADMIN)
def approve(request: Request) -> Response:
    """Apply a held run; with `owners` as "same", accounts under another name are the same customers as before."""
    run = _run(request)
    try:
        operations.approve_run(
            request.dealer_scope,
            number=run.number,
            same_customers=request.form.get("owners") == "same",
            now=request.now,
            ids=request.services.ids,
        )
    except ConflictError as error:
        return _not_done(request, run, error)
    request.services.notify_outbox(request.dealer_scope)
    return redirect(
        f"{HOME}/{run.number}", flash=_("%(export)s is applied. Customers see it now.", export=words.title(run))
    )


@routes.get(HOME + "/{run}/same-customers", STAFF_ADMIN)
def ask_whether_same(request: Request) -> Response:
    """Asks once more, for browsers without scripts."""
    run = _run(request)
    return confirm_page(request, *words.all_the_same(run), back=f"{HOME}/{run.number}", kind="primary")


@routes.post(HOME + "/{run}/same-customers", STAFF_ADMIN)
def same_customers(request: Request) -> Response:
    """Say of all accounts that it gave another name and email that they are the same customers as before."""
    run, scope = _run(request), request.dealer_scope
    operations.confirm_same_customers(scope, number=run.number, now=request.now, ids=request.services.ids)
    request.services.notify_outbox(scope)
    return redirect(
        f"{HOME}/{run.number}", flash=_("They are the same customers. Their users can open their accounts again.")
    )


@routes.get(HOME + "/{run}/refuse", STAFF_ADMIN)
def ask_to_refuse(request: Request) -> Response:
    """Asks once more, for browsers without scripts."""
    run = _run(request)
    return confirm_page(request, *words.refusing(run), back=f"{HOME}/{run.number}")


@routes.post(HOME + "/{run}/refuse", STAFF_ADMIN)
def refuse(request: Request) -> Response:
    """Refuse a held run."""
    run = _run(request)
    try:
        operations.refuse_run(request.dealer_scope, number=run.number, now=request.now, ids=request.services.ids)
    except ConflictError as error:
        return _not_done(request, run, error)
    return redirect(
        f"{HOME}/{run.number}", flash=_("%(export)s is refused. Nothing has changed.", export=words.title(run))
    )


@routes.get(HOME + "/{run}/undo", STAFF_ADMIN)
def ask_to_undo(request: Request) -> Response:
    """Asks once more, for browsers without scripts."""
    run = _run(request)
    asked = words.undoing(run, queries.held_run(request.dealer_scope))
    return confirm_page(request, *asked, back=f"{HOME}/{run.number}")


@routes.post(HOME + "/{run}/undo", STAFF_ADMIN)
def undo(request: Request) -> Response:
    """Bring back what customers saw before this run."""
    run = _run(request)
    try:
        operations.undo_run(request.dealer_scope, number=run.number, now=request.now, ids=request.services.ids)
    except ConflictError as error:
        return _not_done(request, run, error)
    return redirect(
        f"{HOME}/{run.number}",
        flash=_("%(export)s is undone. Customers see the export before it.", export=words.title(run)),
    )


def _not_done(request: Request, run: ImportRun, error: ConflictError) -> Response:
    """Back to the run from a page from before, with the reason, and who was quicker where it was a colleague."""
    emails = staff.emails(request.dealer_scope)
    said = error.message
    if run.decided_by in emails:
        said = _("%(reason)s %(email)s decided on it.", reason=said, email=emails[run.decided_by])
    return redirect(f"{HOME}/{run.number}", flash=said, failed=True)


def _run(request: Request) -> ImportRun:
    number = whole_number(request.params["run"])
    if number is None:
        raise NotFoundError
    return queries.import_run(request.dealer_scope, number=number)
