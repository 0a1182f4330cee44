"""A change that a customer asked for, and when an export shows it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from unicodedata import normalize

from chalicelib.customers.model import AccountFacts
from chalicelib.kernel.account_fields import AccountField

MAX_LENGTH: Mapping[AccountField, int] = {
    **dict.fromkeys(AccountField, 120),
    **dict.fromkeys((AccountField.PHONE, AccountField.MOBILE, AccountField.POSTCODE), 32),
    AccountField.EMAIL: 254,
}
"""Characters, as the columns of the export have them."""


class RequestState(StrEnum):
    """PASSED_ON: it was entered in the dealer's system, and an export will show it."""

    OPEN = "open"
    PASSED_ON = "passed_on"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequest:
    """`request_id` is a ULID, also of its task and its item of the feed. `before` is what the portal showed.

    `asked_by` is an email, `asked_by_id` the person whose it was (None where an older release stored the request),
    `decided_by` a person's id, `reason` why it was refused. It belongs to the `era` of the account in which it was
    asked for.
    """

    request_id: str
    field: AccountField
    before: str
    value: str
    note: str
    asked_by: str
    asked_at: datetime
    asked_by_id: str | None = None
    era: str = ""
    state: RequestState = RequestState.OPEN
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""
    version: int = 1

    def is_shown(self, facts: AccountFacts) -> bool:
        """Whether the export shows what was asked for, however it writes it."""
        return plain(self.field, self.value) == plain(self.field, value_of(facts, self.field))


def value_of(facts: AccountFacts, field: AccountField) -> str:
    """What the export has in this field; empty where it has nothing."""
    return str(getattr(facts, field) or "")


def plain(field: AccountField, text: str) -> str:
    """Without what is written otherwise for the same: case, and but for an email spaces and punctuation."""
    folded = normalize("NFKC", text).casefold()
    return folded.strip() if field is AccountField.EMAIL else "".join(c for c in folded if c.isalnum())


def current(requests: Iterable[ChangeRequest], facts: AccountFacts, era: str) -> dict[AccountField, ChangeRequest]:
    """By field the newest request that is worth showing: not withdrawn, not shown by the export, of this era."""
    newest: dict[AccountField, ChangeRequest] = {}
    for request in sorted(requests, key=lambda one: one.request_id):
        if request.era == era and request.state is not RequestState.WITHDRAWN:
            newest[request.field] = request
    return {field: request for field, request in newest.items() if not request.is_shown(facts)}
