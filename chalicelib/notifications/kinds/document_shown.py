"""Staff show a document to a customer for the first time: everybody who may open the account is notified of it."""

from chalicelib.customers import queries as customers
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.kernel.areas import Area
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
from chalicelib.store import outbox_messages
from chalicelib.store.outbox import OutboxItem
from chalicelib.uploads import sharing


class DocumentShown(DealerStep):
    """Payload: account_ref. The first of several items sees to all documents that were shown by then: one mail."""

    kind = sharing.SHOWN

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """Queue a mail to each of them."""
        ref = item.payload["account_ref"]
        era = current_era(scope, ref)
        emails = sorted({user.email for user in customers.readers_of_account(scope, ref, era, Area.DOCUMENTS)})
        mailed = sharing.announce(
            scope,
            account_ref=ref,
            era=era,
            emails=emails,
            now=item.queued_at,
            ids_of=lambda about: repeatable_ids(item, about=about),
        )
        if mailed:
            outbox_messages.notify(scope)
