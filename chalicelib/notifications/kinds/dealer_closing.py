"""The mail to a dealer's admins that its portal is to be closed, and when its data are deleted; or that it stays."""

from datetime import date

from chalicelib.dealers import lifecycle
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.rendering.format import formats
from chalicelib.store.outbox import OutboxItem


class DealerClosing(Notice):
    """Payload: email, contact, day; without a day it is no longer to be closed. It leaves though it is suspended."""

    kind = lifecycle.CLOSING_NOTICE
    even_suspended = True

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where the opposite was decided since."""
        dealer, payload = dealers.dealer(scope, fresh=True), item.payload
        day = dealer.closing.deletes_on.isoformat() if dealer.closing else ""
        if payload["day"] != day:
            return None
        dealer = read_by(dealer, payload["email"])
        fmt = formats(dealer.locale, dealer.time_zone, dealer.currency)
        mail = deps.mail(
            self.kind,
            dealer,
            to=payload["email"],
            link=deps.link("/login"),
            day=fmt.date(date.fromisoformat(day)) if day else "",
            contact=payload["contact"],
        )
        return ComposedMail(mail)
