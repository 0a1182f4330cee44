"""A ledger row with its lines as an e-invoice, or what stands in the way. Amounts stay those of the dealer's system."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from chalicelib.customers.model import AccountFacts
from chalicelib.dealers.model import Dealer
from chalicelib.documents.model import InvoiceLine, LineType
from chalicelib.einvoices.identifiers import vat_id_of
from chalicelib.einvoices.model import BuildResult, EInvoice, EInvoiceLine, Gap, Party, TaxGroup
from chalicelib.einvoices.units import AGREED, ONE, unit_code
from chalicelib.kernel.money import minor_digits
from chalicelib.ledger.row import Row, TransactionType

MAX_DECIMALS = 2
"""Of an amount in EN 16931, whatever the currency (BR-DEC)."""
CASH_ROUNDING = 5
"""Minor units that a total may be rounded by, where it has few lines."""
_UNTAXED = frozenset({"Z", "E", "AE", "K", "G", "O"})
_REASON_CODES = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}
_BUYERS_VAT = frozenset({"AE", "K"})
NATIONAL_RULES = frozenset({"DK", "GR", "IS", "IT", "NL", "NO", "SE"})
"""Countries of sellers for which Peppol has rules that ask for more than the portal knows."""
_VAT_SCHEMES = {
    "AT": "9914", "BE": "9925", "BG": "9926", "CH": "9927", "CY": "9928", "CZ": "9929", "DE": "9930", "EE": "9931",
    "ES": "9920", "FR": "9957", "GB": "9932", "HR": "9934", "HU": "9910", "IE": "9935", "LT": "9937", "LU": "9938",
    "LV": "9939", "MT": "9943", "NL": "9944", "PL": "9945", "PT": "9946", "RO": "9947", "SI": "9949", "SK": "9950",
}  # fmt: skip
"""Electronic Address Scheme (EAS) of a VAT number, by country."""
_ILLEGAL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CENT = Decimal("0.01")


@dataclass(slots=True)
class _Builder:
    """What is found out on the way."""

    row: Row
    digits: int
    gaps: list[Gap] = field(default_factory=list)
    peppol_gaps: list[Gap] = field(default_factory=list)

    def major(self, minor: int) -> Decimal:
        value = Decimal(minor).scaleb(-self.digits)
        return value.quantize(_CENT, ROUND_HALF_UP) if self.digits > MAX_DECIMALS else value


def build_einvoice(
    *, dealer: Dealer, facts: AccountFacts, row: Row, lines: Sequence[InvoiceLine], terms: str
) -> BuildResult:
    """The e-invoice of a row. `terms` are the payment terms in the invoice's language, empty where there are none."""
    builder = _Builder(row, minor_digits(facts.currency))
    if row.type not in {TransactionType.INVOICE, TransactionType.CREDIT_NOTE}:
        return BuildResult(None, (Gap.TYPE,))
    charged = [line for line in lines if line.line_type is not LineType.TEXT and line.net_amount is not None]
    if not charged:
        return BuildResult(None, (Gap.LINES,))
    sign = -1 if sum(line.net_amount or 0 for line in charged) < 0 else 1
    made_lines = tuple(_line(builder, line, sign, at) for at, line in enumerate(charged, 1))
    categories = {line.category for line in made_lines}
    taxes = _taxes(builder, charged, made_lines, sign)
    net = sum((line.net for line in made_lines), Decimal(0))
    vat = sum((group.vat for group in taxes), Decimal(0))
    total = builder.major(abs(row.total))
    rounding = total - net - vat
    _check_total(builder, row, rounding, lines=len(charged))
    seller, buyer = _seller(builder, dealer, categories), _buyer(builder, facts, categories)
    _check_germany(builder, dealer, seller, buyer, categories)
    if "K" in categories and seller.country == buyer.country:
        builder.gaps.append(Gap.VAT_CODE)
    due = date.fromisoformat(row.due_date) if row.due_date and row.type == TransactionType.INVOICE else None
    if due is None and not terms and total > 0:
        builder.gaps.append(Gap.TERMS)
    issued = date.fromisoformat(row.transaction_date)
    invoice = EInvoice(
        number=_text(row.reference),
        is_credit=row.type == TransactionType.CREDIT_NOTE,
        issued=issued,
        due=due,
        currency=facts.currency,
        buyer_reference=_text(row.customer_order_ref) or _text(facts.account_ref),
        order_ref=_text(row.customer_order_ref),
        sales_order=_text(row.order_no),
        advice_no=_text(row.advice_no),
        note=" ".join(_text(line.description) for line in lines if line.line_type is LineType.TEXT).strip(),
        terms=_text(terms),
        iban=dealer.seller.iban if dealer.seller else "",
        seller=seller,
        buyer=buyer,
        lines=made_lines,
        taxes=taxes,
        net=net,
        vat=vat,
        rounding=rounding,
        total=total,
        delivered_to=buyer.country if "K" in categories else "",
    )
    gaps = tuple(dict.fromkeys(builder.gaps))
    return BuildResult(None if gaps else invoice, gaps, tuple(dict.fromkeys(builder.peppol_gaps)))


def _check_total(builder: _Builder, row: Row, rounding: Decimal, *, lines: int) -> None:
    """Each line may have been rounded, and cash may be rounded as a whole: more than that is a wrong total."""
    if builder.digits > MAX_DECIMALS and row.total % 10 ** (builder.digits - MAX_DECIMALS):
        builder.gaps.append(Gap.DECIMALS)
    if abs(rounding) > Decimal(max(lines, CASH_ROUNDING)).scaleb(-min(builder.digits, MAX_DECIMALS)):
        builder.gaps.append(Gap.TOTALS)


def _line(builder: _Builder, line: InvoiceLine, sign: int, at: int) -> EInvoiceLine:
    net = builder.major((line.net_amount or 0) * sign)
    unit = unit_code(line.unit)
    if counted := _quantity_and_price(line, sign, net):
        quantity, price = counted
    else:
        quantity, price, unit = Decimal(-1 if net < 0 else 1), abs(net), ONE
    between = quantity * price - net
    rate = line.vat_rate if line.vat_rate is not None else Decimal(0)
    category = line.vat_code or ("S" if rate else "")
    if line.vat_rate is None and category != "O":
        builder.gaps.append(Gap.LINE_VAT)
    elif not category or (category in _UNTAXED) == bool(rate):
        builder.gaps.append(Gap.VAT_CODE)
    name = _text(line.description) or _text(line.part_no)
    if not name:
        builder.gaps.append(Gap.LINE_NAME)
    return EInvoiceLine(
        number=str(at),
        name=name,
        part_no=_text(line.part_no),
        quantity=quantity,
        unit=unit,
        unit_text=_text(line.unit) if unit == AGREED else "",
        price=price,
        net=net,
        discount=between.quantize(_CENT, ROUND_HALF_UP) if abs(between) > _CENT else Decimal(0),
        category=category,
        rate=rate,
    )


def _quantity_and_price(line: InvoiceLine, sign: int, net: Decimal) -> tuple[Decimal, Decimal] | None:
    """As the line has them, the price never negative; None where they do not lead to its amount: it is one at that."""
    quantity, price = (line.quantity or Decimal(0)) * sign, line.unit_price or Decimal(0)
    if price < 0:
        quantity, price = -quantity, -price
    gross = quantity * price
    if not gross or (gross < 0) != (net < 0):
        return None
    return quantity, price


def _taxes(
    builder: _Builder, charged: Sequence[InvoiceLine], lines: Sequence[EInvoiceLine], sign: int
) -> tuple[TaxGroup, ...]:
    """The VAT by category and rate: the invoice's own sum, split as its lines do."""
    nets: dict[tuple[str, Decimal], Decimal] = {}
    vats: dict[tuple[str, Decimal], Decimal] = {}
    reasons: dict[str, str] = {}
    for line, made in zip(charged, lines, strict=True):
        key = made.category, made.rate
        nets[key] = nets.get(key, Decimal(0)) + made.net
        own = made.net * made.rate / 100 if line.vat_amount is None else builder.major(line.vat_amount * sign)
        vats[key] = vats.get(key, Decimal(0)) + own
        reasons.setdefault(made.category, _text(line.vat_exemption))
        reasons[made.category] = reasons[made.category] or _text(line.vat_exemption)
    step = Decimal(1).scaleb(-min(builder.digits, MAX_DECIMALS))
    vats = {key: vat.quantize(step, ROUND_HALF_UP) for key, vat in vats.items()}
    taxed = [key for key in vats if key[0] == "S"]
    if builder.row.vat is not None and taxed:
        largest = max(taxed, key=lambda key: abs(nets[key]))
        missed = builder.major(abs(builder.row.vat)) - sum(vats.values(), Decimal(0))
        if abs(missed) <= len(lines) * step:
            vats[largest] += missed
    if any(_is_off(key, nets[key], vat) for key, vat in vats.items()):
        builder.gaps.append(Gap.VAT_AMOUNT)
    if "E" in reasons and not reasons["E"]:
        builder.gaps.append(Gap.EXEMPTION)
    if "O" in reasons and len(reasons) > 1:
        builder.gaps.append(Gap.MIXED_SCOPE)
    return tuple(
        TaxGroup(
            category=category,
            rate=rate,
            net=nets[category, rate],
            vat=vat,
            reason_code=_REASON_CODES.get(category, ""),
            reason=reasons[category] if category not in {"S", "Z"} else "",
        )
        for (category, rate), vat in sorted(vats.items())
    )


def _is_off(key: tuple[str, Decimal], net: Decimal, vat: Decimal) -> bool:
    """Whether the standard would not accept the amount (BR-CO-17: less than one unit of the currency from the rate)."""
    if key[0] in _UNTAXED:
        return bool(vat)
    return abs(vat - net * key[1] / 100) >= 1 - _CENT


def _seller(builder: _Builder, dealer: Dealer, categories: set[str]) -> Party:
    own = dealer.seller
    country = (own.country if own else "") or dealer.home_country
    vat_id = vat_id_of(dealer.vat_number, country)
    if "O" in categories:
        vat_id = ""
        if not (own and own.company_number):
            builder.gaps.append(Gap.SELLER_COMPANY)
    elif not vat_id:
        builder.gaps.append(Gap.SELLER_VAT)
    if not (own and own.endpoint):
        builder.peppol_gaps.append(Gap.SELLER_ENDPOINT)
    if country in NATIONAL_RULES:
        builder.peppol_gaps.append(Gap.SELLER_COUNTRY)
    return Party(
        name=_text((own.legal_name if own else "") or dealer.name),
        country=country,
        vat_id=vat_id,
        company_number=_text(own.company_number) if own else "",
        street=_text(own.street if own and own.street else dealer.address[0]),
        city=_text(own.city) if own else "",
        postcode=_text(own.postcode) if own else "",
        endpoint_scheme=own.endpoint_scheme if own else "",
        endpoint=own.endpoint if own else "",
        phone=_text(dealer.phone),
        email=_text(dealer.support_email or dealer.contact_email),
    )


def _buyer(builder: _Builder, facts: AccountFacts, categories: set[str]) -> Party:
    country = facts.country or ""
    if not country:
        builder.gaps.append(Gap.BUYER_COUNTRY)
    vat_id = vat_id_of(facts.vat_number or "", country)
    if categories & _BUYERS_VAT and not vat_id:
        builder.gaps.append(Gap.BUYER_VAT)
    scheme, endpoint = "", ""
    if vat_id and country in _VAT_SCHEMES:
        scheme, endpoint = _VAT_SCHEMES[country], vat_id
    else:
        builder.peppol_gaps.append(Gap.BUYER_ENDPOINT)
    first, *rest = [
        *(_text(line) for line in (facts.address_1, facts.address_2, facts.address_3, facts.address_4) if _text(line)),
        "",
    ]
    return Party(
        name=_text(facts.name),
        country=country,
        vat_id="" if "O" in categories else vat_id,
        street=first,
        street_2=", ".join(line for line in rest if line),
        city=_text(facts.city),
        postcode=_text(facts.postcode),
        endpoint_scheme=scheme,
        endpoint=endpoint,
        email=_text(facts.email),
    )


def _check_germany(builder: _Builder, dealer: Dealer, seller: Party, buyer: Party, categories: set[str]) -> None:
    """What XRechnung asks for within Germany, which Peppol asks for too."""
    if not seller.country == buyer.country == "DE":
        return
    if "O" in categories:
        builder.peppol_gaps.append(Gap.GERMAN_SCOPE)
    if not (seller.city and seller.postcode):
        builder.peppol_gaps.append(Gap.SELLER_ADDRESS)
    if not (buyer.city and buyer.postcode):
        builder.peppol_gaps.append(Gap.BUYER_ADDRESS)
    if not seller.phone:
        builder.peppol_gaps.append(Gap.SELLER_PHONE)
    if not (dealer.seller and dealer.seller.iban):
        builder.peppol_gaps.append(Gap.SELLER_IBAN)


def _text(text: str | None) -> str:
    """On one line, without what XML cannot hold."""
    return " ".join(_ILLEGAL.sub("", text or "").split())
