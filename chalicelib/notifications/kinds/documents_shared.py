"""The mail that tells somebody of documents that the dealer shows them."""

from urllib.parse import urlencode

from chalicelib.alerts.kinds import DOCUMENTS_SHARED
from chalicelib.alerts.model import Alert
from chalicelib.customers import queries as customers
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.store.outbox import OutboxItem
from chalicelib.uploads import shared_queries, sharing


class DocumentsShared(Notice):
    """Payload: account_ref, email, files (their ids)."""

    kind = sharing.ANNOUNCED

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """Of those that are still shown; None if none is, or the account is another customer's now."""
        ref, announced = item.payload["account_ref"], set(item.payload["files"])
        era = current_era(scope, ref)
        shown = shared_queries.shown(scope, ref, era=era)
        titles = [file.title for file in shown if file.file_id in announced]
        if not titles:
            return None
        asked = urlencode(customers.address_of_account(scope, ref))
        path = f"/documents?{asked}#shared" if asked else "/documents#shared"
        mail = deps.mail(
            self.kind,
            read_by(dealers.dealer(scope), item.payload["email"]),
            to=item.payload["email"],
            link=deps.link(path),
            account_number=ref,
            titles=titles,
        )
        about = {"titles": ", ".join(titles), "count": str(len(titles))}
        alert = Alert(DOCUMENTS_SHARED.name, ref, era, path, about)
        return ComposedMail(mail, alerts=(alert,), counts={"documents": len(titles)})
