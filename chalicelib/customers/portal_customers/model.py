"""A customer that was added in the portal, because the dealer's system has no account of theirs yet."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.customers.model import DirectoryEntry
from chalicelib.kernel.keys import portal_customer_ref


@dataclass(frozen=True, slots=True)
class PortalCustomer:
    """`account_ref` is the account whose figures they see, None while the dealer's system has none.

    `account_era` is the era that this account was in when it was linked. `version` is that of the record as it was
    read, 0 of one that is not written yet. A change names it, and is refused where the record has moved on.
    """

    customer_id: str
    name: str
    email: str
    created_at: datetime
    account_ref: str | None = None
    account_era: str = ""
    version: int = 0

    @property
    def ref(self) -> str:
        """`~<ulid>`: what memberships and invitations call them, and their partition."""
        return portal_customer_ref(self.customer_id)

    @property
    def entry(self) -> DirectoryEntry:
        """What an invitation needs to know of a customer."""
        return DirectoryEntry(self.ref, self.name, "retail", True, "open", "", 0, email=self.email)
