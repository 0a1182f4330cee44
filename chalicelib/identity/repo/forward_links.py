"""Where the links of documents lead that were sent on."""

from chalicelib.identity.model import ForwardTarget
from chalicelib.identity.records import ForwardLinkRecord
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.roles import scoped


@scoped
def put_forward_link(scope: IdentityScope, link_hash: str, target: ForwardTarget) -> None:
    """Keep where it leads, until it expires."""
    ForwardLinkRecord(
        f"T#{link_hash}",
        "FORWARD",
        dealer_id=target.dealer_id,
        account_ref=target.account_ref,
        forward_id=target.forward_id,
        expires_at=target.expires_at,
        ttl=int(target.expires_at.timestamp()),
    ).save()


@scoped
def forward_link(scope: IdentityScope, link_hash: str) -> ForwardTarget | None:
    """Where it leads."""
    found = ForwardLinkRecord.find(f"T#{link_hash}", "FORWARD", consistent=True)
    return ForwardTarget(found.dealer_id, found.account_ref, found.forward_id, found.expires_at) if found else None
