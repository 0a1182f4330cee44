"""Customer accounts as the last published export has them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar, Literal, NamedTuple

from chalicelib.kernel.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """A row of customers.csv (docs/export-format.md). Amounts are minor units of `currency`; empty cells are None.

    `balance` is the export's own; what the portal shows is the sum of the rows. `aged` holds future, current, 1, 2,
    3 or more months and unallocated, in this order, or None unless all six came and sum to `balance`.
    `settlement_rate` is 5 for 5 %.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid", "hide_input_in_errors": True}
    """For those that are stored. An export is checked where there is no pydantic."""

    account_ref: str
    name: str
    account_type: Literal["trade", "retail", "internal", "cash"]
    portal_eligible: bool
    ledger_type: Literal["open_item", "balance_forward"]
    account_status: Literal["open", "on_stop", "closed", "cash_only"]
    currency: str
    balance: int
    credit_limit: int | None = None
    on_order_amount: int | None = None
    terms_text: str | None = None
    payment_due_days: int | None = None
    settlement_rate: Decimal | None = None
    settlement_days: int | None = None
    master_account_ref: str | None = None
    depot_code: str | None = None
    email: str | None = None
    phone: str | None = None
    mobile: str | None = None
    contact_title: str | None = None
    contact_first: str | None = None
    contact_last: str | None = None
    address_1: str | None = None
    address_2: str | None = None
    address_3: str | None = None
    address_4: str | None = None
    city: str | None = None
    region: str | None = None
    postcode: str | None = None
    country: str | None = None
    vat_number: str | None = None
    rep_code: str | None = None
    aged: tuple[int, int, int, int, int, int] | None = None
    marketing_email: bool | None = None
    marketing_sms: bool | None = None
    marketing_phone: bool | None = None
    marketing_post: bool | None = None

    def standing(self, *, archived: bool) -> Standing:
        """What users of the account may do. One that may not use the portal stays shut when it is archived."""
        # Tested control: ineligible-account-shut
        if not self.portal_eligible or self.account_type == "internal":
            return Standing.NONE
        if archived:
            return Standing.FROZEN
        on_credit = self.account_status == "open" and self.account_type != "cash"
        return Standing.FULL if on_credit else Standing.NO_CREDIT


class KnownFile(NamedTuple):
    """What one file of the exports so far said of one account: rows, and sums in minor units for control totals."""

    rows: int
    sums: tuple[int, ...] = ()


class DirectoryEntry(NamedTuple):
    """One account in the directory: what lists and searches need. A tuple, because there may be 100,000.

    `balance` is the sum of the account's rows in minor units. `head_run` is the run of its newest head. `digests` (by
    what absence means in the files they cover) and `files` are there when a shard is read for an import, and left out
    when the directory is read for a page. A new field goes before them, with a default: older shards stay readable.
    `address` are its lines above the city; None in shards of releases that did not keep it: such an account is read
    again. `era` is that of its head; `next_era` the one that begins if its number turns out to be somebody else's now.
    """

    ref: str
    name: str
    account_type: str
    portal_eligible: bool
    account_status: str
    currency: str
    balance: int
    email: str | None = None
    phone: str | None = None
    city: str | None = None
    region: str | None = None
    postcode: str | None = None
    depot_code: str | None = None
    archived: bool = False
    out_of_balance: bool = False
    head_run: int = 0
    master: str | None = None
    era: str = ""
    next_era: str = ""
    address: str | None = None
    digests: Mapping[str, str] = MappingProxyType({})
    files: Mapping[str, KnownFile] = MappingProxyType({})

    @property
    def is_shut(self) -> bool:
        """Whether it lets no user in: its standing is NONE."""
        return not self.portal_eligible or self.account_type == "internal"
