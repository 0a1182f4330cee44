"""The mail about a document that staff ask a customer for."""

from chalicelib.alerts.kinds import DOCUMENT_REQUESTED
from chalicelib.alerts.model import Alert
from chalicelib.customers import document_requests
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Module
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.rendering.format import formats
from chalicelib.store.outbox import OutboxItem
from chalicelib.uploads.document_requests.operations import ASKED


class DocumentRequested(Notice):
    """Payload: account_ref, request_id, email. It leads to the page where the document is sent."""

    kind = ASKED

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where it came or was cancelled meanwhile, or they may not log in for the account any more."""
        dealer, asked = dealers.dealer(scope), item.payload
        request = document_requests.awaited(scope, ref=asked["account_ref"], request_id=asked["request_id"])
        if request is None or Module.DOCUMENTS not in dealer.modules:
            return None
        if not document_requests.is_read_by(scope, request, asked["email"]):
            return None
        dealer, path = read_by(dealer, asked["email"]), f"/documents?request={request.request_id}"
        mail = deps.mail(
            self.kind,
            dealer,
            to=asked["email"],
            link=deps.link(path),
            account_name=request.account_name,
            title=request.title,
            words=request.words,
            missing=request.missing,
            wanted=request.wanted,
            due=formats(dealer.locale, dealer.time_zone).date(request.due),
        )
        about = {"mail": self.kind, "title": request.title, "due": request.due.isoformat()}
        alert = Alert(DOCUMENT_REQUESTED.name, request.account_ref, request.era, path, about)
        return ComposedMail(mail, alerts=(alert,))
