"""The worked example in words; and what a statement says where less is known."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from chalicelib.kernel.scopes import ImportScope
from chalicelib.ledger import repo
from chalicelib.ledger.row import Row
from chalicelib.rendering.format import formats
from chalicelib.rendering.spreadsheet import FileKind
from chalicelib.statements.model import Period, StatementStyle
from chalicelib.statements.queries import account_statement
from chalicelib.web.customer.statement_query import PARTS
from chalicelib.web.presenters.statement_files import document, spreadsheet
from chalicelib.web.presenters.statements import ShownStatement, shown, slip
from chalicelib.web.presenters.transactions import RowFormatter, row_link
from tests.fixtures.cast import Cast
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish, the_customer
from tests.ledger.rows import a_row
from tests.statements.ledgers import AS_AT, JUNE, PART_PAID, ROWS, balance_of
from tests.statements.test_queries import NOW

ALL = frozenset(PARTS)
MAY_AND_JUNE = Period(date(2024, 5, 1), JUNE.last)


@pytest.fixture
def dealer(cast: Cast) -> ImportScope:
    repo.forget()
    return cast.ours.import_scope


def made(
    dealer: ImportScope,
    rows: Sequence[Row] = ROWS,
    period: Period = JUNE,
    style: StatementStyle = StatementStyle.BALANCE_FORWARD,
    parts: frozenset[str] = ALL,
    **facts: Any,
) -> ShownStatement:
    known = a_facts(balance=balance_of(list(rows)), **facts)
    publish(dealer, [an_account(rows, as_at=AS_AT, facts=known)], as_at=AS_AT)
    found = account_statement(the_customer(dealer), ref="1200", now=NOW, period=period)
    return shown(found, RowFormatter.of(found.view, formats("en-GB", "Europe/London")), style, parts, linked=True)


def said(statement: ShownStatement) -> list[tuple[str, str, tuple[int | None, int | None], int]]:
    return [(line.type, line.reference or line.description, line.amounts, line.balance) for line in statement.lines]


def test_the_worked_example(dealer: ImportScope) -> None:
    june = made(dealer)
    assert said(june) == [
        ("", "Opening balance", (None, None), 9350),
        ("Invoice", "127070", (770, None), 10120),
        ("Invoice", "127072", (398, None), 10518),
        ("Invoice", "127073", (2578, None), 13096),
        ("Payment", "R28044", (None, -732), 12364),
        ("Discount", "D01021", (None, -38), 12326),
        ("Credit Note", "C19877", (None, -1200), 11126),
        ("Journal", "J00412", (250, None), 11376),
        ("", "Closing balance", (3996, -1970), 11376),
    ]
    assert [(line.reference, line.balance) for line in june.later] == [("127204", 16236), ("R28114", 6886)]
    assert june.lines[1].link == row_link("1200", ROWS[1])
    assert (june.title, june.headings, june.notes) == ("Statement, June 2024", ("Debit", "Credit", "Balance"), ())
    assert slip(june) == (
        ("Pay to", "Moorbeck Machinery, Beck Lane, Castleton, Whitby YO21 6XX"),
        ("Reference", "1200 / ST-2024-06"),
        ("Closing balance", "£113.76"),
        ("By 5 Jul 2024", "£28.27 settles 127072 (£3.78), 127073 (£24.49); you save £1.49"),
    )
    drawn = document(june, logo=None)
    assert drawn.ages[-1] == ("Balance", "£113.76")
    assert drawn.ages[0] == ("Current", "£20.26")
    assert [line.description for line in drawn.lines if line.kind != "row"] == [
        "Opening balance",
        "Closing balance",
        "Not yet on a statement",
    ]


def test_open_items_only(dealer: ImportScope) -> None:
    found = made(dealer, style=StatementStyle.OPEN_ITEM)
    assert said(found)[0] == ("Invoice", "126950", (9350, 9350), 9350)
    assert said(found)[-1] == ("", "Closing balance", (None, None), 11376)
    assert found.lines[1].description == "General Parts Sale, due 5 Jul 2024"
    assert found.headings == ("Total", "Outstanding", "Balance")
    assert "worked out from the dates" in found.notes[0]


def test_what_is_not_listed_is_added_up(dealer: ImportScope) -> None:
    found = made(dealer, parts=frozenset())
    assert said(found)[-4:] == [
        ("Journal", "J00412", (250, None), 13346),
        ("", "2 payments, not listed", (None, -770), 12576),
        ("", "1 credit, not listed", (None, -1200), 11376),
        ("", "Closing balance", (3996, -1970), 11376),
    ]
    assert found.ages == ()


def test_days_before_the_first_transaction_say_so(dealer: ImportScope) -> None:
    found = made(dealer, period=Period(date(2024, 1, 1), JUNE.last))
    assert found.notes[0].startswith("The oldest transaction that Moorbeck Machinery has sent is of 17 Apr 2024.")
    assert slip(found)[1] == ("Reference", "1200 / ST-2024-06-30")


def test_what_was_settled_without_receipts_is_explained(dealer: ImportScope) -> None:
    rows = [
        a_row("1", total=100, on="2024-05-02", outstanding=0, settled_date="2024-06-10", settled_reason="paid"),
        a_row("2", total=50, on="2024-05-03", outstanding=20),
        a_row("3", total=70, on="2024-06-04", outstanding=0, settled_date="2024-06-20", vanished=True),
    ]
    found = made(dealer, rows, MAY_AND_JUNE)
    texts = {(line.type, line.description) for line in found.lines if line.amounts[1] and not line.is_sum}
    assert texts == {
        ("Settled", "Paid"),
        ("Settled", "Paid or credited; the day is not known"),
        ("Removed", "No longer in the ledger of Moorbeck Machinery"),
    }
    assert any("does not send the payments" in note for note in found.notes)


def test_a_balance_brought_forward_says_what_it_leaves_out(dealer: ImportScope) -> None:
    rows = [
        a_row("BF4", total=100, on="2024-04-30", type="brought_forward", outstanding=0, settled_reason="rolled"),
        a_row("BF5", total=60, on="2024-05-31", type="brought_forward"),
    ]
    found = made(dealer, rows, MAY_AND_JUNE, ledger_type="balance_forward")
    line = found.lines[1]
    assert (line.type, line.description, line.link, line.amounts) == (
        "Other entries",
        "Payments and other entries that were not sent one by one",
        "",
        (None, -40),
    )
    assert "This balance is not aged: it was brought forward without dates." in found.notes


def test_open_items_that_are_not_known_are_not_shown(dealer: ImportScope) -> None:
    found = made(dealer, PART_PAID, style=StatementStyle.OPEN_ITEM)
    assert not found.is_open_items
    assert any("is not known" in note for note in found.notes)


def test_unused_payments_and_credit_balances(dealer: ImportScope) -> None:
    found = made(
        dealer, [a_row("R", total=-500, on="2024-06-03", type="payment")], Period(JUNE.first, date(2024, 7, 3))
    )
    assert slip(found) == ()
    assert found.notes[-1] == "Payments that are not set against an invoice yet: −£5.00, in the balance above."


def test_many_discounts_are_counted(dealer: ImportScope) -> None:
    rows = [a_row(f"{n}", total=1000, on="2024-06-03", discount_date="2024-07-05", settlement=950) for n in range(6)]
    assert slip(made(dealer, rows))[-1] == ("By 5 Jul 2024", "£57.00 settles 6 invoices; you save £3.00")


def test_an_account_without_transactions(dealer: ImportScope) -> None:
    assert made(dealer, []).notes[0] == "Moorbeck Machinery has sent no transactions of this account."


@pytest.mark.parametrize("kind", FileKind)
def test_lines_as_a_file(dealer: ImportScope, kind: FileKind) -> None:
    statement = made(dealer)
    file = spreadsheet(statement, kind)
    assert (file.file_name, file.count) == (f"statement-1200-2024-06.{kind}", 9)
    cells = list(file.rows)
    assert [one[6] for one in cells][::8] == [Decimal("93.50"), Decimal("113.76")]
    assert cells[4][:6] == [date(2024, 6, 6), "Payment", "R28044", "Bank transfer, for 127070", None, Decimal("-7.32")]
    out = BytesIO()
    assert spreadsheet(statement, kind).write(out) == ()
