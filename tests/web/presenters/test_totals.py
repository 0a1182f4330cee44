from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.documents.model import InvoiceLine, LineType
from chalicelib.ledger.row import Row
from chalicelib.web.presenters.totals import CHART_MONTHS, LABELS, TaxKey, by_month, chart, tax_summary, whole
from tests.ledger.accounts import history, rules_at
from tests.ledger.rows import a_row, account_rows

RULES = rules_at()
FULL, REDUCED = TaxKey("", Decimal(20)), TaxKey("S", Decimal(5))


def a_line(net: int, vat: int, rate: str | None = "20", *, vat_code: str | None = None) -> InvoiceLine:
    return InvoiceLine(
        line_no=1,
        line_type=LineType.GOODS,
        net_amount=net,
        vat_rate=None if rate is None else Decimal(rate),
        vat_amount=vat,
        vat_code=vat_code,
    )


def with_lines(reference: str, *, net: int | None, vat: int | None, total: int, **more: str) -> Row:
    return a_row(reference, total=total, net=net, vat=vat, lines=[1, 0, 0, 9], **more)


def test_months_are_summed_newest_first() -> None:
    rows = [
        a_row("1", total=1000, due_date="2024-06-20"),
        a_row("2", total=500, on="2024-04-02", due_date="2024-05-02"),
        a_row("C1", total=-200, on="2024-04-30", type="credit_note", outstanding=0),
    ]
    june, april = by_month(rows, RULES)
    assert (june.month, june.count, june.charged, june.credited) == (date(2024, 6, 1), 1, 1000, 0)
    assert (april.charged, april.credited, april.outstanding, april.overdue) == (500, -200, 500, 500)
    assert whole([june, april]).outstanding == 1500


@given(account_rows())
def test_the_months_together_are_all_of_it(rows: list[Row]) -> None:
    all_of_it = whole(by_month(rows, RULES))
    assert all_of_it.count == len(rows)
    assert all_of_it.charged + all_of_it.credited == sum(row.total for row in rows)
    assert all_of_it.outstanding == sum(row.outstanding for row in rows)


@given(account_rows())
def test_no_bar_leaves_the_chart(rows: list[Row]) -> None:
    drawn = chart(by_month(rows, RULES))
    if drawn is None:
        return
    assert 2 <= len(drawn.bars) <= CHART_MONTHS
    assert sum(bar.labelled for bar in drawn.bars) <= LABELS
    for bar in drawn.bars:
        assert -0.02 <= drawn.line - bar.up <= 100.02
        assert drawn.line + bar.down <= 100.02
        assert bar.x + bar.width <= 100


def test_a_month_without_business_leaves_its_gap_and_a_long_past_is_cut() -> None:
    drawn = chart(by_month([a_row("1", total=10), a_row("2", total=40, on="2024-03-01")], RULES))
    assert drawn is not None
    assert [(bar.month.month, bar.up) for bar in drawn.bars] == [(3, 100), (4, 0), (5, 0), (6, 25)]
    assert (drawn.line, drawn.top, drawn.bottom, drawn.is_cut) == (100, 40, 0, False)
    old = chart(by_month([a_row("1", total=10), a_row("2", total=40, on="2014-03-01")], RULES))
    assert old is not None
    assert (len(old.bars), old.top, old.is_cut) == (CHART_MONTHS, 10, True)
    assert chart(by_month(history(3), RULES)) is None


def test_tax_is_split_by_rate_and_category_as_the_lines_say() -> None:
    rows = [
        with_lines("1", net=1500, vat=225, total=1725),
        with_lines("C1", net=-1000, vat=-200, total=-1200, type="credit_note"),
    ]
    lines = {
        rows[0].key: [a_line(1000, 200), a_line(500, 25, "5", vat_code="S")],
        rows[1].key: [a_line(1000, 200)],
    }
    found = tax_summary(rows, lines)
    assert [(line.key, line.net, line.vat, line.documents) for line in found.lines] == [
        (FULL, 0, 0, 2),
        (REDUCED, 500, 25, 1),
    ]
    assert (found.without, found.rate_unknown, found.unread) == (0, False, 0)


def test_what_rounding_line_by_line_misses_is_the_largest_rates() -> None:
    row = with_lines("1", net=1500, vat=226, total=1726)
    found = tax_summary([row], {row.key: [a_line(1000, 200), a_line(500, 25, "5", vat_code="S")]})
    assert [(line.net, line.vat) for line in found.lines] == [(1000, 201), (500, 25)]


@pytest.mark.parametrize(
    "lines",
    [
        [a_line(1000, 0, None)],  # no rate
        [a_line(900, 180)],  # not the invoice's sums
        [],
    ],
)
def test_lines_that_do_not_explain_the_invoice_leave_its_rate_unknown(lines: list[InvoiceLine]) -> None:
    row = with_lines("1", net=1000, vat=200, total=1200)
    found = tax_summary([row], {row.key: lines})
    assert [(line.key.rate, line.net, line.vat) for line in found.lines] == [(None, 1000, 200)]
    assert found.rate_unknown


def test_what_states_no_tax_is_counted_apart_and_payments_are_not() -> None:
    rows = [
        a_row("1", total=1200),
        a_row("R1", total=-700, type="payment"),
        a_row("2", total=500, net=500, vat=0),
        with_lines("3", net=100, vat=20, total=120),
    ]
    found = tax_summary(rows, {})
    assert (found.without, found.without_total, found.unread) == (1, 1200, 1)
    assert [(line.key.rate, line.net, line.vat) for line in found.lines] == [(Decimal(0), 500, 0), (None, 100, 20)]


def test_an_invoice_without_sums_of_its_own_has_those_of_its_lines() -> None:
    row = with_lines("1", net=None, vat=None, total=1200)
    assert tax_summary([row], {row.key: [a_line(1000, 200)]}).net == 1000
    assert tax_summary([row], {row.key: [a_line(900, 180)]}).without == 1


@given(st.lists(st.tuples(st.integers(1, 10**6), st.sampled_from([20, 5, 0])), min_size=1, max_size=8))
def test_the_parts_are_what_the_invoices_say(parts: list[tuple[int, int]]) -> None:
    lines = [a_line(net, net * rate // 100, str(rate)) for net, rate in parts]
    net, vat = sum(net for net, _ in parts), sum(net * rate for net, rate in parts) // 100
    row = with_lines("1", net=net, vat=vat, total=net + vat)
    found = tax_summary([row], {row.key: lines})
    assert (found.net, found.vat) == (net, vat)
    assert not found.rate_unknown
