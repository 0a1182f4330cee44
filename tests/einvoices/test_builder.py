from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dealers.model import Seller
from chalicelib.documents.model import InvoiceLine, LineType
from chalicelib.einvoices import cii, ubl
from chalicelib.einvoices.builder import build_einvoice
from chalicelib.einvoices.model import BuildResult, EInvoice, Gap
from chalicelib.kernel.money import minor_digits
from chalicelib.ledger.row import Row
from tests.einvoices.made import a_dealer, case
from tests.ledger.accounts import a_facts
from tests.ledger.rows import a_row

LINE = InvoiceLine(
    line_no=1,
    line_type=LineType.GOODS,
    part_no="JD-1",
    description="Tensioner",
    quantity=Decimal(2),
    unit="Each",
    unit_price=Decimal("3.2100"),
    net_amount=642,
    vat_rate=Decimal(20),
    vat_amount=128,
)
ROW = a_row("127070", total=770, net=642, vat=128, due_date="2024-07-05", lines=[1, 0, 0, 9])
FACTS = a_facts(country="GB", vat_number="GB 987 6543 21", city="WHITBY", postcode="YO21 6ND")


def made(row: Row = ROW, lines: Sequence[InvoiceLine] = (LINE,), *, terms: str = "", **more: Any) -> BuildResult:
    facts = replace(FACTS, **more.pop("facts", {}))
    return build_einvoice(dealer=more.pop("dealer", a_dealer()), facts=facts, row=row, lines=lines, terms=terms)


def whole(found: BuildResult) -> EInvoice:
    assert found.invoice is not None, found.gaps
    return found.invoice


def test_an_invoice_as_the_dealers_system_has_it() -> None:
    found = made()
    invoice = whole(found)
    assert found.peppol_gaps == ()
    assert (invoice.net, invoice.vat, invoice.rounding, invoice.total) == (
        Decimal("6.42"),
        Decimal("1.28"),
        Decimal(0),
        Decimal("7.70"),
    )
    assert (invoice.seller.vat_id, invoice.buyer.vat_id, invoice.buyer.endpoint_scheme) == (
        "GB123456789",
        "GB987654321",
        "9932",
    )
    (line,) = invoice.lines
    assert (line.quantity, line.price, line.net, line.discount, line.category) == (
        Decimal(2),
        Decimal("3.2100"),
        Decimal("6.42"),
        Decimal(0),
        "S",
    )


def test_a_credit_note_has_no_minus_however_its_lines_are_signed() -> None:
    row = ROW._replace(type="credit_note", total=-770, net=-642, vat=-128, due_date=None)
    turned = replace(LINE, quantity=Decimal(-2), net_amount=-642, vat_amount=-128)
    plain, signed = (whole(made(row, [line], terms="30 days")) for line in (LINE, turned))
    assert plain == signed
    assert plain.is_credit
    assert plain.total == Decimal("7.70")


def test_a_discount_lies_between_price_and_amount_and_a_surcharge_is_below_nothing() -> None:
    cheaper = replace(LINE, unit_price=Decimal(4))
    dearer = replace(LINE, unit_price=Decimal(3))
    assert [whole(made(lines=[line])).lines[0].discount for line in (cheaper, dearer)] == [
        Decimal("1.58"),
        Decimal("-0.42"),
    ]


def test_a_line_without_a_quantity_is_one_of_its_kind_and_not_one_hour() -> None:
    bare = replace(LINE, quantity=None, unit_price=None, unit="Hours")
    (line,) = whole(made(lines=[bare])).lines
    assert (line.quantity, line.unit, line.price) == (Decimal(1), "C62", Decimal("6.42"))


def test_a_unit_without_a_code_is_named_in_the_item() -> None:
    invoice = whole(made(lines=[replace(LINE, unit="bale & twine")]))
    assert b'unitCode="ZZ"' in ubl.write(invoice)
    assert b"<cbc:Description>Unit: bale &amp; twine</cbc:Description><cbc:Name>" in ubl.write(invoice)
    assert b"</ram:Name><ram:Description>Unit: bale &amp; twine</ram:Description>" in cii.write(invoice)
    assert b"Description" not in ubl.write(whole(made(lines=[replace(LINE, unit="m2")])))


def test_what_the_total_is_rounded_by_is_said() -> None:
    assert whole(made(ROW._replace(total=772))).rounding == Decimal("0.02")
    assert made(ROW._replace(total=790)).gaps == (Gap.TOTALS,)


@pytest.mark.parametrize(("total", "gaps"), [(7700, ()), (7705, (Gap.DECIMALS,))])
def test_a_currency_of_three_decimals_has_two_in_an_e_invoice(total: int, gaps: tuple[Gap, ...]) -> None:
    line = replace(LINE, net_amount=6421, unit_price=Decimal("3.2105"), vat_amount=1284)
    row = ROW._replace(total=total, net=None, vat=None)
    found = made(row, [line], facts={"currency": "KWD"})
    assert found.gaps == gaps
    if found.invoice:
        assert (found.invoice.net, found.invoice.rounding) == (Decimal("6.42"), Decimal("0.00"))


NO_VAT: dict[str, Any] = {"vat_rate": Decimal(0), "vat_amount": 0}
FREE = ROW._replace(total=642, vat=0)


@pytest.mark.parametrize(
    ("gap", "row", "line", "more"),
    [
        (Gap.TYPE, ROW._replace(type="payment"), {}, {}),
        (Gap.LINES, ROW, {"line_type": LineType.TEXT}, {}),
        (Gap.LINE_NAME, ROW, {"description": " ", "part_no": None}, {}),
        (Gap.LINE_VAT, ROW, {"vat_rate": None}, {}),
        (Gap.VAT_CODE, FREE, NO_VAT, {}),
        (Gap.VAT_CODE, ROW, {"vat_code": "Z"}, {}),
        (Gap.VAT_CODE, FREE, {**NO_VAT, "vat_code": "K"}, {}),
        (Gap.EXEMPTION, FREE, {**NO_VAT, "vat_code": "E"}, {}),
        (Gap.VAT_AMOUNT, ROW._replace(total=1142, vat=500), {"vat_amount": 500}, {}),
        (Gap.TERMS, ROW._replace(due_date=None), {}, {}),
        (Gap.SELLER_VAT, ROW, {}, {"dealer": a_dealer(vat_number="")}),
        (Gap.SELLER_COMPANY, FREE, {**NO_VAT, "vat_code": "O"}, {"dealer": a_dealer(seller=Seller())}),
        (Gap.BUYER_COUNTRY, ROW, {}, {"facts": {"country": None}}),
        (Gap.BUYER_VAT, FREE, {**NO_VAT, "vat_code": "AE"}, {"facts": {"vat_number": None}}),
    ],
)
def test_nothing_is_made_of_what_would_not_be_valid(
    gap: Gap, row: Row, line: dict[str, Any], more: dict[str, Any]
) -> None:
    found = made(row, [replace(LINE, **line)], **more)
    assert found.invoice is None
    assert gap in found.gaps


def test_what_is_outside_the_scope_stands_alone() -> None:
    free = replace(LINE, vat_code="O", **NO_VAT)
    assert Gap.MIXED_SCOPE in made(ROW._replace(total=1412, net=1284), [LINE, free]).gaps
    invoice = whole(made(FREE, [free]))
    assert (invoice.seller.vat_id, invoice.buyer.vat_id, invoice.taxes[0].reason_code) == ("", "", "VATEX-EU-O")


@pytest.mark.parametrize(
    ("gap", "more"),
    [
        (Gap.SELLER_ENDPOINT, {"dealer": a_dealer(seller=Seller(country="GB"))}),
        (Gap.SELLER_COUNTRY, {"dealer": a_dealer(seller=Seller(country="NL"), vat_number="NL123456789B01")}),
        (Gap.BUYER_ENDPOINT, {"facts": {"vat_number": None}}),
        (Gap.SELLER_IBAN, {"dealer": a_dealer("DE", seller=Seller(country="DE")), "facts": {"country": "DE"}}),
        (Gap.SELLER_ADDRESS, {"dealer": a_dealer("DE", seller=Seller(country="DE")), "facts": {"country": "DE"}}),
        (Gap.SELLER_PHONE, {"dealer": a_dealer("DE", phone=""), "facts": {"country": "DE"}}),
        (Gap.BUYER_ADDRESS, {"dealer": a_dealer("DE"), "facts": {"country": "DE", "city": None}}),
    ],
)
def test_what_peppol_alone_asks_for_leaves_the_pdf(gap: Gap, more: dict[str, Any]) -> None:
    found = made(**more)
    assert gap in found.peppol_gaps
    assert found.invoice is not None


@given(st.integers(0, 10**6))
def test_every_invoice_adds_up(seed: int) -> None:
    one = case(seed)
    found = build_einvoice(dealer=one.dealer, facts=one.facts, row=one.row, lines=one.lines, terms=one.terms)
    if found.invoice is None:
        return
    invoice = found.invoice
    assert invoice.total == abs(Decimal(one.row.total).scaleb(-minor_digits(one.facts.currency)))
    assert invoice.net == sum(line.net for line in invoice.lines) == sum(group.net for group in invoice.taxes)
    assert invoice.vat == sum(group.vat for group in invoice.taxes)
    assert invoice.net + invoice.vat + invoice.rounding == invoice.total
    for line in invoice.lines:
        assert line.price >= 0
        assert abs(line.quantity * line.price - line.discount - line.net) <= Decimal("0.02")
