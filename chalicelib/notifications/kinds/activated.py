"""Somebody logged in for the first time since a membership was given: the dealer's side notes it."""

from chalicelib.customers.enrolment import operations as customers
from chalicelib.dealers.staff import operations as staff
from chalicelib.identity.model import Kind
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.handlers import IdentityStep, repeatable_ids
from chalicelib.store.outbox import OutboxItem


class Activated(IdentityStep):
    """Payload: dealer_id, kind, account_ref, role, invitation_id, person_id, email."""

    kind = "activated"

    def run(self, item: OutboxItem) -> None:
        """A customer's account turns active, or a person joins the staff."""
        done, scope = item.payload, ImportScope(item.payload["dealer_id"])
        person_id, email, now, ids = done["person_id"], done["email"], item.queued_at, repeatable_ids(item)
        if done["kind"] == Kind.CUSTOMER:
            customers.activate(scope, ref=done["account_ref"], person_id=person_id, email=email, now=now, ids=ids)
        else:
            staff.join_staff(scope, role=done["role"], person_id=person_id, email=email, now=now, ids=ids)
