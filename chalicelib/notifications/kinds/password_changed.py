"""The mail to somebody whose password was changed. It leads to Forgot Password, for the case that it was another."""

from chalicelib.identity import queries
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.deps import MailDeps, dealer_of_person, name_at
from chalicelib.notifications.handlers import ComposedMail, IdentityMail
from chalicelib.notifications.login_facts import login_facts
from chalicelib.store.outbox import OutboxItem


class PasswordChanged(IdentityMail):
    """Payload: email, origin."""

    kind = "password_changed"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail:
        """The dealer's, where the person knows one alone; a password belongs to the person, not to one of several."""
        email = item.payload["email"]
        dealer = dealer_of_person(queries.memberships_of_email(scope, email))
        name = name_at(dealer, queries.person_id_of(scope, email))
        link = deps.link(f"/d/{dealer.slug}/forgot" if dealer else "/forgot")
        return ComposedMail(
            deps.mail(self.kind, dealer, to=email, addressee=name, link=link, **login_facts(item, dealer))
        )
