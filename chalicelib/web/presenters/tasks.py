"""Tasks as the To do page lists them: who has one, when it is due, and what the reader can do about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import is_portal_customer, link_part
from chalicelib.kernel.scopes import DealerScope
from chalicelib.rendering.format import Formats
from chalicelib.tasks.kinds import KINDS
from chalicelib.tasks.model import Task, TaskKind

ME, NOBODY = "me", "nobody"


class Due(StrEnum):
    """When a task is due, seen from today."""

    LATE = "late"
    TODAY = "today"
    LATER = "later"


DUE_LABELS: Mapping[str, LazyText] = {
    Due.LATE: lazy_gettext("Late"),
    Due.TODAY: lazy_gettext("Due today"),
    Due.LATER: lazy_gettext("Later"),
}


class Act(StrEnum):
    """The one button of a line: nobody's is taken, one's own is dealt with, those of others have none."""

    TAKE = "take"
    FINISH = "finish"
    OPEN = "open"
    NONE = ""


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What of the list is asked for: a kind, a depot's code, ME, NOBODY or a person's id, when due, words, a state."""

    kind: str = ""
    depot: str = ""
    person: str = ""
    due: str = ""
    text: str = ""
    state: str = ""


class Line(NamedTuple):
    """One task. `account` is the link to its account, empty where that has no page.

    `may_do`: else the reader sees it and can neither take nor assign it.
    """

    task: Task
    kind: TaskKind
    what: str
    page: str
    account: str
    due: Due
    days_late: int
    who: str
    is_mine: bool
    act: Act
    may_do: bool


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the list, on which day, in which formats. `emails`: of the dealer's staff, by id."""

    scope: DealerScope
    emails: Mapping[str, str]
    today: date
    fmt: Formats

    def due(self, task: Task) -> Due:
        """When it is due."""
        if task.due < self.today:
            return Due.LATE
        return Due.TODAY if task.due == self.today else Due.LATER

    def has(self, task: Task) -> bool:
        """Whether it is the reader's own."""
        return task.assigned_to == self.scope.person_id

    def is_nobodys(self, task: Task) -> bool:
        """Whether nobody of the staff has it; the person who had it may have left."""
        return not self.has(task) and task.assigned_to not in self.emails


def matching(tasks: Iterable[Task], wanted: TaskFilter, viewer: Viewer) -> list[Task]:
    """Those that the filter lets through, in their order."""
    return [task for task in tasks if _matches(task, wanted, viewer)]


def _matches(task: Task, wanted: TaskFilter, viewer: Viewer) -> bool:
    words = wanted.text.casefold().split()
    said = f"{task.account_ref or ''} {task.account_name} {_describe(task, viewer)}".casefold() if words else ""
    return (
        wanted.kind in {"", task.kind}
        and wanted.state in {"", task.state}
        and wanted.depot in {"", task.depot}
        and wanted.due in {"", viewer.due(task)}
        and _is_with(task, wanted.person, viewer)
        and all(word in said for word in words)
    )


def _is_with(task: Task, person: str, viewer: Viewer) -> bool:
    match person:
        case "":
            return True
        case "me":
            return viewer.has(task)
        case "nobody":
            return viewer.is_nobodys(task)
    return task.assigned_to == person


def line(task: Task, viewer: Viewer) -> Line:
    """The line of one task."""
    kind, is_mine = KINDS[task.kind], viewer.has(task)
    ref = task.account_ref
    return Line(
        task,
        kind,
        _describe(task, viewer),
        kind.page(task),
        f"/staff/accounts/{link_part(ref)}" if ref and not is_portal_customer(ref) else "",
        viewer.due(task),
        (viewer.today - task.due).days,
        _who(task, viewer),
        is_mine,
        _act(task, kind, viewer),
        kind.may_do(viewer.scope),
    )


def _describe(task: Task, viewer: Viewer) -> str:
    return KINDS[task.kind].describe(task.detail, viewer.fmt)


def _who(task: Task, viewer: Viewer) -> str:
    if task.assigned_to is None:
        return _("Nobody")
    return viewer.emails.get(task.assigned_to) or _("A former colleague")


def _act(task: Task, kind: TaskKind, viewer: Viewer) -> Act:
    if not kind.may_do(viewer.scope):
        return Act.NONE
    if viewer.is_nobodys(task):
        return Act.TAKE
    if not viewer.has(task):
        return Act.NONE
    return Act.FINISH if kind.ends_by_hand else Act.OPEN


@dataclass(frozen=True, slots=True)
class Figure:
    """A number over the list, how many of those are due today or late, and since when the oldest is there."""

    count: int
    today: int
    late: int
    oldest: datetime | None


def figure(tasks: Sequence[Task], viewer: Viewer) -> Figure:
    """The figure of these tasks."""
    due = [viewer.due(task) for task in tasks]
    return Figure(
        len(tasks), due.count(Due.TODAY), due.count(Due.LATE), min((task.since for task in tasks), default=None)
    )
