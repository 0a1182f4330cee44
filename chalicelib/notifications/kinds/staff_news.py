"""The mail to one of the staff about what has happened: one thing at once, or all of a day."""

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.staff import queries as staff
from chalicelib.dealers.staff_mails.model import DAILY_MAIL, EVENT_LINES, StaffEvent
from chalicelib.kernel.i18n import activated
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.store.outbox import OutboxItem

STAFF_NEWS = "staff_news"


class StaffNews(Notice):
    """Payload: email, lines: event, title, customer and path of each; event, if it is one alone; more: not listed."""

    kind = STAFF_NEWS

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where they work there no more."""
        email, lines = item.payload["email"], item.payload["lines"]
        if email not in staff.emails(scope).values():
            return None
        dealer = read_by(dealers.dealer(scope), email)
        with activated(dealer.locale):
            shown = [
                {"what": str(EVENT_LINES[StaffEvent(event)]), "about": ", ".join(filter(None, (title, customer)))}
                for event, title, customer, _path in lines
            ]
        is_one = len(lines) == 1
        mail = deps.mail(
            self.kind,
            dealer,
            to=email,
            link=deps.link(lines[0][3] if is_one else "/staff/to-do"),
            lines=shown,
            more=item.payload.get("more", 0),
        )
        return ComposedMail(mail, staff_event=item.payload.get("event", DAILY_MAIL))
