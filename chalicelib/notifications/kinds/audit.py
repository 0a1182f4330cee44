"""What happened on identity's side and belongs into a dealer's audit trail: no transaction spans the two roles."""

from chalicelib.kernel.origin import stored_origin
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications.handlers import IdentityStep, repeatable_ids
from chalicelib.store.audit import audit_row, put_audit_row
from chalicelib.store.outbox import OutboxItem


class Audit(IdentityStep):
    """Payload: dealer_id, actor, event, subject, detail, origin."""

    kind = "audit"

    def run(self, scope: IdentityScope, item: OutboxItem) -> None:
        """Put the row; again, it overwrites itself."""
        del scope
        what = item.payload
        dealer = ImportScope(what["dealer_id"], origin=stored_origin(what.get("origin")))
        row = audit_row(
            dealer,
            ids=repeatable_ids(item),
            now=item.queued_at,
            actor=what["actor"],
            event=what["event"],
            subject=what["subject"],
            detail=what["detail"],
        )
        put_audit_row(dealer, row)
