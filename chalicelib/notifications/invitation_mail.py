"""What both invitations have in common: a mail with a one-time link and the day on which the link expires."""

from chalicelib.dealers import queries as dealers
from chalicelib.identity.invitations import create_invitation
from chalicelib.identity.model import Membership
from chalicelib.identity.tokens import NewLink
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.mail.sender import Mail
from chalicelib.notifications.deps import MailDeps, look_of, read_by
from chalicelib.rendering.format import formats
from chalicelib.store.outbox import OutboxItem


def invitation_mail(
    scope: ImportScope, item: OutboxItem, offered: Membership, *, deps: MailDeps, **context: str
) -> tuple[Mail, NewLink]:
    """The mail to the item's `email`, and its link. `context` is what the template of the item's kind shows besides.

    Raises ConflictError and InvalidError: see create_invitation.
    """
    link = create_invitation(
        IdentityScope(),
        email=item.payload["email"],
        membership=offered,
        invitation_id=item.payload["invitation_id"],
        inviter=context.get("inviter_name") or context.get("inviter", ""),
        now=deps.clock(),
        ids=deps.ids,
    )
    dealer = read_by(dealers.dealer(scope), item.payload["email"])
    mail = deps.mail(
        item.kind,
        dealer,
        to=item.payload["email"],
        link=deps.link(f"/i/{link.secret}{look_of(dealer)}"),
        ends=formats(dealer.locale, dealer.time_zone).date(link.expires_at),
        **context,
    )
    return mail, link
