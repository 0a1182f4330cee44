"""Reads about tasks."""

from typing import NamedTuple

from chalicelib.kernel.scopes import DealerScope, TenantScope
from chalicelib.tasks import repo
from chalicelib.tasks.kinds import KINDS, QUESTION
from chalicelib.tasks.model import Task, TaskKind

MAX_COUNTED = 100
"""A count that reaches it is shown as more than the number before."""


def open_tasks(scope: DealerScope) -> list[Task]:
    """All that are open, soonest due first and of those the oldest. One query, by the megabyte."""
    found = [task for task in repo.tasks(scope) if task.kind in KINDS]
    return sorted(found, key=lambda task: (task.due, task.since, task.task_id))


def open_task(scope: TenantScope, kind: TaskKind, task_id: str) -> Task | None:
    """One that is open."""
    return repo.task(scope, kind.name, task_id)


def open_tasks_of(scope: TenantScope, kind: TaskKind) -> list[Task]:
    """Those of this kind that are open, the oldest first. One query."""
    return repo.tasks(scope, kind=kind.name)


def accounts_with(scope: TenantScope, kind: TaskKind) -> list[str]:
    """The accounts that an open task of this kind is about. One query."""
    return sorted({task.account_ref for task in open_tasks_of(scope, kind) if task.account_ref})


class OpenCount(NamedTuple):
    """How many tasks are open in all, and how many of them are questions; each up to MAX_COUNTED."""

    total: int
    questions: int


def open_counts(scope: TenantScope) -> OpenCount:
    """One round trip; two where there are so many that not all kinds are seen."""
    kinds = repo.open_kinds(scope, limit=MAX_COUNTED)
    if len(kinds) < MAX_COUNTED:
        return OpenCount(len(kinds), kinds.count(QUESTION.name))
    return OpenCount(len(kinds), repo.open_count_of(scope, QUESTION.name, limit=MAX_COUNTED))
