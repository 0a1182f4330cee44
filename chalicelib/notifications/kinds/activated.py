"""Somebody logged in for the first time since a membership was given: the dealer's side notes it."""

from chalicelib.customers import eras
from chalicelib.customers.colleagues import transitions
from chalicelib.customers.colleagues.transitions import Joining
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.dealership_users import sync
from chalicelib.identity import queries
from chalicelib.identity.model import MembershipKind
from chalicelib.kernel.origin import stored_origin
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications.handlers import IdentityStep, repeatable_ids
from chalicelib.store import outbox_messages
from chalicelib.store.outbox import OutboxItem


class Activated(IdentityStep):
    """Payload: dealer_id, kind, account_ref, role, era, invitation_id, person_id, email, origin."""

    kind = "activated"

    def run(self, scope: IdentityScope, item: OutboxItem) -> None:
        """A customer's account turns active, or a person joins the staff.

        Where the account has begun another era since the invitation, or the invitation was withdrawn, the membership
        ends instead.
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
        ref, invitation_id = done["account_ref"], done.get("invitation_id", "")
        user = AccountUser(person_id, email, now, done.get("era", ""), invitation_id)
        match transitions.join(dealer, user, ref=ref, ids_of=lambda about: repeatable_ids(item, about=about)):
            case Joining.ERA_OVER:
                eras.end_earlier_membership(dealer, ref=ref, person_id=person_id, now=now, ids=ids)
            case Joining.WITHDRAWN:
                transitions.end_withdrawn_membership(
                    dealer, ref=ref, person_id=person_id, before=item.item_id, now=now, ids=ids
                )
            case Joining.COLLEAGUE:
                outbox_messages.notify(dealer)
