"""An account's number was used again for somebody else: those who reached it before do so no longer."""

from functools import partial

from chalicelib.customers import document_requests, eras, operations
from chalicelib.customers.change_requests import operations as changes
from chalicelib.customers.consents import operations as consents
from chalicelib.customers.enrolment.invitation import end_link
from chalicelib.disputes import operations as disputes
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.messages import operations as messages
from chalicelib.notifications.former_members import forget_profile
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
from chalicelib.store.audit import IMPORT
from chalicelib.store.outbox import OutboxItem


class EraStarted(DealerStep):
    """Payload: account_ref; invitation: email and invitation_id of one that was open, or None."""

    kind = eras.STARTED

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """End an open invitation, and of an earlier era memberships, sessions, links and what was asked for."""
        ref, now, ids_of = item.payload["account_ref"], item.queued_at, partial(_ids_of, item)
        if invitation := item.payload["invitation"]:
            end_link(scope, ref=ref, **invitation, now=now, ids=repeatable_ids(item))
        for person_id in eras.end_earlier_memberships(scope, ref=ref, now=now, ids=repeatable_ids(item)):
            forget_profile(scope, person_id=person_id)
        changes.end_earlier(scope, ref=ref, now=now, ids_of=ids_of)
        disputes.end_earlier(scope, ref=ref, now=now, ids_of=ids_of)
        consents.forget_earlier(scope, ref=ref, now=now, ids_of=ids_of)
        document_requests.end_earlier(scope, ref=ref, now=now, ids_of=ids_of)
        messages.end_earlier(scope, ref=ref, now=now, ids_of=ids_of)
        for customer in eras.earlier_links(scope, ref):
            operations.unlink(scope, customer, actor=IMPORT, now=now, ids=ids_of(customer.customer_id))


def _ids_of(item: OutboxItem, about: str) -> Ids:
    return repeatable_ids(item, about=about)
