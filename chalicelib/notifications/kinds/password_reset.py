"""The mail to somebody who forgot the password: a link that works for an hour."""

from chalicelib.identity import queries, recovery
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.deps import MailDeps, dealer_of_person, look_of, name_at
from chalicelib.notifications.handlers import ComposedMail, IdentityMail
from chalicelib.notifications.login_facts import login_facts
from chalicelib.store.outbox import OutboxItem


class PasswordReset(IdentityMail):
    """Payload: email, origin; and dealer_id, where it was asked for at a dealer's address."""

    kind = "password_reset"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None for somebody nobody knows: the page has said the same to both."""
        made = recovery.create_reset_link(
            scope, email=item.payload["email"], request_id=item.item_id, now=deps.clock(), ids=deps.ids
        )
        if made is None:
            return None
        dealer = dealer_of_person(made.memberships, email=made.email, asked_at=item.payload.get("dealer_id"))
        name = name_at(dealer, queries.person_id_of(scope, made.email))
        link = deps.link(f"/reset/{made.link.secret}{look_of(dealer)}")
        facts = login_facts(item, dealer)
        return ComposedMail(deps.mail(self.kind, dealer, to=made.email, addressee=name, link=link, **facts))
