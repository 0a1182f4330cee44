"""The mail to an address that somebody wants to log in with: a link, or a word to the person who has it already."""

from chalicelib.identity import queries
from chalicelib.identity.email_changes import create_email_change_link
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.deps import MailDeps, dealer_of_person, look_of, name_at
from chalicelib.notifications.handlers import ComposedMail, IdentityMail
from chalicelib.store.outbox import OutboxItem


class EmailChange(IdentityMail):
    """Payload: person_id, before, email.

    It greets nobody by name: a name is whatever its person has typed, and the address may be a stranger's.
    """

    kind = "email_change"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where the person logs in otherwise by now. An owner of the address is notified, and nobody else is."""
        person_id, email = item.payload["person_id"], item.payload["email"]
        made = create_email_change_link(
            scope,
            person_id=person_id,
            before=item.payload["before"],
            email=email,
            request_id=item.item_id,
            now=deps.clock(),
            ids=deps.ids,
        )
        if made is None:
            return None
        dealer = dealer_of_person(made.memberships, email=item.payload["before"])
        if made.link is None:
            name = name_at(dealer, queries.person_id_of(scope, email))
            link = deps.link(f"/d/{dealer.slug}/login" if dealer else "/login")
            return ComposedMail(deps.mail("email_taken", dealer, to=email, addressee=name, link=link))
        link = deps.link(f"/email/{made.link.secret}{look_of(dealer)}")
        return ComposedMail(deps.mail(self.kind, dealer, to=email, link=link))
