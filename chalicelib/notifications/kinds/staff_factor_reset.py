"""An admin has reset the second factor of a colleague: identity's side follows, which mails it to them."""

from chalicelib.dealers.staff import queries as staff
from chalicelib.dealership_users.operations import FACTOR_RESET
from chalicelib.identity import queries as identity
from chalicelib.identity.factor_reset import reset_factors
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
from chalicelib.store.outbox import OutboxItem


class StaffFactorReset(DealerStep):
    """Payload: person_id."""

    kind = FACTOR_RESET

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """Nothing happens to somebody who is no colleague any more, or whom another dealer knows by now."""
        person_id, people = item.payload["person_id"], IdentityScope()
        if identity.is_known_elsewhere(people, person_id, dealer_id=scope.dealer_id):
            return
        if staff.colleague(scope, person_id):
            reset_factors(
                people, person_id=person_id, before=item.item_id, now=item.queued_at, ids=repeatable_ids(item)
            )
