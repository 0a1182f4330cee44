"""Somebody logs in with another email: the dealers' lists of staff and of users of accounts follow."""

from chalicelib.customers.enrolment import transitions
from chalicelib.dealers.staff import operations as staff
from chalicelib.identity import queries
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications.handlers import IdentityStep, repeatable_ids
from chalicelib.store.outbox import OutboxItem


class EmailSync(IdentityStep):
    """Payload: person_id, before, email."""

    kind = "email_sync"

    def run(self, scope: IdentityScope, item: OutboxItem) -> None:
        """Whatever they log in with now: of two changes that are carried in the other order the newer one stays."""
        person_id, now = item.payload["person_id"], item.queued_at
        email = queries.email_of(scope, person_id)
        for one in queries.memberships(scope, person_id):
            dealer, ids = ImportScope(one.dealer_id), repeatable_ids(item, about=one.key)
            if one.account_ref is None:
                staff.change_email(dealer, person_id=person_id, email=email, now=now, ids=ids)
            else:
                transitions.change_email(
                    dealer, ref=one.account_ref, person_id=person_id, email=email, now=now, ids=ids
                )
