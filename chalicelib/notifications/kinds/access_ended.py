"""Staff ended somebody's access to an account: identity's side follows."""

from chalicelib.customers.enrolment import removal
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
from chalicelib.store.outbox import OutboxItem


class AccessEnded(DealerStep):
    """Payload: account_ref, person_id, email."""

    kind = removal.ENDED

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """End the membership and its sessions; one that was given since by a newer invitation stays."""
        removal.end_membership_of(
            scope,
            ref=item.payload["account_ref"],
            person_id=item.payload["person_id"],
            before=item.item_id,
            now=item.queued_at,
            ids=repeatable_ids(item),
        )
