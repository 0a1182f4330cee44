"""The address in a mail, by which its reader answers: 128 bits, stored hashed, a new one in each mail.

So no key is kept that could make one, nobody who reads the table can answer, and an address says how far its reader
had read. It adds to one thread as one person, and does nothing else; what it may add is asked when it is used.
"""

from datetime import datetime

from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.scopes import TenantScope
from chalicelib.messages.model import Side, Thread
from chalicelib.replies import repo
from chalicelib.replies.model import LIFE, AddressParts, ReplyAddress, new_secret


def new_address(
    scope: TenantScope, thread: Thread, *, person_id: str, side: Side, seen: str, domain: str, now: datetime, ids: Ids
) -> str:
    """The address for a mail that shows a thread up to the entry `seen`; it is kept nowhere."""
    secret = new_secret(ids)
    stands_for = ReplyAddress(
        account_ref=thread.account_ref,
        thread_id=thread.thread_id,
        person_id=person_id,
        side=side,
        seen=seen,
        expires_at=now + LIFE,
    )
    repo.put_address(scope, secret_hash(secret), stands_for, now=now)
    return AddressParts(scope.dealer_id, secret).at(domain)


def live_address(scope: TenantScope, secret: str, *, now: datetime) -> ReplyAddress | None:
    """What it stands for; None of one that has expired and of one never made."""
    found = repo.address(scope, secret_hash(secret))
    # Tested control: reply-address-expires
    return found if found and found.expires_at > now else None
