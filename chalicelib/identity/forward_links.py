"""Links of documents that were sent on: whose dealer, account and document it is. 256 bits, stored hashed (threat 7).

They log nobody in, and are not used up: what they lead to says whether they still work.
"""

from datetime import datetime

from chalicelib.identity import repo
from chalicelib.identity.model import ForwardTarget
from chalicelib.kernel.ids import may_be_secret, secret_hash
from chalicelib.kernel.scopes import IdentityScope


def create_forward_link(scope: IdentityScope, secret: str, target: ForwardTarget) -> None:
    """From now on `secret` leads there, until it expires."""
    repo.put_forward_link(scope, secret_hash(secret), target)


def forward_target(scope: IdentityScope, secret: str, *, now: datetime) -> ForwardTarget | None:
    """Where `secret` leads. None for one that has expired or never was."""
    found = repo.forward_link(scope, secret_hash(secret)) if may_be_secret(secret) else None
    # Tested control: forward-link-expires
    return found if found and now < found.expires_at else None
