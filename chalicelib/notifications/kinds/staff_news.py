"""The mail to one of the staff about what has happened: one thing at once, or all of a day."""

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.staff import queries as staff
from chalicelib.dealers.staff_mails.model import DAILY_MAIL, EVENT_LINES, StaffEvent
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import activated
from chalicelib.kernel.scopes import ImportScope
from chalicelib.messages import queries as messages
from chalicelib.messages.model import Side
from chalicelib.notifications.answering import answers_to
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.store.outbox import OutboxItem

STAFF_NEWS = "staff_news"
MAX_SHOWN = 10
"""Messages of a conversation in its mail."""


class StaffNews(Notice):
    """Payload: email, lines: event, title, customer and path of each; event, if it is one alone; more: not listed.

    Of a conversation of_account and thread_id: its mail says what the customer wrote, and is answered by mail too.
    """

    kind = STAFF_NEWS

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where they work there no more."""
        email, lines = item.payload["email"], item.payload["lines"]
        reader = next((person_id for person_id, known in staff.emails(scope).items() if known == email), None)
        if reader is None:
            return None
        quotes, answers = _written(scope, item, reader, deps)
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
            answers_to=answers,
            quotes=quotes,
            link=deps.link(lines[0][3] if is_one else "/staff/to-do"),
            lines=shown,
            more=item.payload.get("more", 0),
        )
        return ComposedMail(mail, staff_event=item.payload.get("event", DAILY_MAIL))


def _written(scope: ImportScope, item: OutboxItem, reader: str, deps: MailDeps) -> tuple[list[str], str]:
    """What waits for an answer, and the address for it: none where there is more than a mail shows.

    Nobody answers what they have not read: the mail shows all of it.
    """
    if "thread_id" not in item.payload:
        return [], ""
    ref, thread_id = item.payload["of_account"], item.payload["thread_id"]
    try:
        thread, entries, seen = messages.unanswered(scope, ref=ref, thread_id=thread_id)
    except NotFoundError:
        return [], ""
    if not thread.waits or not 0 < len(entries) <= MAX_SHOWN:
        return [], ""
    answers = answers_to(scope, thread, person_id=reader, side=Side.STAFF, seen=seen, deps=deps)
    return [one.text for one in entries], answers
