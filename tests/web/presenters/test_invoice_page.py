from decimal import Decimal

import pytest

from chalicelib.documents.model import InvoiceLine, LineType
from chalicelib.ledger.row import Row
from chalicelib.web.presenters.invoice_page import PageLine, page_lines, settled_part
from tests.ledger.rows import a_row
from tests.web.presenters.test_transactions import a_formatter


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (a_row("126931", total=72820, outstanding=33219), "£396.01 of £728.20 paid"),
        (a_row("R30981", total=-50000, outstanding=-10399, type="payment"), "£396.01 of £500.00 used"),
        (a_row("127070", total=770), ""),
        (a_row("126828", total=109350, outstanding=0), ""),
        (a_row("J1", total=770, outstanding=800, type="journal"), ""),
        (a_row("J2", total=770, outstanding=-10, type="journal"), ""),
    ],
)
def test_a_part_payment_is_said(row: Row, words: str) -> None:
    assert settled_part(a_formatter(), row) == words


def test_the_lines_of_a_phone_leave_notices_out() -> None:
    goods = InvoiceLine(
        line_no=1,
        line_type=LineType.GOODS,
        part_no="JD-01998745",
        description="SPRING",
        quantity=Decimal("2.5000"),
        net_amount=123456,
    )
    notice = InvoiceLine(line_no=2, line_type=LineType.TEXT, description="Closed on Sundays")
    bare = InvoiceLine(line_no=3, line_type=LineType.LABOUR)
    assert page_lines(a_formatter(), [goods, notice, bare]) == [
        PageLine("JD-01998745", "SPRING", "2.5", "1,234.56"),
        PageLine("", "", "", ""),
    ]
