"""Documents that were sent on, with their links."""

from datetime import datetime

from chalicelib.forwarding import repo
from chalicelib.forwarding.model import LIFE, Forward, ForwardedDocument
from chalicelib.identity.forward_links import create_forward_link
from chalicelib.identity.model import ForwardTarget
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.cast import Dealership


def forwarded(ours: Dealership, reference: str, now: datetime, ids: Ids, *, words: str = "") -> tuple[Forward, str]:
    """An invoice of account 1200, sent on by its customer; and the secret of its link."""
    secret = ids.secret()
    new = Forward(
        forward_id=ids.ulid(now),
        account_ref="1200",
        account_name=words,
        document=ForwardedDocument(kind="invoice", document_id=reference, reference=reference, on=""),
        email="books@accountant.example",
        message=words,
        sent_by=ours.customer.person_id,
        sender_name="",
        sender_email=ours.customer.email,
        sent_at=now,
        expires_at=now + LIFE,
        link_hash=secret_hash(secret),
    )
    made = repo.put(ours.import_scope, new, before=None)
    target = ForwardTarget(ours.dealer.dealer_id, "1200", made.forward_id, made.expires_at)
    create_forward_link(IdentityScope(), secret, target)
    return made, secret
