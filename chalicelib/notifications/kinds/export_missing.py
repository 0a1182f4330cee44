"""The mail to those of a dealer's staff who want to know that the export which was expected has not come."""

from datetime import date

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.missing_exports.model import MISSING_NOTICE
from chalicelib.dealers.staff_mails.model import StaffEvent
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.rendering.format import formats
from chalicelib.store.outbox import OutboxItem
from chalicelib.tasks.kinds import EXPORT_MISSING
from chalicelib.tasks.queries import open_task


class ExportMissing(Notice):
    """Payload: day, time, task, email."""

    kind = MISSING_NOTICE

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where it has come since."""
        payload = item.payload
        if open_task(scope, EXPORT_MISSING, payload["task"]) is None:
            return None
        dealer = read_by(dealers.dealer(scope), payload["email"])
        fmt = formats(dealer.locale, dealer.time_zone, dealer.currency)
        as_at = dealers.published(scope).as_at
        mail = deps.mail(
            self.kind,
            dealer,
            to=payload["email"],
            link=deps.link("/staff/imports"),
            day=fmt.date(date.fromisoformat(payload["day"])),
            time=payload["time"],
            as_at=fmt.date(as_at) if as_at else "",
        )
        return ComposedMail(mail, staff_event=StaffEvent.MISSING_EXPORT)
