"""The mail about a document that staff ask for again, with the reason."""

from datetime import datetime

from chalicelib.alerts.kinds import DOCUMENT_REQUESTED
from chalicelib.alerts.model import Alert
from chalicelib.customers import document_reviews
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Module
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.rendering.format import formats
from chalicelib.store.outbox import OutboxItem
from chalicelib.uploads.operations import ASKED_AGAIN


class DocumentAskedAgain(Notice):
    """Payload: account_ref, file_id, email, asked_at. It leads to the page where the document is sent."""

    kind = ASKED_AGAIN

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where that is overtaken, or they may not log in for the account any more."""
        dealer, asked = dealers.dealer(scope), item.payload
        found = document_reviews.asked_again(
            scope,
            ref=asked["account_ref"],
            file_id=asked["file_id"],
            asked_at=datetime.fromisoformat(asked["asked_at"]),
            email=asked["email"],
        )
        if found is None or Module.DOCUMENTS not in dealer.modules:
            return None
        dealer = read_by(dealer, asked["email"])
        fmt, file, request = formats(dealer.locale, dealer.time_zone), found.file, found.request
        path = f"/documents?request={request.request_id}" if request else "/documents"
        mail = deps.mail(
            self.kind,
            dealer,
            to=asked["email"],
            link=deps.link(path),
            account_name=file.account_name,
            name=file.name,
            sent=fmt.date(fmt.today(file.begun_at)),
            reason=file.comment,
            title=request.title if request else "",
            due=fmt.date(request.due) if request else "",
        )
        about = {"mail": self.kind, "name": file.name, "reason": file.comment}
        return ComposedMail(mail, alerts=(Alert(DOCUMENT_REQUESTED.name, file.account_ref, file.era, path, about),))
