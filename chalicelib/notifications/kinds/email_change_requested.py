"""The mail to the address that somebody logs in with: another one was asked for, and what to do if it was not them."""

from chalicelib.identity import queries
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.deps import MailDeps, dealer_of_person, name_at
from chalicelib.notifications.handlers import ComposedMail, IdentityMail
from chalicelib.store.outbox import OutboxItem


class EmailChangeRequested(IdentityMail):
    """Payload: person_id, before, email."""

    kind = "email_change_requested"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail:
        """The dealer's, where the person knows one alone."""
        person_id = item.payload["person_id"]
        dealer = dealer_of_person(queries.memberships(scope, person_id))
        link = deps.link(f"/d/{dealer.slug}/forgot" if dealer else "/forgot")
        mail = deps.mail(
            self.kind,
            dealer,
            to=item.payload["before"],
            addressee=name_at(dealer, person_id),
            email=item.payload["email"],
            link=link,
        )
        return ComposedMail(mail)
