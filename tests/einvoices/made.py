"""Made-up invoices and credit notes of every kind that an e-invoice has to hold, as an export would bring them."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from chalicelib.customers.model import AccountFacts
from chalicelib.dealers.model import Dealer, Seller
from chalicelib.documents.model import InvoiceLine, LineType
from chalicelib.kernel.money import minor_digits
from chalicelib.ledger.row import Row
from tests.ledger.accounts import a_facts

CURRENCIES = ("GBP", "EUR", "USD", "CHF", "JPY", "KWD")
CATEGORIES = ("S", "mixed", "Z", "E", "AE", "K", "G", "O")
UNITS = ("Each", "Hours", "m2", "box", "bale", None)
WORDS = ("TENSIONER", "Öl & Fett <5 l>", "Ölfilter „N“", "Spring\tset", "Labour\nmechanic", "Čep 5\N{DEGREE SIGN}")


@dataclass(frozen=True, slots=True)
class Case:
    """What `make` is called with."""

    dealer: Dealer
    facts: AccountFacts
    row: Row
    lines: tuple[InvoiceLine, ...]
    terms: str


def a_dealer(country: str = "GB", *, seller: Seller | None = None, **more: Any) -> Dealer:
    """A dealer who has filled in all that an e-invoice needs."""
    numbers = {"GB": "123 4567 89", "DE": "DE123456789", "IE": "IE1234567T", "FR": "FR12345678901"}
    own = seller or Seller(
        legal_name="Moorbeck Machinery & Sons Ltd",
        company_number="01234567",
        street="Mill Lane 1",
        city="Whitby",
        postcode="YO21 1AA",
        country=country,
        endpoint_scheme="0088",
        endpoint="5012345678900",
        iban="DE89370400440532013000" if country == "DE" else "GB29NWBK60161331926819",
    )
    values: dict[str, Any] = {
        "dealer_id": "aaaaaaaaaa",
        "slug": "moorbeck",
        "code": "MOORBECK",
        "name": "Moorbeck Machinery",
        "contact_email": "office@moorbeck.example",
        "address": ("Mill Lane 1", "Whitby"),
        "phone": "01632 960 014",
        "vat_number": numbers[country],
        "seller": own,
        **more,
    }
    return Dealer(**values)


def case(seed: int) -> Case:
    """The case of a number: the same each time. Each currency, category and type comes again and again."""
    rng = Random(seed)
    currency = CURRENCIES[seed % len(CURRENCIES)]
    category = CATEGORIES[seed // 3 % len(CATEGORIES)]
    is_credit = rng.random() < 0.4
    country = rng.choice(("GB", "DE", "IE", "FR"))
    step = 10 if minor_digits(currency) == 3 else 1
    lines = [_line(rng, at, currency, category, step) for at in range(1, rng.randint(2, 12))]
    net = sum(line.net_amount or 0 for line in lines)
    if net <= 0:
        lines.append(_charge(len(lines) + 1, step * 1000 - net, lines[0]))
        net = sum(line.net_amount or 0 for line in lines)
    vat = sum(line.vat_amount or 0 for line in lines)
    total = net + vat
    if rng.random() < 0.2:
        total += step * rng.choice((-2, -1, 1, 2))  # rounded, as tills do
    sign = -1 if is_credit else 1
    if is_credit and rng.random() < 0.7:
        lines = [_turned(line) for line in lines]
    if rng.random() < 0.3:
        lines.append(InvoiceLine(line_no=99, line_type=LineType.TEXT, description="Opening hours: 07:30 to 18:30"))
    row = Row(
        transaction_id=str(seed),
        type="credit_note" if is_credit else "invoice",
        reference=f"{'C' if is_credit else ''}{127000 + seed}",
        transaction_date=date(2024, 6, 1 + seed % 28).isoformat(),
        total=sign * total,
        outstanding=sign * total,
        due_date=None if is_credit or rng.random() < 0.3 else date(2024, 7, 1 + seed % 28).isoformat(),
        net=sign * net if rng.random() < 0.8 else None,
        vat=sign * vat if rng.random() < 0.8 else None,
        order_no=rng.choice((None, "SO 1642")),
        customer_order_ref=rng.choice((None, "PO-77 & 78")),
        advice_no=rng.choice((None, "122588")),
    )
    buyers = {"GB": "GB987654321", "DE": "DE987654321", "FR": "FR98765432109", "US": None}
    buyer = rng.choice(("GB", "DE", "FR", "US")) if category not in {"AE", "K"} else "DE" if country == "FR" else "FR"
    facts = a_facts(
        currency=currency,
        country=buyer,
        vat_number=buyers[buyer] if category in {"AE", "K"} or rng.random() < 0.5 else None,
        email="farm@barlow.example",
        address_1="Postgate Farm",
        address_2=rng.choice((None, "Castleton")),
        city="WHITBY",
        postcode="YO21 6ND",
    )
    return Case(a_dealer(country), facts, row, tuple(lines), "30 days net")


def _line(rng: Random, at: int, currency: str, category: str, step: int) -> InvoiceLine:
    digits = minor_digits(currency)
    rate = Decimal(rng.choice(("20", "5", "17.5", "19"))) if category in {"S", "mixed"} else Decimal(0)
    code: str | None = None if category in {"S", "mixed"} and rng.random() < 0.7 else category
    if category == "mixed":
        code = "S"
        if rng.random() < 0.4:
            code, rate = rng.choice(("Z", "E")), Decimal(0)
    quantity = Decimal(rng.choice(("1", "2", "3.5", "0.25", "-1", "12")))
    price = Decimal(rng.randint(1, 900_000)).scaleb(-rng.choice((2, 3, 4)))
    off = Decimal(rng.choice((0, 0, 0, 5, 12, 33)))
    gross = (quantity * price * (100 - off) / 100).scaleb(digits)
    net = int((gross / step).quantize(Decimal(1), ROUND_HALF_UP)) * step
    if rng.random() < 0.1:
        net += 3 * step  # a surcharge that the price does not say
    vat = int((net * rate / 100 / step).quantize(Decimal(1), ROUND_HALF_UP)) * step
    bare = rng.random() < 0.15
    return InvoiceLine(
        line_no=at,
        line_type=rng.choice((LineType.GOODS, LineType.LABOUR, LineType.CHARGE)),
        part_no=rng.choice((None, f"JD-{at}")),
        description=rng.choice(WORDS),
        quantity=None if bare else quantity,
        unit=rng.choice(UNITS),
        unit_price=None if bare else price,
        discount_pct=off or None,
        net_amount=net,
        vat_rate=rate,
        vat_amount=vat,
        vat_code=code,
        vat_exemption="Exempt under VAT Act Sch 9" if code == "E" else None,
    )


def _charge(at: int, net: int, like: InvoiceLine) -> InvoiceLine:
    vat = int((net * (like.vat_rate or Decimal(0)) / 1000).quantize(Decimal(1), ROUND_HALF_UP)) * 10
    return InvoiceLine(
        line_no=at,
        line_type=LineType.CHARGE,
        description="Carriage",
        net_amount=net,
        vat_rate=like.vat_rate,
        vat_amount=vat,
        vat_code=like.vat_code,
        vat_exemption=like.vat_exemption,
    )


def _turned(line: InvoiceLine) -> InvoiceLine:
    return InvoiceLine(
        line_no=line.line_no,
        line_type=line.line_type,
        part_no=line.part_no,
        description=line.description,
        quantity=None if line.quantity is None else -line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_pct=line.discount_pct,
        net_amount=-(line.net_amount or 0),
        vat_rate=line.vat_rate,
        vat_amount=-(line.vat_amount or 0),
        vat_code=line.vat_code,
        vat_exemption=line.vat_exemption,
    )
