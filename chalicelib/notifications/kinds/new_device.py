"""The mail to somebody who has logged in with a browser that is new to the portal, for the case that it was another."""

from chalicelib.identity import queries
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.deps import MailDeps, dealer_of_person
from chalicelib.notifications.handlers import ComposedMail, IdentityMail
from chalicelib.notifications.login_facts import login_facts
from chalicelib.store.outbox import OutboxItem


class NewDevice(IdentityMail):
    """Payload: email, origin. It leads to Forgot Password, which logs every browser out."""

    kind = "new_device"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail:
        """The dealer's, where the person knows one alone."""
        email = item.payload["email"]
        dealer = dealer_of_person(queries.memberships_of_email(scope, email), email=email)
        link = deps.link(f"/d/{dealer.slug}/forgot" if dealer else "/forgot")
        return ComposedMail(deps.mail(self.kind, dealer, to=email, link=link, **login_facts(item, dealer)))
