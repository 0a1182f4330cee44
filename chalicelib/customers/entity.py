"""customers.csv: the accounts of a dealer."""

from typing import Any

from chalicelib.ccx.columns import (
    AMOUNT,
    BOOLEAN,
    COUNTRY,
    EMAIL,
    PERCENT,
    RECORD,
    TRUE_OR_FALSE,
    Column,
    Schema,
    account_ref,
    currency,
    integer,
    one_of,
    text,
)
from chalicelib.ccx.csv_rows import MAX_REF
from chalicelib.ccx.entity import Absence, Entity
from chalicelib.ccx.messages import Choice
from chalicelib.kernel.i18n import lazy_gettext, lazy_ngettext

AGED = ("aged_future", "aged_current", "aged_1", "aged_2", "aged_3plus", "unallocated_amount")
ACCOUNT_TYPES = ("trade", "retail", "internal", "cash")
LEDGER_TYPES = ("open_item", "balance_forward")
ACCOUNT_STATUSES = ("open", "on_stop", "closed", "cash_only")

CUSTOMERS: Entity[Any] = Entity(
    name="customers",
    tag="c",
    intro="One row for each account: everybody who may owe you.",
    notes=(
        "Never give an `account_ref` to another customer. Where name and email both change, or a number comes back "
        "under\nanother name, nobody can open the account until you have said whose it is.\n\n"
        "`portal_eligible` false and `internal` shut the account's users out; `closed`, `on_stop` and `cash_only` "
        "leave\nthem looking and paying. People keep the email that they log in with, whatever the export says later."
    ),
    nouns=lazy_ngettext("%(num)s account", "%(num)s accounts"),
    absence=Absence.ARCHIVED,
    key=("account_ref",),
    amounts={"balance": lazy_gettext("Balances of accounts")},
    master="master_account_ref",
    schema=Schema(
        account_ref(description="the account number"),
        Column("name", text(120, multiline=True), what=lazy_gettext("the customer's name")),
        Column(
            "account_type",
            one_of(*ACCOUNT_TYPES),
            description="`internal` are your own ledgers. `internal` and `cash` accounts cannot be invited",
            what=Choice(ACCOUNT_TYPES),
        ),
        Column(
            "portal_eligible",
            BOOLEAN,
            description="whether this account may use the portal; false shuts its users out",
            what=TRUE_OR_FALSE,
        ),
        Column(
            "ledger_type",
            one_of(*LEDGER_TYPES),
            description="`balance_forward` if open rows collapse into one at the end of a month",
            what=Choice(LEDGER_TYPES),
        ),
        Column(
            "account_status",
            one_of(*ACCOUNT_STATUSES),
            description="`closed` accounts cannot be invited",
            what=Choice(ACCOUNT_STATUSES),
        ),
        currency(description="of this account and all its rows. Use an account for each currency"),
        Column(
            "balance",
            AMOUNT,
            description="what is owed. It must be the sum of `outstanding_amount` of its transactions; if not, both "
            "are shown to the dealer and customers see the sum",
            what=lazy_gettext("the balance, 0.00 if nothing is owed"),
        ),
        Column("credit_limit", AMOUNT, description="empty: not shown. 0: no credit"),
        Column("on_order_amount", AMOUNT, description="ordered and not invoiced yet"),
        Column("terms_text", text(120, multiline=True), description='"Net monthly"'),
        Column("payment_due_days", integer(0, 365)),
        Column("settlement_rate", PERCENT, description="usual discount for early payment, in percent"),
        Column("settlement_days", integer(0, 365)),
        Column(
            "master_account_ref",
            text(MAX_REF, exact=True),
            description="the account that answers for this one. Masters have no masters, and the same currency",
        ),
        Column("depot_code", text(32), description="the branch it belongs to"),
        Column("email", EMAIL, description="where the invitation goes"),
        Column("phone", text(32)),
        Column("mobile", text(32)),
        Column("contact_title", text(32)),
        Column("contact_first", text(64)),
        Column("contact_last", text(64)),
        Column("address_1", text(120, multiline=True)),
        Column("address_2", text(120, multiline=True)),
        Column("address_3", text(120, multiline=True)),
        Column("address_4", text(120, multiline=True)),
        Column("city", text(120)),
        Column("region", text(120)),
        Column("postcode", text(32)),
        Column("country", COUNTRY, description="`GB`"),
        Column("vat_number", text(32)),
        Column("rep_code", text(32)),
        *(
            Column(
                name,
                AMOUNT,
                description="the balance by age, for `balance_forward`. All six or none; they sum to `balance`",
            )
            for name in AGED
        ),
        Column("marketing_email", BOOLEAN, description="consent to offers and news by this channel"),
        Column("marketing_sms", BOOLEAN, description="consent to offers and news by this channel"),
        Column("marketing_phone", BOOLEAN, description="consent to offers and news by this channel"),
        Column("marketing_post", BOOLEAN, description="consent to offers and news by this channel"),
        *RECORD,
    ),
)
