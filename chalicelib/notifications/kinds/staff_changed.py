"""Somebody was taken off the dealer's list of staff, or has another role on it: identity's side follows."""

from chalicelib.dealers.staff import operations as staff
from chalicelib.dealership_users.sync import sync_membership
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.former_members import forget_profile
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
from chalicelib.store.outbox import OutboxItem


class StaffChanged(DealerStep):
    """Payload: person_id, email."""

    kind = staff.MEMBER_CHANGED

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """Make the membership what the list says now; one that was given since by a newer invitation stays.

        Who has none at the dealer after that has no profile either.
        """
        person_id = item.payload["person_id"]
        sync_membership(
            scope,
            person_id=person_id,
            email=item.payload["email"],
            before=item.item_id,
            now=item.queued_at,
            ids=repeatable_ids(item),
        )
        forget_profile(scope, person_id=person_id)
