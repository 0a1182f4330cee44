"""Tasks as a slice opens them, without what they stand for."""

from datetime import datetime

from chalicelib.ccx.codes import Code
from chalicelib.ccx.messages import Message, Share
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import transaction
from chalicelib.tasks import repo
from chalicelib.tasks.held_export import detail_of
from chalicelib.tasks.kinds import (
    CHANGE,
    DISPUTE,
    DOCUMENT,
    DOCUMENT_OVERDUE,
    EXPORT_MISSING,
    HELD_EXPORT,
    INVITATION_UNDELIVERED,
    MAIL_BOUNCED,
    NOT_TAKEN,
    QUESTION,
    STAFF_MAIL_BOUNCED,
    TEXTS_USED_UP,
)
from chalicelib.tasks.model import Task, TaskKind
from chalicelib.tasks.operations import open_task

REASON = Message(Code.G402_ACCOUNTS, {"removed": 30, "before": 40, "percent": Share(30, 40), "limit": "20"})
DETAILS = {
    HELD_EXPORT.name: detail_of(run=12, export=412, reason=REASON),
    EXPORT_MISSING.name: {"day": "2024-06-05", "time": "07:00"},
    QUESTION.name: {"title": "Where is the second hose?"},
    CHANGE.name: {"field": "phone", "value": "01632 960 118"},
    DISPUTE.name: {
        "references": "126884",
        "reason": "goods",
        "state": "raised",
        "amount": "4615",
        "currency": "GBP",
    },
    INVITATION_UNDELIVERED.name: {"email": "al@farm.example", "reason": "NoEmail"},
    MAIL_BOUNCED.name: {"email": "al@farm.example", "reason": "NoEmail"},
    STAFF_MAIL_BOUNCED.name: {"email": "jo@dealer.example", "reason": "complaint"},
    DOCUMENT.name: {"name": "May.pdf"},
    DOCUMENT_OVERDUE.name: {"title": "Three payslips"},
    NOT_TAKEN.name: {"reason": "Number too long"},
    TEXTS_USED_UP.name: {"count": "1000", "until": "2024-07-01"},
}


def opened(
    scope: TenantScope,
    now: datetime,
    ids: Ids,
    *,
    kind: TaskKind = NOT_TAKEN,
    ref: str | None = "1200",
    name: str = "Mr A L Barlow",
    depot: str | None = None,
    **detail: str,
) -> Task:
    """One that is open from `now` on."""
    task_id = ids.ulid(now)
    record = open_task(
        scope,
        kind=kind,
        task_id=task_id,
        detail={**DETAILS[kind.name], **detail},
        now=now,
        account_ref=ref,
        account_name=name,
        depot=depot,
    )
    with assume_scope(scope), transaction() as t:
        t.put(record)
    found = repo.task(scope, kind.name, task_id)
    assert found
    return found
