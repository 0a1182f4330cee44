"""Tasks in the table."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Delete, Put, WriteItem, transaction
from chalicelib.tasks.model import Task
from chalicelib.tasks.records import TaskRecord


@scoped
def tasks(scope: TenantScope, *, kind: str = "") -> list[Task]:
    """All that are open, or those of a kind; by kind and age."""
    condition = TaskRecord.sk.startswith(f"{kind}#") if kind else None
    return list(map(_task, TaskRecord.query(_pk(scope), condition, consistent_read=True)))


@scoped
def task(scope: TenantScope, kind: str, task_id: str) -> Task | None:
    """One that is open."""
    record = TaskRecord.find(_pk(scope), _sk(kind, task_id), consistent=True)
    return _task(record) if record else None


@scoped
def open_kinds(scope: TenantScope, *, limit: int) -> list[str]:
    """The kinds of the first that are open, by kind; at most `limit`. One round trip."""
    found = TaskRecord.query(_pk(scope), limit=limit, page_size=limit, attributes_to_get=["pk", "sk"])
    return [one.sk.partition("#")[0] for one in found]


@scoped
def open_count_of(scope: TenantScope, kind: str, *, limit: int) -> int:
    """How many of a kind are open; `limit` stands for more. One round trip."""
    condition = TaskRecord.sk.startswith(f"{kind}#")
    return int(TaskRecord.count(_pk(scope), condition, limit=limit))


def new_task(scope: TenantScope, task: Task) -> Record:
    """The record to put, once, in the transaction of what the task stands for."""
    return _record(scope, task)


def closed_task(scope: TenantScope, kind: str, task_id: str) -> WriteItem:
    """Its removal, for the transaction that ends what it stands for. One that is gone does no harm."""
    return Delete(TaskRecord(_pk(scope), _sk(kind, task_id)))


def changed_task(scope: TenantScope, before: Task, new: Task) -> WriteItem:
    """`new` in the place of `before`, for a transaction, which is refused where it is no longer that."""
    return Put(_record(scope, replace(new, version=before.version + 1)), TaskRecord.version == before.version)


@scoped
def change(scope: TenantScope, before: Task, new: Task, *, also: Iterable[Record]) -> Task:
    """Write `new` over `before`. Raises ConflictError where it is no longer `before`."""
    after = replace(new, version=before.version + 1)
    with transaction() as t:
        t.put(_record(scope, after), TaskRecord.version == before.version)
        for record in also:
            t.put(record)
    return after


@scoped
def remove(scope: TenantScope, task: Task, *, also: Iterable[Record]) -> None:
    """It is done. Raises ConflictError where somebody else removed it."""
    with transaction() as t:
        t.delete(TaskRecord(_pk(scope), _sk(task.kind, task.task_id)), TaskRecord.pk.exists())
        for record in also:
            t.put(record)


def _pk(scope: TenantScope) -> str:
    return tenant_pk(scope, "TASKS")


def _sk(kind: str, task_id: str) -> str:
    return f"{kind}#{task_id}"


def _record(scope: TenantScope, task: Task) -> TaskRecord:
    return TaskRecord(
        _pk(scope),
        _sk(task.kind, task.task_id),
        since=task.since,
        due=task.due.isoformat(),
        detail=dict(task.detail),
        account_ref=task.account_ref,
        account_name=task.account_name or None,
        depot=task.depot,
        assigned_to=task.assigned_to,
        version=task.version,
    )


def _task(record: TaskRecord) -> Task:
    kind, _, task_id = record.sk.partition("#")
    return Task(
        kind=kind,
        task_id=task_id,
        since=record.since,
        due=date.fromisoformat(record.due),
        detail=record.detail,
        account_ref=record.account_ref,
        account_name=record.account_name or "",
        depot=record.depot,
        assigned_to=record.assigned_to,
        version=int(record.version),
    )
