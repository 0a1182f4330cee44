"""Reads about tasks."""

from chalicelib.kernel.scopes import DealerScope, TenantScope
from chalicelib.tasks import repo
from chalicelib.tasks.kinds import KINDS
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


def open_count(scope: TenantScope) -> int:
    """How many there are, up to MAX_COUNTED."""
    return repo.open_count(scope, limit=MAX_COUNTED)
