"""An e-invoice as UBL 2.1 by Peppol BIS Billing 3 (https://docs.peppol.eu/poacc/billing/3.0/)."""

from collections.abc import Iterator
from decimal import Decimal

from chalicelib.einvoices.model import EInvoice, EInvoiceLine, Party, TaxGroup
from chalicelib.einvoices.xml import amount, element, number, root

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd"
_SEPA, _TRANSFER = "58", "30"
NO_ORDER = "NA"
"""Peppol's word where only the seller has a number of the order."""


def write(invoice: EInvoice) -> bytes:
    """The document."""
    name = "CreditNote" if invoice.is_credit else "Invoice"
    namespaces = {
        "": f"{_UBL}:{name}-2",
        "cac": f"{_UBL}:CommonAggregateComponents-2",
        "cbc": f"{_UBL}:CommonBasicComponents-2",
    }
    return root(name, namespaces, _document(invoice, name))


def _document(invoice: EInvoice, name: str) -> Iterator[str]:
    yield _b("CustomizationID", CUSTOMIZATION)
    yield _b("ProfileID", PROFILE)
    yield _b("ID", invoice.number)
    yield _b("IssueDate", invoice.issued.isoformat())
    if invoice.due:
        yield _b("DueDate", invoice.due.isoformat())
    yield _b(f"{name}TypeCode", "381" if invoice.is_credit else "380")
    yield _b("Note", invoice.note)
    yield _b("DocumentCurrencyCode", invoice.currency)
    yield _b("BuyerReference", invoice.buyer_reference)
    if invoice.order_ref or invoice.sales_order:
        order = [_b("ID", invoice.order_ref or NO_ORDER), _b("SalesOrderID", invoice.sales_order)]
        yield _a("OrderReference", *order)
    yield _a("DespatchDocumentReference", _b("ID", invoice.advice_no))
    yield _a("AccountingSupplierParty", _party(invoice.seller, with_contact=True))
    yield _a("AccountingCustomerParty", _party(invoice.buyer, with_contact=False))
    if invoice.delivered_to:
        address = _a("Address", _a("Country", _b("IdentificationCode", invoice.delivered_to)))
        yield _a("Delivery", _b("ActualDeliveryDate", invoice.issued.isoformat()), _a("DeliveryLocation", address))
    if invoice.iban:
        code = _SEPA if invoice.currency == "EUR" else _TRANSFER
        account = _a("PayeeFinancialAccount", _b("ID", invoice.iban))
        yield _a("PaymentMeans", _b("PaymentMeansCode", code), _b("PaymentID", invoice.number), account)
    yield _a("PaymentTerms", _b("Note", invoice.terms))
    yield _a("TaxTotal", _money("TaxAmount", invoice, invoice.vat), *(_tax(invoice, group) for group in invoice.taxes))
    yield _a(
        "LegalMonetaryTotal",
        _money("LineExtensionAmount", invoice, invoice.net),
        _money("TaxExclusiveAmount", invoice, invoice.net),
        _money("TaxInclusiveAmount", invoice, invoice.net + invoice.vat),
        _money("PayableRoundingAmount", invoice, invoice.rounding) if invoice.rounding else "",
        _money("PayableAmount", invoice, invoice.total),
    )
    for line in invoice.lines:
        yield _line(invoice, line, name)


def _party(party: Party, *, with_contact: bool) -> str:
    return _a(
        "Party",
        _b("EndpointID", party.endpoint, schemeID=party.endpoint_scheme),
        _a(
            "PostalAddress",
            _b("StreetName", party.street),
            _b("AdditionalStreetName", party.street_2),
            _b("CityName", party.city),
            _b("PostalZone", party.postcode),
            _a("Country", _b("IdentificationCode", party.country)),
        ),
        _a("PartyTaxScheme", _b("CompanyID", party.vat_id), _a("TaxScheme", _b("ID", "VAT"))) if party.vat_id else "",
        _a("PartyLegalEntity", _b("RegistrationName", party.name), _b("CompanyID", party.company_number)),
        _a(
            "Contact",
            _b("Name", party.name),
            _b("Telephone", party.phone),
            _b("ElectronicMail", party.email),
        )
        if with_contact
        else "",
    )


def _tax(invoice: EInvoice, group: TaxGroup) -> str:
    return _a(
        "TaxSubtotal",
        _money("TaxableAmount", invoice, group.net),
        _money("TaxAmount", invoice, group.vat),
        _a(
            "TaxCategory",
            _b("ID", group.category),
            "" if group.category == "O" else _b("Percent", number(group.rate)),
            _b("TaxExemptionReasonCode", group.reason_code),
            _b("TaxExemptionReason", group.reason),
            _a("TaxScheme", _b("ID", "VAT")),
        ),
    )


def _line(invoice: EInvoice, line: EInvoiceLine, name: str) -> str:
    counted = "CreditedQuantity" if name == "CreditNote" else "InvoicedQuantity"
    is_charge = line.discount < 0
    return _a(
        f"{name}Line",
        _b("ID", line.number),
        _b(counted, number(line.quantity), unitCode=line.unit),
        _money("LineExtensionAmount", invoice, line.net),
        _a(
            "AllowanceCharge",
            _b("ChargeIndicator", "true" if is_charge else "false"),
            _b("AllowanceChargeReason", "Charge" if is_charge else "Discount"),
            _money("Amount", invoice, abs(line.discount)),
        )
        if line.discount
        else "",
        _a(
            "Item",
            _b("Description", f"Unit: {line.unit_text}" if line.unit_text else ""),
            _b("Name", line.name),
            _a("SellersItemIdentification", _b("ID", line.part_no)),
            _a(
                "ClassifiedTaxCategory",
                _b("ID", line.category),
                "" if line.category == "O" else _b("Percent", number(line.rate)),
                _a("TaxScheme", _b("ID", "VAT")),
            ),
        ),
        _a("Price", _b("PriceAmount", number(line.price), currencyID=invoice.currency)),
    )


def _money(name: str, invoice: EInvoice, value: Decimal) -> str:
    return _b(name, amount(value), currencyID=invoice.currency)


def _b(name: str, text: str, /, **attributes: str) -> str:
    return element(f"cbc:{name}", text, **attributes)


def _a(name: str, /, *content: str) -> str:
    return element(f"cac:{name}", content)
