"""What is known of an address that mail does not reach. Pure."""

from dataclasses import dataclass
from datetime import datetime

COMPLAINT = "complaint"
"""The reason where somebody reported a mail as spam."""
REFUSED = "unsent"
"""The reason where the mail service took it for no address: nothing left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """The last mail to `email` that was not delivered. `email` is `comparable_email`'s, `reason` as SES says it.

    `mail_id` is the ULID of its outbox item, `kind` that of the mail. `account_ref`: the account that it was about,
    empty for a mail to staff.
    """

    email: str
    reason: str
    at: datetime
    kind: str
    mail_id: str
    account_ref: str = ""

    @property
    def is_complaint(self) -> bool:
        """Whether its reader does not want the dealer's mail."""
        return self.reason == COMPLAINT
