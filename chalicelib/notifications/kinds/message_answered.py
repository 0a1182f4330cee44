"""The mail to a customer whose question was answered, with the answer."""

from chalicelib.alerts.kinds import MESSAGE_ANSWERED
from chalicelib.alerts.model import NEEDED, Alert
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Module
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import ImportScope
from chalicelib.messages import queries as messages
from chalicelib.messages.answer_mails import ANSWERED
from chalicelib.messages.model import Side
from chalicelib.notifications.answering import answers_to
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.store.outbox import OutboxItem


class MessageAnswered(Notice):
    """Payload: account_ref, thread_id, entry_id, email. It leads to the conversation, and is answered by mail too."""

    kind = ANSWERED

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where the account is another customer's now, or they may not log in for it any more."""
        dealer, answered = dealers.dealer(scope), item.payload
        ref, email = answered["account_ref"], answered["email"]
        if Module.MESSAGES not in dealer.modules:
            return None
        try:
            found = messages.answer(
                scope, ref=ref, thread_id=answered["thread_id"], entry_id=answered["entry_id"], email=email
            )
        except NotFoundError:
            return None
        reader, seen = found.person_id, found.entry.entry_id
        mail = deps.mail(
            self.kind,
            read_by(dealer, email),
            to=email,
            answers_to=answers_to(scope, found.thread, person_id=reader, side=Side.CUSTOMER, seen=seen, deps=deps),
            link=deps.link(f"/messages/{answered['thread_id']}"),
            subject=found.thread.subject,
            words=found.entry.text,
        )
        needed = " ".join(sorted(found.thread.areas))
        about = {"subject": found.thread.subject, "words": found.entry.text, NEEDED: needed}
        path = f"/messages/{answered['thread_id']}"
        return ComposedMail(mail, alerts=(Alert(MESSAGE_ANSWERED.name, ref, found.thread.era, path, about),))
