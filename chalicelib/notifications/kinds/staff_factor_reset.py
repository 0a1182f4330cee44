"""An admin has reset the second factor of a colleague: identity's side follows, which mails it to them."""

from chalicelib.dealers.staff import queries as staff
from chalicelib.dealership_users.operations import FACTOR_RESET
from chalicelib.identity.factor_reset import reset_factors
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
from chalicelib.store.outbox import OutboxItem


class StaffFactorReset(DealerStep):
    """Payload: person_id."""

    kind = FACTOR_RESET

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """Nothing happens to somebody who is no colleague any more."""
        person_id = item.payload["person_id"]
        if staff.colleague(scope, person_id):
            reset_factors(
                IdentityScope(), person_id=person_id, before=item.item_id, now=item.queued_at, ids=repeatable_ids(item)
            )
