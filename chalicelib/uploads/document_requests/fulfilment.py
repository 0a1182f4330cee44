"""What a file that is accepted, or wanted again, does to the request that it was sent for: part of its transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.dealers import queries as dealers
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.audit import audit_row
from chalicelib.store.transactions import Put, WriteItem
from chalicelib.tasks.kinds import DOCUMENT_OVERDUE
from chalicelib.tasks.operations import close_task
from chalicelib.uploads.document_requests import repo
from chalicelib.uploads.document_requests.model import DocumentRequest, RequestState
from chalicelib.uploads.model import Review, SentFile

_EVENTS = {RequestState.FULFILLED: "request.fulfilled", RequestState.OPEN: "request.reopened"}


@dataclass(frozen=True, slots=True)
class Effect:
    """For the transaction of the file. `title` is the request's, empty of a file that nobody asked for."""

    title: str = ""
    writes: tuple[WriteItem, ...] = ()


def accepted(scope: TenantScope, file: SentFile, *, actor: str, now: datetime, ids: Ids) -> Effect:
    """The file counts, and may be the last that was missing."""
    return _effect(scope, file, lambda request: request.with_file(file.file_id, now=now), actor=actor, now=now, ids=ids)


def reviewed(
    scope: TenantScope, before: SentFile, after: SentFile, *, actor: str, now: datetime, ids: Ids
) -> tuple[WriteItem, ...]:
    """A file that is asked for again leaves its place; one of which staff say then that it will do takes it back."""
    if after.review is Review.ASKED_AGAIN:
        today = local_date(now, dealers.dealer(scope).time_zone)
        return _effect(
            scope, after, lambda one: one.without_file(after.file_id, today=today), actor=actor, now=now, ids=ids
        ).writes
    if before.review is Review.ASKED_AGAIN:
        return accepted(scope, after, actor=actor, now=now, ids=ids).writes
    return ()


def _effect(
    scope: TenantScope,
    file: SentFile,
    change: Callable[[DocumentRequest], DocumentRequest],
    *,
    actor: str,
    now: datetime,
    ids: Ids,
) -> Effect:
    before = repo.request(scope, file.account_ref, file.request_id) if file.request_id else None
    if before is None:
        return Effect()
    after = change(before)
    if after == before:
        return Effect(before.title)
    writes = repo.changed(scope, before, after)
    if before.is_noted and not after.is_noted:
        writes.append(close_task(scope, kind=DOCUMENT_OVERDUE, task_id=before.request_id))
    if before.state is not after.state:
        detail = {"request": before.request_id, "title": before.title}
        row = audit_row(
            scope,
            ids=ids,
            now=now,
            actor=actor,
            event=_EVENTS[after.state],
            subject=before.account_ref,
            detail=detail,
        )
        writes.append(Put(row))
    return Effect(before.title, tuple(writes))
