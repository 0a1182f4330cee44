"""An e-invoice as EN 16931 has it, whatever it is written as. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Gap(StrEnum):
    """What is missing, or wrong, so that no valid e-invoice can be made."""

    TYPE = "type"
    LINES = "lines"
    LINE_NAME = "line_name"
    LINE_VAT = "line_vat"
    VAT_CODE = "vat_code"
    EXEMPTION = "exemption"
    MIXED_SCOPE = "mixed_scope"
    VAT_AMOUNT = "vat_amount"
    TOTALS = "totals"
    DECIMALS = "decimals"
    TERMS = "terms"
    SELLER_VAT = "seller_vat"
    SELLER_COMPANY = "seller_company"
    SELLER_ENDPOINT = "seller_endpoint"
    SELLER_ADDRESS = "seller_address"
    SELLER_PHONE = "seller_phone"
    SELLER_IBAN = "seller_iban"
    SELLER_COUNTRY = "seller_country"
    GERMAN_SCOPE = "german_scope"
    BUYER_COUNTRY = "buyer_country"
    BUYER_VAT = "buyer_vat"
    BUYER_ENDPOINT = "buyer_endpoint"
    BUYER_ADDRESS = "buyer_address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who sells or buys. Texts are empty where nothing is known; `endpoint` is where its e-invoices are sent to."""

    name: str
    country: str
    vat_id: str = ""
    company_number: str = ""
    street: str = ""
    street_2: str = ""
    city: str = ""
    postcode: str = ""
    endpoint_scheme: str = ""
    endpoint: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EInvoiceLine:
    """What is charged. `net` is in major units; `discount` is what lies between it and quantity times price.

    `unit` is a code, `unit_text` what the unit is called where no code says it.
    """

    number: str
    name: str
    part_no: str
    quantity: Decimal
    unit: str
    price: Decimal
    net: Decimal
    discount: Decimal
    category: str
    rate: Decimal
    unit_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxGroup:
    """The sums of a VAT category and rate, in major units, and why there is no VAT where there is none."""

    category: str
    rate: Decimal
    net: Decimal
    vat: Decimal
    reason_code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EInvoice:
    """An invoice or credit note in major units; of both all amounts are what they are called, without a sign.

    `rounding` is what the total differs by from net and VAT (BT-114). `delivered_to` is the country that an
    intra-Community supply went to.
    """

    number: str
    is_credit: bool
    issued: date
    due: date | None
    currency: str
    buyer_reference: str
    order_ref: str
    sales_order: str
    advice_no: str
    note: str
    terms: str
    iban: str
    seller: Party
    buyer: Party
    lines: tuple[EInvoiceLine, ...]
    taxes: tuple[TaxGroup, ...]
    net: Decimal
    vat: Decimal
    rounding: Decimal
    total: Decimal
    delivered_to: str = ""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What can be made of a transaction. `invoice` is None with any of `gaps`; those of Peppol concern UBL alone."""

    invoice: EInvoice | None
    gaps: tuple[Gap, ...] = ()
    peppol_gaps: tuple[Gap, ...] = ()
