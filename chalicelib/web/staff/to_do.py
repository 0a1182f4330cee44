"""To do: what customers and the dealer's system wait for, and who of the staff sees to it."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from chalice.app import Response

from chalicelib.dealership_users.queries import staff_labels
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import is_local_path, page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.tasks import operations, queries
from chalicelib.tasks.kinds import KINDS
from chalicelib.tasks.model import ShownTask, Task
from chalicelib.tasks.operations import Outcome
from chalicelib.web.presenters.tasks import DUE_LABELS, ME, NOBODY, Due, TaskFilter, Viewer, figure, line, matching

routes = Routes(__name__)

HOME = "/staff/to-do"
PAGE = 50
MAX_SEARCH_LENGTH = 100


@routes.get(HOME, STAFF)
def to_do(request: Request) -> Response:
    """The list, soonest due first. Its state is the address: kind, state, depot, person, due, q, page."""
    scope = request.dealer_scope
    viewer = Viewer(scope, staff_labels(scope), request.fmt.today(request.now), request.fmt)
    everything = queries.open_tasks(scope)
    wanted = _filter(request.query)
    found = matching(everything, wanted, viewer)
    pages = max(1, -(-len(found) // PAGE))
    number = min(whole_number(request.query.get("page", "")) or 1, pages)
    return page(
        request,
        "staff/to_do.html",
        wanted=wanted,
        figures=_figures(everything, viewer),
        kinds=_kinds(everything),
        states=list(KINDS[wanted.kind].states.items()) if wanted.kind else [],
        depots=[(depot, depot) for depot in sorted({task.depot for task in everything if task.depot})],
        people=_people(viewer),
        total=len(everything),
        found=len(found),
        groups=_groups(found, (number - 1) * PAGE, viewer),
        shown=((number - 1) * PAGE + 1, min(number * PAGE, len(found))),
        number=number,
        pages=pages,
    )


@routes.post(f"{HOME}/take", STAFF)
def take(request: Request) -> Response:
    """What nobody has becomes the reader's."""
    found = operations.take(request.dealer_scope, shown=_shown(request), now=request.now, ids=request.services.ids)
    return _back(
        request, found, request.fmt.plural(len(found.done), "%(num)s task is yours", "%(num)s tasks are yours")
    )


@routes.post(f"{HOME}/assign", STAFF)
def assign(request: Request) -> Response:
    """The ticked tasks go to `to`: a member of the staff, or nobody."""
    scope, to, now, ids = request.dealer_scope, request.form.get("to", ""), request.now, request.services.ids
    shown = _shown(request)
    if not shown:
        return redirect(_list(request), flash=_("Choose at least one task"), failed=True)
    if to == NOBODY:
        found = operations.release(scope, shown=shown, now=now, ids=ids)
        text = request.fmt.plural(len(found.done), "%(num)s task unassigned", "%(num)s tasks unassigned")
    else:
        found = operations.assign(scope, shown=shown, to=scope.person_id if to == ME else to, now=now, ids=ids)
        text = request.fmt.plural(len(found.done), "%(num)s task assigned", "%(num)s tasks assigned")
    return _back(request, found, text)


@routes.post(f"{HOME}/done", STAFF)
def finish(request: Request) -> Response:
    """A task that nothing else ends is done."""
    found = operations.finish(request.dealer_scope, shown=_shown(request), now=request.now, ids=request.services.ids)
    return _back(request, found, request.fmt.plural(len(found.done), "%(num)s task done", "%(num)s tasks done"))


def _shown(request: Request) -> list[ShownTask]:
    """The task whose button was pressed, or the ticked ones of a page."""
    chosen = [request.form["only"]] if "only" in request.form else request.form_all.get("task", [])
    return [ShownTask.parse(text) for text in chosen[:PAGE]]


def _back(request: Request, found: Outcome, text: str) -> Response:
    lost = request.fmt.plural(
        found.changed_since, "%(num)s was changed by somebody else", "%(num)s were changed by somebody else"
    )
    kept = request.fmt.plural(
        found.for_admins, "%(num)s can be assigned to admins only", "%(num)s can be assigned to admins only"
    )
    said = [(text, found.done), (lost, found.changed_since), (kept, found.for_admins)]
    message = ". ".join(words for words, is_so in said if is_so)
    return redirect(_list(request), flash=message, failed=not found.done)


def _list(request: Request) -> str:
    back = request.form.get("back", "")
    return back if back.partition("?")[0] == HOME and is_local_path(back) else HOME


def _filter(query: Mapping[str, str]) -> TaskFilter:
    kind, due, state = query.get("kind", ""), query.get("due", ""), query.get("state", "")
    known = KINDS.get(kind)
    return TaskFilter(
        kind=kind if known else "",
        state=state if known and state in known.states else "",
        depot=query.get("depot", ""),
        person=query.get("person", ""),
        due=due if due in {Due.LATE, Due.TODAY} else "",
        text=query.get("q", "").strip()[:MAX_SEARCH_LENGTH],
    )


def _figures(tasks: Sequence[Task], viewer: Viewer) -> dict[str, Any]:
    return {
        "mine": figure([task for task in tasks if viewer.has(task)], viewer),
        "nobodys": figure([task for task in tasks if viewer.is_nobodys(task)], viewer),
        "today": figure([task for task in tasks if viewer.due(task) is Due.TODAY], viewer),
        "late": figure([task for task in tasks if viewer.due(task) is Due.LATE], viewer),
        "mine_today": sum(viewer.has(task) for task in tasks if viewer.due(task) is Due.TODAY),
    }


def _kinds(tasks: Sequence[Task]) -> list[tuple[str, str]]:
    """Those of which there are tasks, with how many."""
    counts = {name: sum(task.kind == name for task in tasks) for name in KINDS}
    return [(name, f"{KINDS[name].plural}, {count}") for name, count in counts.items() if count]


def _people(viewer: Viewer) -> list[tuple[str, str]]:
    """Colleagues, by email; the reader is not among them."""
    others = ((person, email) for person, email in viewer.emails.items() if person != viewer.scope.person_id)
    return sorted(others, key=lambda pair: pair[1])


def _groups(found: Sequence[Task], first: int, viewer: Viewer) -> list[dict[str, Any]]:
    """The page's tasks under late, due today and later, each with how many of the whole list are."""
    counts = {due: sum(viewer.due(task) is due for task in found) for due in Due}
    groups = groupby(found[first : first + PAGE], key=viewer.due)
    return [
        {"due": due, "label": DUE_LABELS[due], "count": counts[due], "lines": [line(task, viewer) for task in tasks]}
        for due, tasks in groups
    ]
