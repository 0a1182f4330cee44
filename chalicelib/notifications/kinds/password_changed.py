"""The mail to somebody whose password was changed. It leads to Forgot Password, for the case that it was another."""

from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.messages import Letterhead
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.handlers import ComposedMail, IdentityMail
from chalicelib.store.outbox import OutboxItem


class PasswordChanged(IdentityMail):
    """Payload: email."""

    kind = "password_changed"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail:  # noqa: ARG002
        """Under the product's own head: a password belongs to the person, not to a dealer."""
        return ComposedMail(deps.mail(self.kind, Letterhead(), to=item.payload["email"], link=deps.link("/forgot")))
