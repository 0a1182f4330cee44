"""Somebody logged in for the first time since a membership was given: the dealer's side notes it."""

from chalicelib.customers import eras
from chalicelib.customers.enrolment import transitions
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.dealership_users import sync
from chalicelib.identity import queries
from chalicelib.identity.model import MembershipKind
from chalicelib.kernel.origin import stored_origin
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications.handlers import IdentityStep, repeatable_ids
from chalicelib.store.outbox import OutboxItem


class Activated(IdentityStep):
    """Payload: dealer_id, kind, account_ref, role, era, invitation_id, person_id, email, origin."""

    kind = "activated"

    def run(self, scope: IdentityScope, item: OutboxItem) -> None:
        """A customer's account turns active, or a person joins the staff.

        Where the account has begun another era since the invitation, or the invitation to the staff was deleted, the
        membership ends instead.
        """
        done = item.payload
        dealer = ImportScope(done["dealer_id"], origin=stored_origin(done.get("origin")))
        person_id, now, ids = done["person_id"], item.queued_at, repeatable_ids(item)
        email = queries.email_of(scope, person_id) or done["email"]  # it may have been changed since
        if done["kind"] != MembershipKind.CUSTOMER:
            sync.join(
                dealer,
                role=Role(done["role"]),
                person_id=person_id,
                email=email,
                before=item.item_id,
                now=now,
                ids=ids,
            )
            return
        ref, user = done["account_ref"], AccountUser(person_id, email, now, done.get("era", ""))
        if not transitions.activate(dealer, user, ref=ref, ids=ids):
            eras.end_earlier_membership(dealer, ref=ref, person_id=person_id, now=now, ids=ids)
