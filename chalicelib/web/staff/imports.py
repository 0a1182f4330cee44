"""Imports: bundles in from the browser, what became of each, and the decisions that staff take."""

from functools import partial
from json import dumps
from typing import Any

from chalice.app import Response

from chalicelib.ccx.messages import reason_of, sentences
from chalicelib.http.access import STAFF, STAFF_ADMIN
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.ingest import operations, queries, uploads
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.web.presenters import imports as words
from chalicelib.web.presenters.freshness import dealer_freshness

routes = Routes(__name__)

HOME = "/staff/imports"


@routes.get(HOME, STAFF)
def imports(request: Request) -> Response:
    """The runs. `below` goes on under a number; `upload` is where the storage sends the browser after an upload."""
    below = request.query.get("below", "")
    arrived = _arrived(request)
    if arrived and arrived.run is not None:
        return _go_on(request, f"{HOME}/{arrived.run}")
    scope = request.dealer_scope
    found = queries.import_runs(scope, below=whole_number(below), now=request.now)
    return page(
        request,
        "staff/imports.html",
        found=found,
        fresh=dealer_freshness(found.published, request.fmt.today(request.now)),
        reading=[run for run in found.runs if run.state is RunState.STAGING],
        held=[run for run in found.runs if run.state is RunState.HELD],
        earlier=[run for run in found.runs if run.state not in {RunState.STAGING, RunState.HELD}],
        first=not below,
        awaited="upload" in request.query and (arrived is None or arrived.state in {"begun", "waiting"}),
        overtaken=queries.is_overtaken,
        **_common(request),
        **(_forms(request) if request.dealer_scope.is_admin else {}),
    )


def _go_on(request: Request, path: str) -> Response:
    """htmx, which asks every other second, would swap the run's page into this one."""
    return Response("", {"HX-Redirect": path}) if request.htmx else redirect(path)


def _arrived(request: Request) -> Any:
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
    return {
        "title": words.title,
        "state_chip": words.state_chip,
        "brought": lambda run: words.brought(run, request.dealer_scope.person_id),
        "touched": words.touched,
        "sentences": partial(sentences, fmt=request.fmt),
        "rejected_file": words.rejected_file,
        "reason_of": partial(reason_of, fmt=request.fmt),
        "is_admin": request.dealer_scope.is_admin,
    }


@routes.get(HOME + "/{run}", STAFF)
def import_run(request: Request) -> Response:
    """One run: its counts, files, control totals, rejects, and what may be done about it."""
    scope, run = request.dealer_scope, _run(request)
    current = queries.published_run(scope)
    return page(
        request,
        "staff/import_run.html",
        run=run,
        published=current,
        overtaken=queries.is_overtaken(run, current),
        undoable=run.state is RunState.PUBLISHED and current.run == run.number and run.decidable(request.now),
        progress=queries.progress(scope, run, request.now) if run.state is RunState.STAGING else None,
        rejects=queries.rejects(scope, number=run.number),
        warnings=queries.rejects(scope, number=run.number, warnings=True),
        columns=words.TOTALS,
        link_part=link_part,
        absence_words=words.absence_words,
        change_words=partial(words.change_words, fmt=request.fmt),
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


@routes.post(HOME + "/{run}/approve", STAFF_ADMIN)
def approve(request: Request) -> Response:
    """Apply a held run."""
    run = _run(request)
    operations.approve_run(request.dealer_scope, number=run.number, now=request.now, ids=request.services.ids)
    return redirect(
        f"{HOME}/{run.number}", flash=_("%(export)s is applied. Customers see it now.", export=words.title(run))
    )


@routes.post(HOME + "/{run}/refuse", STAFF_ADMIN)
def refuse(request: Request) -> Response:
    """Refuse a held run."""
    run = _run(request)
    operations.refuse_run(request.dealer_scope, number=run.number, now=request.now, ids=request.services.ids)
    return redirect(
        f"{HOME}/{run.number}", flash=_("%(export)s is refused. Nothing has changed.", export=words.title(run))
    )


@routes.post(HOME + "/{run}/undo", STAFF_ADMIN)
def undo(request: Request) -> Response:
    """Bring back what customers saw before this run."""
    run = _run(request)
    operations.undo_run(request.dealer_scope, number=run.number, now=request.now, ids=request.services.ids)
    return redirect(
        f"{HOME}/{run.number}",
        flash=_("%(export)s is undone. Customers see the export before it.", export=words.title(run)),
    )


def _run(request: Request) -> ImportRun:
    number = whole_number(request.params["run"])
    if number is None:
        raise NotFoundError
    return queries.import_run(request.dealer_scope, number=number)
