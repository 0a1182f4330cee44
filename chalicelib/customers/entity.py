"""customers.csv: the accounts of a dealer."""

from typing import Any

from chalicelib.ccx.columns import (
    AMOUNT,
    BOOLEAN,
    COUNTRY,
    EMAIL,
    PERCENT,
    RECORD,
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
from chalicelib.kernel.i18n import lazy_gettext, lazy_ngettext

AGED = ("aged_future", "aged_current", "aged_1", "aged_2", "aged_3plus", "unallocated_amount")

CUSTOMERS: Entity[Any] = Entity(
    name="customers",
    tag="c",
    intro="One row for each account: whoever may owe you.",
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
        account_ref("the account number"),
        Column("name", text(120, multiline=True), what="the customer's name"),
        Column(
            "account_type",
            one_of("trade", "retail", "internal", "cash"),
            "`internal` are your own ledgers; they cannot be invited",
            "trade, retail, internal or cash",
        ),
        Column(
            "portal_eligible",
            BOOLEAN,
            "whether this account may use the portal; false shuts its users out",
            "true or false",
        ),
        Column(
            "ledger_type",
            one_of("open_item", "balance_forward"),
            "`balance_forward` if open rows collapse into one at the end of a month",
            "open_item or balance_forward",
        ),
        Column(
            "account_status",
            one_of("open", "on_stop", "closed", "cash_only"),
            what="open, on_stop, closed or cash_only",
        ),
        currency("of this account and all its rows. Use an account for each currency"),
        Column(
            "balance",
            AMOUNT,
            "what is owed. It must be the sum of `outstanding_amount` of its transactions; if not, both are shown to "
            "the dealer and customers see the sum",
            "the balance, 0.00 if nothing is owed",
        ),
        Column("credit_limit", AMOUNT, "empty: not shown. 0: no credit"),
        Column("on_order_amount", AMOUNT, "ordered and not invoiced yet"),
        Column("terms_text", text(120, multiline=True), '"Net monthly"'),
        Column("payment_due_days", integer(0, 365)),
        Column("settlement_rate", PERCENT, "usual discount for early payment, in percent"),
        Column("settlement_days", integer(0, 365)),
        Column(
            "master_account_ref",
            text(MAX_REF),
            "the account that answers for this one. Masters have no masters, and the same currency",
        ),
        Column("depot_code", text(32), "the branch it belongs to"),
        Column("email", EMAIL, "where the invitation goes"),
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
        Column("country", COUNTRY, "`GB`"),
        Column("vat_number", text(32)),
        Column("rep_code", text(32)),
        *(
            Column(name, AMOUNT, "the balance by age, for `balance_forward`. All six or none; they sum to `balance`")
            for name in AGED
        ),
        Column("marketing_email", BOOLEAN, "consent"),
        Column("marketing_sms", BOOLEAN, "consent"),
        Column("marketing_phone", BOOLEAN, "consent"),
        Column("marketing_post", BOOLEAN, "consent"),
        *RECORD,
    ),
)
