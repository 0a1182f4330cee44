"""What stands in the way of an e-invoice, in words that the dealer's office can act upon."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from chalicelib.einvoices.model import Gap
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _

GAPS: Mapping[Gap, LazyText] = {
    Gap.TYPE: lazy_gettext("Only invoices and credit notes can be e-invoices."),
    Gap.LINES: lazy_gettext("The lines of the invoice: the export has none (invoice_lines.csv)."),
    Gap.LINE_NAME: lazy_gettext("A description or a part number for each line (invoice_lines.csv)."),
    Gap.LINE_VAT: lazy_gettext("The rate of V.A.T. of each line (vat_rate in invoice_lines.csv)."),
    Gap.VAT_CODE: lazy_gettext(
        "Why lines have no V.A.T.: zero rated, exempt or reverse charge (vat_code in invoice_lines.csv), as suits "
        "their rate and the two countries."
    ),
    Gap.EXEMPTION: lazy_gettext("The reason of the exemption of exempt lines (vat_exemption in invoice_lines.csv)."),
    Gap.MIXED_SCOPE: lazy_gettext("What is outside the scope of V.A.T. has to be on an invoice of its own."),
    Gap.VAT_AMOUNT: lazy_gettext("The V.A.T. of the lines does not follow from their rate and amount."),
    Gap.TOTALS: lazy_gettext("The lines and their V.A.T. do not add up to the total of the invoice."),
    Gap.DECIMALS: lazy_gettext("An e-invoice has amounts of two decimals, and this total has three."),
    Gap.TERMS: lazy_gettext("A due date (transactions.csv), or the payment terms of the account (customers.csv)."),
    Gap.SELLER_VAT: lazy_gettext("The dealer's V.A.T. number: an admin enters it in Settings, E-invoices."),
    Gap.SELLER_COMPANY: lazy_gettext("The dealer's company number: an admin enters it in Settings, E-invoices."),
    Gap.SELLER_ENDPOINT: lazy_gettext("The dealer's electronic address: an admin enters it in Settings, E-invoices."),
    Gap.SELLER_ADDRESS: lazy_gettext("The dealer's city and postcode: an admin enters them in Settings, E-invoices."),
    Gap.SELLER_PHONE: lazy_gettext("The dealer's support number: an admin enters it in Settings."),
    Gap.SELLER_IBAN: lazy_gettext("The dealer's IBAN: an admin enters it in Settings, E-invoices."),
    Gap.SELLER_COUNTRY: lazy_gettext(
        "Peppol has rules of its own for the dealer's country, which the portal does not meet."
    ),
    Gap.GERMAN_SCOPE: lazy_gettext("Within Germany Peppol takes no invoice that is outside the scope of V.A.T."),
    Gap.BUYER_COUNTRY: lazy_gettext("The customer's country (country in customers.csv)."),
    Gap.BUYER_VAT: lazy_gettext(
        "The customer's V.A.T. number, which reverse charge needs (vat_number in customers.csv)."
    ),
    Gap.BUYER_ENDPOINT: lazy_gettext(
        "The customer's V.A.T. number and country, which are its electronic address (customers.csv)."
    ),
    Gap.BUYER_ADDRESS: lazy_gettext("The customer's city and postcode (customers.csv)."),
}


def in_words(gaps: Iterable[Gap]) -> list[str]:
    """A sentence for each."""
    return [str(GAPS[gap]) for gap in gaps]


_SETTINGS = "/staff/settings"
_PLACES: Mapping[Gap, str] = {
    Gap.SELLER_VAT: f"{_SETTINGS}#e-invoices",
    Gap.SELLER_COMPANY: f"{_SETTINGS}#e-invoices",
    Gap.SELLER_ENDPOINT: f"{_SETTINGS}#e-invoices",
    Gap.SELLER_ADDRESS: f"{_SETTINGS}#e-invoices",
    Gap.SELLER_IBAN: f"{_SETTINGS}#e-invoices",
    Gap.SELLER_PHONE: f"{_SETTINGS}#phone",
    **dict.fromkeys(
        (Gap.LINES, Gap.LINE_NAME, Gap.LINE_VAT, Gap.VAT_CODE, Gap.EXEMPTION, Gap.VAT_AMOUNT, Gap.TOTALS),
        "/staff/imports/format#invoice_lines",
    ),
    **dict.fromkeys(
        (Gap.BUYER_COUNTRY, Gap.BUYER_VAT, Gap.BUYER_ENDPOINT, Gap.BUYER_ADDRESS), "/staff/imports/format#customers"
    ),
    Gap.TERMS: "/staff/imports/format#transactions",
}
"""Where staff find what to complete: a field of the settings, or what the export may bring. Some lies in no place."""


class MissingGroup(NamedTuple):
    """Things that are missing and, where there is one, the way to where all of them are completed."""

    sentences: list[str]
    link: str = ""
    link_text: str = ""


def for_staff(gaps: Iterable[Gap], *, is_admin: bool) -> list[MissingGroup]:
    """By where they are completed. Only admins are led to the settings, which nobody else may open."""
    by_place: dict[str, list[str]] = {}
    for gap in gaps:
        place = _PLACES.get(gap, "")
        shown = place if is_admin or not place.startswith(_SETTINGS) else ""
        by_place.setdefault(shown, []).append(str(GAPS[gap]))
    return [MissingGroup(sentences, link, _link_text(link)) for link, sentences in by_place.items()]


def _link_text(link: str) -> str:
    if not link:
        return ""
    return _("Open Settings") if link.startswith(_SETTINGS) else _("Export format")
