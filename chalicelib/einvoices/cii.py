"""An e-invoice as the Cross Industry Invoice D16B of EN 16931, which a Factur-X PDF carries."""

from collections.abc import Iterator

from chalicelib.einvoices.model import EInvoice, EInvoiceLine, Party, TaxGroup
from chalicelib.einvoices.xml import amount, compact, element, number, root

GUIDELINE = "urn:cen.eu:en16931:2017"
_UN = "urn:un:unece:uncefact:data:standard"
_NAMESPACES = {
    "rsm": f"{_UN}:CrossIndustryInvoice:100",
    "ram": f"{_UN}:ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_UN}:UnqualifiedDataType:100",
}
_SEPA, _TRANSFER = "58", "30"


def write(invoice: EInvoice) -> bytes:
    """The document."""
    return root("rsm:CrossIndustryInvoice", _NAMESPACES, _document(invoice))


def _document(invoice: EInvoice) -> Iterator[str]:
    guideline = _r("GuidelineSpecifiedDocumentContextParameter", _t("ID", GUIDELINE))
    yield element("rsm:ExchangedDocumentContext", [guideline])
    yield element(
        "rsm:ExchangedDocument",
        [
            _t("ID", invoice.number),
            _t("TypeCode", "381" if invoice.is_credit else "380"),
            _date("IssueDateTime", compact(invoice.issued)),
            _r("IncludedNote", _t("Content", invoice.note)),
        ],
    )
    yield element(
        "rsm:SupplyChainTradeTransaction",
        [*map(_line, invoice.lines), _agreement(invoice), _delivery(invoice), _settlement(invoice)],
    )


def _line(line: EInvoiceLine) -> str:
    is_charge = line.discount < 0
    indicator = element("ram:ChargeIndicator", [element("udt:Indicator", "true" if is_charge else "false")])
    return _r(
        "IncludedSupplyChainTradeLineItem",
        _r("AssociatedDocumentLineDocument", _t("LineID", line.number)),
        _r(
            "SpecifiedTradeProduct",
            _t("SellerAssignedID", line.part_no),
            _t("Name", line.name),
            _t("Description", f"Unit: {line.unit_text}" if line.unit_text else ""),
        ),
        _r("SpecifiedLineTradeAgreement", _r("NetPriceProductTradePrice", _t("ChargeAmount", number(line.price)))),
        _r("SpecifiedLineTradeDelivery", _t("BilledQuantity", number(line.quantity), unitCode=line.unit)),
        _r(
            "SpecifiedLineTradeSettlement",
            _r(
                "ApplicableTradeTax",
                _t("TypeCode", "VAT"),
                _t("CategoryCode", line.category),
                "" if line.category == "O" else _t("RateApplicablePercent", number(line.rate)),
            ),
            _r(
                "SpecifiedTradeAllowanceCharge",
                indicator,
                _t("ActualAmount", amount(abs(line.discount))),
                _t("Reason", "Charge" if is_charge else "Discount"),
            )
            if line.discount
            else "",
            _r("SpecifiedTradeSettlementLineMonetarySummation", _t("LineTotalAmount", amount(line.net))),
        ),
    )


def _agreement(invoice: EInvoice) -> str:
    return _r(
        "ApplicableHeaderTradeAgreement",
        _t("BuyerReference", invoice.buyer_reference),
        _party("SellerTradeParty", invoice.seller, with_contact=True),
        _party("BuyerTradeParty", invoice.buyer, with_contact=False),
        _r("SellerOrderReferencedDocument", _t("IssuerAssignedID", invoice.sales_order)),
        _r("BuyerOrderReferencedDocument", _t("IssuerAssignedID", invoice.order_ref)),
    )


def _party(name: str, party: Party, *, with_contact: bool) -> str:
    return _r(
        name,
        _t("Name", party.name),
        _r("SpecifiedLegalOrganization", _t("ID", party.company_number)),
        _r(
            "DefinedTradeContact",
            _t("PersonName", party.name),
            _r("TelephoneUniversalCommunication", _t("CompleteNumber", party.phone)),
            _r("EmailURIUniversalCommunication", _t("URIID", party.email)),
        )
        if with_contact
        else "",
        _r(
            "PostalTradeAddress",
            _t("PostcodeCode", party.postcode),
            _t("LineOne", party.street),
            _t("LineTwo", party.street_2),
            _t("CityName", party.city),
            _t("CountryID", party.country),
        ),
        _r("URIUniversalCommunication", _t("URIID", party.endpoint, schemeID=party.endpoint_scheme)),
        _r("SpecifiedTaxRegistration", _t("ID", party.vat_id, schemeID="VA")),
    )


def _delivery(invoice: EInvoice) -> str:
    country = _r("PostalTradeAddress", _t("CountryID", invoice.delivered_to))
    inner = [
        _r("ShipToTradeParty", country),
        _r("ActualDeliverySupplyChainEvent", _date("OccurrenceDateTime", compact(invoice.issued)))
        if invoice.delivered_to
        else "",
        _r("DespatchAdviceReferencedDocument", _t("IssuerAssignedID", invoice.advice_no)),
    ]
    return _r("ApplicableHeaderTradeDelivery", *inner) or "<ram:ApplicableHeaderTradeDelivery/>"


def _settlement(invoice: EInvoice) -> str:
    account = _r("PayeePartyCreditorFinancialAccount", _t("IBANID", invoice.iban))
    means = _t("TypeCode", _SEPA if invoice.currency == "EUR" else _TRANSFER)
    due = _date("DueDateDateTime", compact(invoice.due)) if invoice.due else ""
    return _r(
        "ApplicableHeaderTradeSettlement",
        _t("PaymentReference", invoice.number),
        _t("InvoiceCurrencyCode", invoice.currency),
        _r("SpecifiedTradeSettlementPaymentMeans", means, account) if account else "",
        *map(_tax, invoice.taxes),
        _r("SpecifiedTradePaymentTerms", _t("Description", invoice.terms), due),
        _r(
            "SpecifiedTradeSettlementHeaderMonetarySummation",
            _t("LineTotalAmount", amount(invoice.net)),
            _t("TaxBasisTotalAmount", amount(invoice.net)),
            _t("TaxTotalAmount", amount(invoice.vat), currencyID=invoice.currency),
            _t("RoundingAmount", amount(invoice.rounding)) if invoice.rounding else "",
            _t("GrandTotalAmount", amount(invoice.net + invoice.vat)),
            _t("DuePayableAmount", amount(invoice.total)),
        ),
    )


def _tax(group: TaxGroup) -> str:
    return _r(
        "ApplicableTradeTax",
        _t("CalculatedAmount", amount(group.vat)),
        _t("TypeCode", "VAT"),
        _t("ExemptionReason", group.reason),
        _t("BasisAmount", amount(group.net)),
        _t("CategoryCode", group.category),
        _t("ExemptionReasonCode", group.reason_code),
        "" if group.category == "O" else _t("RateApplicablePercent", number(group.rate)),
    )


def _date(name: str, day: str) -> str:
    return element(f"ram:{name}", [element("udt:DateTimeString", day, format="102")])


def _t(name: str, text: str, /, **attributes: str) -> str:
    return element(f"ram:{name}", text, **attributes)


def _r(name: str, /, *content: str) -> str:
    return element(f"ram:{name}", content)
