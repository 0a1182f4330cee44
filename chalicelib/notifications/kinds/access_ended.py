"""Staff ended somebody's access to an account: identity's side follows."""

from chalicelib.customers.colleagues import removal
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.former_members import forget_profile
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
from chalicelib.store.outbox import OutboxItem


class AccessEnded(DealerStep):
    """Payload: account_ref, person_id, email."""

    kind = removal.ENDED

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """End the membership and its sessions; one that was given since by a newer invitation stays.

        Who has none at the dealer after that has no profile either.
        """
        person_id = item.payload["person_id"]
        removal.end_membership_of(
            scope,
            ref=item.payload["account_ref"],
            person_id=person_id,
            before=item.item_id,
            now=item.queued_at,
            ids=repeatable_ids(item),
        )
        forget_profile(scope, person_id=person_id)
