"""The mail to the address that somebody no longer logs in with, for the case that it was not them."""

from chalicelib.identity import queries
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.deps import MailDeps, dealer_of_person, name_at
from chalicelib.notifications.handlers import ComposedMail, IdentityMail
from chalicelib.notifications.login_facts import login_facts
from chalicelib.store.outbox import OutboxItem


class EmailChanged(IdentityMail):
    """Payload: person_id, before, email, origin."""

    kind = "email_changed"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail:
        """With the way to the login page."""
        known_by = item.payload["email"]
        return mail_to_old_address(self.kind, scope, item, page="login", known_by=known_by, deps=deps)


def mail_to_old_address(
    kind: str, scope: IdentityScope, item: OutboxItem, *, page: str, known_by: str, deps: MailDeps
) -> ComposedMail:
    """To the address of `before`, about the new one. From the dealer, where the person knows one alone.

    `page` is where its button leads, of the dealer's pages before login; `known_by` the address that is theirs now.
    """
    person_id = item.payload["person_id"]
    dealer = dealer_of_person(queries.memberships(scope, person_id), email=known_by)
    mail = deps.mail(
        kind,
        dealer,
        to=item.payload["before"],
        addressee=name_at(dealer, person_id),
        email=item.payload["email"],
        link=deps.link(f"/d/{dealer.slug}/{page}" if dealer else f"/{page}"),
        **login_facts(item, dealer),
    )
    return ComposedMail(mail)
