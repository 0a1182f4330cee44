"""The mail to somebody who forgot the password: a link that works for an hour."""

from chalicelib.dealers import queries as dealers
from chalicelib.identity import recovery
from chalicelib.identity.model import Membership
from chalicelib.kernel.scopes import IdentityScope, TenantScope
from chalicelib.mail.messages import Letterhead
from chalicelib.notifications.deps import MailDeps, letterhead
from chalicelib.notifications.handlers import ComposedMail, IdentityMail
from chalicelib.store.outbox import OutboxItem


class PasswordReset(IdentityMail):
    """Payload: email."""

    kind = "password_reset"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None for somebody nobody knows: the page has said the same to both."""
        made = recovery.create_reset_link(
            scope, email=item.payload["email"], request_id=item.item_id, now=deps.clock(), ids=deps.ids
        )
        if made is None:
            return None
        link = deps.link(f"/reset/{made.link.secret}")
        return ComposedMail(deps.mail(self.kind, _head(made.memberships), to=made.email, link=link))


def _head(memberships: tuple[Membership, ...]) -> Letterhead:
    """The dealer's, if the person knows one alone."""
    known = {one.dealer_id for one in memberships}
    return letterhead(dealers.dealer(TenantScope(known.pop()))) if len(known) == 1 else Letterhead()
