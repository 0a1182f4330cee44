"""The one-time link that both invitations carry."""

from chalicelib.identity.invitations import create_invitation
from chalicelib.identity.model import Membership
from chalicelib.identity.tokens import NewLink
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.deps import MailDeps
from chalicelib.store.outbox import OutboxItem


def new_invitation_link(item: OutboxItem, offered: Membership, *, deps: MailDeps) -> NewLink:
    """A link for the item's `email` and `invitation_id`. Raises ConflictError, InvalidError: see create_invitation."""
    return create_invitation(
        IdentityScope(),
        email=item.payload["email"],
        membership=offered,
        invitation_id=item.payload["invitation_id"],
        now=deps.clock(),
        ids=deps.ids,
    )
