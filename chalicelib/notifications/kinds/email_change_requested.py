"""The mail to the address that somebody logs in with: another one was asked for, and what to do if it was not them."""

from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.handlers import ComposedMail, IdentityMail
from chalicelib.notifications.kinds.email_changed import mail_to_old_address
from chalicelib.store.outbox import OutboxItem


class EmailChangeRequested(IdentityMail):
    """Payload: person_id, before, email, origin."""

    kind = "email_change_requested"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail:
        """With the way to another password."""
        known_by = item.payload["before"]
        return mail_to_old_address(self.kind, scope, item, page="forgot", known_by=known_by, deps=deps)
