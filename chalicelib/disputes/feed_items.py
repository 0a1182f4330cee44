"""What the dealer's own system has to know of a dispute: that it was raised, and each step after."""

from datetime import datetime

from chalicelib.disputes.model import Action, Dispute
from chalicelib.feed.operations import feed_item
from chalicelib.feed.payloads import DisputeChanged, DisputeRaised
from chalicelib.kernel.dispute_codes import DisputeState
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.record import Record


def item_of(scope: TenantScope, dispute: Dispute, *, now: datetime, ids: Ids) -> Record:
    """The item of its last step; that it was raised has the dispute's own id."""
    return feed_item(
        scope,
        _payload(dispute),
        item_id=dispute.dispute_id if dispute.steps[-1].action is Action.RAISE else ids.ulid(now),
        now=now,
        account_ref=dispute.account_ref,
        account_name=dispute.account_name,
    )


def _payload(dispute: Dispute) -> DisputeRaised | DisputeChanged:
    step = dispute.steps[-1]
    transactions = "\n".join(f"{row.type} {row.transaction_id} {row.amount}" for row in dispute.rows)
    if step.state is DisputeState.RAISED:
        return DisputeRaised(
            dispute_id=dispute.dispute_id,
            dispute_reason=dispute.reason,
            amount=dispute.amount,
            currency=dispute.currency,
            transactions=transactions,
            message=step.text,
            raised_by=dispute.raised_by,
        )
    return DisputeChanged(
        dispute_id=dispute.dispute_id,
        dispute_state=step.state,
        credit=step.credit,
        currency=dispute.currency,
        transactions=transactions,
        answer=step.text,
    )
