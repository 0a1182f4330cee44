"""The mail to somebody to whose login a passkey was added, or from which one was removed."""

from chalicelib.identity import queries
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.deps import MailDeps, dealer_of_person
from chalicelib.notifications.handlers import ComposedMail, IdentityMail
from chalicelib.notifications.login_facts import login_facts
from chalicelib.store.outbox import OutboxItem


class PasskeyChanged(IdentityMail):
    """Payload: email, name, change (`added` or `removed`), origin. It leads to Forgot Password."""

    kind = "passkey_changed"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail:
        """The dealer's, where the person knows one alone."""
        email = item.payload["email"]
        dealer = dealer_of_person(queries.memberships_of_email(scope, email), email=email)
        mail = deps.mail(
            self.kind,
            dealer,
            to=email,
            link=deps.link(f"/d/{dealer.slug}/forgot" if dealer else "/forgot"),
            name=item.payload["name"],
            added=item.payload["change"] == "added",
            **login_facts(item, dealer),
        )
        return ComposedMail(mail)
