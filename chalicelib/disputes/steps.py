"""What each step of a dispute is written with: marks on its rows, task, item of the feed, audit row and mail."""

from datetime import datetime

from chalicelib.dealers.repo import require_generation
from chalicelib.dealers.staff_mails.model import StaffEvent
from chalicelib.dealers.staff_mails.operations import happened
from chalicelib.disputes import feed_items, repo
from chalicelib.disputes.model import Action, Dispute
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.scopes import CustomerScope, DealerScope, ImportScope, TenantScope
from chalicelib.ledger import repo as ledger
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.overlays import DisputeMark, DisputeMarks
from chalicelib.store.audit import AuditRow, audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import WriteItem
from chalicelib.tasks import queries as tasks
from chalicelib.tasks.kinds import DISPUTE
from chalicelib.tasks.operations import close_task, open_task, update_task

NEWS = "dispute_news"
"""The kind of the outbox item that has the customer mailed."""
FOR_STAFF = "new_dispute"
"""The kind of the mail to those of the staff who want to know."""
MAILED = frozenset({Action.ACKNOWLEDGE, Action.CREDIT, Action.REJECT})
_EVENTS = {
    Action.RAISE: "dispute.raised",
    Action.ACKNOWLEDGE: "dispute.acknowledged",
    Action.REVIEW: "dispute.reviewed",
    Action.CREDIT: "dispute.credited",
    Action.REJECT: "dispute.rejected",
    Action.WITHDRAW: "dispute.withdrawn",
    Action.REOPEN: "dispute.reopened",
}


def put_opened(
    scope: CustomerScope,
    new: Dispute,
    view: AccountView,
    marks: DisputeMarks,
    *,
    before: Dispute | None,
    provided: WriteItem,
    now: datetime,
    ids: Ids,
) -> Dispute:
    """It is raised, or raised again: staff have a task, and its rows are marked, if no newer export changed them."""
    task = open_task(
        scope,
        kind=DISPUTE,
        task_id=new.dispute_id,
        detail=_task_detail(new),
        now=now,
        account_ref=new.account_ref,
        account_name=new.account_name,
        depot=new.depot_code or None,
    )
    marked = marks.with_rows({row.key: DisputeMark(new.dispute_id, row.amount, new.era) for row in new.rows})
    return repo.put(
        scope,
        new,
        before=before,
        marks=marked,
        writes=(provided, require_generation(scope, view.snapshot.published.generation)),
        also=(task, *_consequences(scope, new, now=now, ids=ids), _for_staff(scope, new, now=now, ids=ids)),
    )


def put_moved(
    scope: CustomerScope | DealerScope | ImportScope, before: Dispute, new: Dispute, *, now: datetime, ids: Ids
) -> Dispute:
    """A step of one that is open. What ends it ends its task, and its rows are in dispute no more."""
    if not new.is_open:
        marks = ledger.read_dispute_marks(scope, new.account_ref).without(new.dispute_id)
        writes: list[WriteItem] = [close_task(scope, kind=DISPUTE, task_id=new.dispute_id)]
    else:
        marks, task = None, tasks.open_task(scope, DISPUTE, new.dispute_id)
        writes = [update_task(scope, task, detail=_task_detail(new))] if task else []
    also = _consequences(scope, new, now=now, ids=ids)
    return repo.put(scope, new, before=before, marks=marks, writes=writes, also=also)


def audit_of(
    scope: TenantScope, dispute: Dispute, event: str, *, now: datetime, ids: Ids, actor: str, **said: str
) -> AuditRow:
    """Of what was written the trail has only which transactions it is about."""
    detail = {"dispute": dispute.dispute_id, "references": dispute.references, **said}
    return audit_row(scope, ids=ids, now=now, actor=actor, event=event, subject=dispute.account_ref, detail=detail)


def _consequences(
    scope: CustomerScope | DealerScope | ImportScope, new: Dispute, *, now: datetime, ids: Ids
) -> tuple[Record, ...]:
    """What others read of its last step: the dealer's system, the trail, and where it is news to them its customer."""
    step = new.steps[-1]
    audit = audit_of(scope, new, _EVENTS[step.action], now=now, ids=ids, actor=step.by)
    item = feed_items.item_of(scope, new, now=now, ids=ids)
    if step.action not in MAILED:
        return audit, item
    payload = {"account_ref": new.account_ref, "dispute_id": new.dispute_id, "step": len(new.steps)}
    return audit, item, outbox_item(scope, kind=NEWS, payload=payload, now=now, ids=ids)


def _for_staff(scope: CustomerScope, new: Dispute, *, now: datetime, ids: Ids) -> Record:
    """Has those of the staff mailed who want to know."""
    about = {
        "of_account": new.account_ref,
        "dispute_id": new.dispute_id,
        "step": len(new.steps),
        "title": new.references,
        "customer": ", ".join(filter(None, (new.account_name, new.account_ref))),
        "path": f"/staff/disputes/{link_part(new.account_ref)}/{new.dispute_id}",
    }
    return happened(scope, StaffEvent.DISPUTE, about, now=now, ids=ids)


def _task_detail(dispute: Dispute) -> dict[str, str]:
    return {
        "references": dispute.references,
        "reason": dispute.reason.value,
        "state": dispute.state.value,
        "amount": str(dispute.amount),
        "currency": dispute.currency,
    }
