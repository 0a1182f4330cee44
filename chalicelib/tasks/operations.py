"""Staff divide their tasks among themselves and end those that nothing else ends. Each change is one transaction."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.staff import queries as staff
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import STAFF_ROLE_REQUIRED, Role
from chalicelib.kernel.scopes import DealerScope, TenantScope
from chalicelib.store.audit import AuditRow, audit_row
from chalicelib.store.record import CHANGED, Record
from chalicelib.store.transactions import WriteItem
from chalicelib.tasks import repo
from chalicelib.tasks.kinds import KINDS
from chalicelib.tasks.model import ShownTask, Task, TaskKind

NOT_STAFF = lazy_gettext("Choose a colleague")
AUDITED = ("field", "title", "name", "email", "run", "export", "references")
"""What the audit trail keeps of a task's detail, to say which it was. What a customer has entered is not repeated."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of the tasks that a form named, those that are now as it asks, and how many somebody else changed first.

    `for_admins`: how many were not given to a colleague, who may not do them.
    """

    done: tuple[Task, ...]
    changed_since: int
    for_admins: int = 0


def open_task(  # noqa: PLR0913 - a task has as many parts
    scope: TenantScope,
    *,
    kind: TaskKind,
    task_id: str,
    detail: Mapping[str, str],
    now: datetime,
    account_ref: str | None = None,
    account_name: str = "",
    depot: str | None = None,
    assigned_to: str | None = None,
) -> Record:
    """The task's record, to be put in the transaction that writes what it stands for, whose ULID is `task_id`.

    `assigned_to` is who of the staff has it from the beginning.
    """
    opened = local_date(now, dealers.dealer(scope).time_zone)
    task = Task(
        kind=kind.name,
        task_id=task_id,
        since=now,
        due=opened + timedelta(days=kind.days),
        detail=detail,
        account_ref=account_ref,
        account_name=account_name,
        depot=depot,
        assigned_to=assigned_to,
    )
    return repo.new_task(scope, task)


def close_task(scope: TenantScope, *, kind: TaskKind, task_id: str) -> WriteItem:
    """Its removal, for the transaction that ends what it stands for."""
    return repo.closed_task(scope, kind.name, task_id)


def update_task(scope: TenantScope, task: Task, *, detail: Mapping[str, str]) -> WriteItem:
    """What an open task says, for the transaction that changes it. It stays with who has it."""
    return repo.changed_task(scope, task, replace(task, detail=detail))


def handed_task(scope: TenantScope, task: Task, *, to: str | None) -> WriteItem:
    """An open task that is somebody else's or nobody's from now on, for the transaction that hands on its matter."""
    return repo.changed_task(scope, task, replace(task, assigned_to=to))


def end_task(scope: TenantScope, task: Task, *, also: Iterable[Record]) -> None:
    """Take an open task away, since what it stands for has ended, and write `also` with that.

    Raises ConflictError where it is not there any more.
    """
    repo.remove(scope, task, also=also)


def assign(scope: DealerScope, *, shown: Iterable[ShownTask], to: str | None, now: datetime, ids: Ids) -> Outcome:
    """Give the tasks to a member of the staff who may do them, or to nobody. What is theirs already stays as it is.

    Raises InvalidError for somebody who is not of the staff, ForbiddenError for a task that is for admins.
    """
    asked = _checked(scope, shown)
    role = _role(scope, to) if to else Role.ADMIN
    # Tested control: admins-tasks-to-admins
    given = [seen for seen in asked if KINDS[seen.kind].is_for(role)]

    def change(task: Task, seen: ShownTask) -> Task:
        if task.assigned_to == to:
            return task
        if task.version != seen.version:
            raise ConflictError(CHANGED)
        event = "task.assigned" if to else "task.released"
        audit = _audit(scope, task, event, {"to": to or ""}, now=now, ids=ids)
        return repo.change(scope, task, replace(task, assigned_to=to), also=(audit,))

    return replace(_each(scope, given, change), for_admins=len(asked) - len(given))


def _role(scope: DealerScope, person_id: str) -> Role:
    """That of a member of the staff. Raises InvalidError for somebody who is none."""
    if person_id == scope.person_id:
        return scope.role
    colleague = staff.colleague(scope, person_id)
    if colleague is None:
        raise InvalidError(NOT_STAFF, {"to": NOT_STAFF})
    return colleague.role


def take(scope: DealerScope, *, shown: Iterable[ShownTask], now: datetime, ids: Ids) -> Outcome:
    """Assign them to the person who asks."""
    return assign(scope, shown=shown, to=scope.person_id, now=now, ids=ids)


def release(scope: DealerScope, *, shown: Iterable[ShownTask], now: datetime, ids: Ids) -> Outcome:
    """Assign them to nobody."""
    return assign(scope, shown=shown, to=None, now=now, ids=ids)


def finish(scope: DealerScope, *, shown: Iterable[ShownTask], now: datetime, ids: Ids) -> Outcome:
    """Mark them done.

    Raises InvalidError where one of them ends with what it stands for, and ForbiddenError as above: then none is done.
    """
    asked = _checked(scope, shown)
    if not all(KINDS[seen.kind].ends_by_hand for seen in asked):
        raise InvalidError(_("Open this task to complete it."))

    def end(task: Task, _seen: ShownTask) -> Task:
        repo.remove(scope, task, also=(_audit(scope, task, "task.done", {}, now=now, ids=ids),))
        return task

    return _each(scope, asked, end)


def _checked(scope: DealerScope, shown: Iterable[ShownTask]) -> list[ShownTask]:
    """Each once, before any is changed. Raises NotFoundError, and ForbiddenError for one that is for admins."""
    asked = list(dict.fromkeys(shown))
    for seen in asked:
        if seen.kind not in KINDS:
            raise NotFoundError
        # Tested control: admins-tasks-taken
        if not KINDS[seen.kind].may_do(scope):
            raise ForbiddenError(STAFF_ROLE_REQUIRED[KINDS[seen.kind].role])
    return asked


def _each(scope: DealerScope, asked: Iterable[ShownTask], act: Callable[[Task, ShownTask], Task]) -> Outcome:
    done: list[Task] = []
    lost = 0
    for seen in asked:
        task = repo.task(scope, seen.kind, seen.task_id)
        if task is None:
            lost += 1
            continue
        before = len(done)
        with suppress(ConflictError):
            done.append(act(task, seen))
        lost += len(done) == before
    return Outcome(tuple(done), lost)


def _audit(
    scope: DealerScope, task: Task, event: str, detail: Mapping[str, str], *, now: datetime, ids: Ids
) -> AuditRow:
    return audit_row(
        scope,
        ids=ids,
        now=now,
        actor=scope.person_id,
        event=event,
        subject=task.account_ref or "",
        detail={"kind": task.kind, "task": task.task_id, **_of_task(task), **detail},
    )


def _of_task(task: Task) -> dict[str, str]:
    return {name: task.detail[name] for name in AUDITED if name in task.detail}
