"""The mail to somebody whose reply to a mail was not added to its conversation, or not all of it."""

from chalicelib.dealers import queries as dealers
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.scopes import ImportScope
from chalicelib.messages.model import MAX_TEXT, Side
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.replies import operations
from chalicelib.replies.people import writer
from chalicelib.store.outbox import OutboxItem


class ReplyNotAdded(Notice):
    """Payload: account_ref of a customer's or of_account of staff's, thread_id, writer, email, reason, names."""

    kind = operations.NOT_ADDED

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where they may not write there any more."""
        told = item.payload
        side = Side.CUSTOMER if "account_ref" in told else Side.STAFF
        ref, thread_id = told["account_ref" if side is Side.CUSTOMER else "of_account"], told["thread_id"]
        found = writer(scope, account_ref=ref, thread_id=thread_id, person_id=told["writer"], side=side)
        if found is None:
            return None
        path = f"/messages/{thread_id}" if side is Side.CUSTOMER else f"/staff/messages/{link_part(ref)}/{thread_id}"
        mail = deps.mail(
            self.kind,
            read_by(dealers.dealer(scope), found.email),
            to=found.email,
            link=deps.link(path),
            subject=found.thread.subject,
            reason=told["reason"],
            email=found.email,
            names=told["names"],
            max_text=MAX_TEXT,
        )
        return ComposedMail(mail)
