import re
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.documents.model import InvoiceLine
from chalicelib.ledger.row_query import PAGE_ROWS
from tests.fixtures.cast import Cast
from tests.ledger.accounts import an_account, history
from tests.ledger.published import publish
from tests.web.client import Page, Visitor
from tests.web.customer.barlow import ROWS, spoken
from tests.web.customer.test_invoices import LINES, with_lines

HOME = "/transactions"
HERE = f"{HOME}/totals"


@pytest.fixture
def account(cast: Cast, customer: Visitor) -> Visitor:
    lines: list[InvoiceLine] = LINES
    publish(cast.ours.import_scope, [an_account([with_lines(cast, ROWS[0], lines), *ROWS[1:]])])
    return customer


def months(page: Page) -> list[str]:
    table = page.html.partition('aria-label="Totals by month"')[2].partition("</table>")[0]
    rows = re.findall(r"<tr role=\"row\".*?</tr>", table.partition("<tbody")[2], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_the_filtered_rows_by_month_with_the_list_behind_each(account: Visitor) -> None:
    page = account.get(account.get(f"{HOME}?status=all&type=invoice&sort=total&page=1").links["Totals"])
    assert "6 transactions: All, Invoice" in spoken(page)
    assert months(page) == [
        "June 2024 3 £37.46 £0.00 £37.46 £0.00",
        "May 2024 1 £164.30 £0.00 £164.30 £164.30",
        "April 2024 1 £93.50 £0.00 £93.50 £93.50",
        "September 2019 1 £1,093.50 £0.00 £0.00 £0.00",
        "All months 6 £1,388.76 £0.00 £295.26 £257.80",
    ]
    assert page.html.count("<rect") == 3  # the last 24 months
    assert "The last 24 months; the table has all." in spoken(page)
    found = account.get(page.links["May 2024"])
    assert "1 transaction, 1 May 2024 to 31 May 2024, largest first" in spoken(found)
    for link in (page.links["Show the transactions"], page.links["Download these transactions as CSV"]):
        assert parse_qs(urlsplit(link).query) == {"status": ["all"], "type": ["invoice"], "sort": ["total"]}


def test_a_months_link_stays_within_the_dates_that_were_asked_for(account: Visitor) -> None:
    page = account.get(f"{HERE}?status=all&from=2024-05-02&to=2024-06-04&q=hose")
    assert months(page)[0].startswith("May 2024 1")
    assert parse_qs(urlsplit(page.links["May 2024"]).query)["from"] == ["2024-05-02"]
    assert parse_qs(urlsplit(page.links["May 2024"]).query)["to"] == ["2024-05-31"]
    assert "All, 2 May 2024 to 4 Jun 2024, “hose”" in spoken(page)


def test_the_tax_of_the_result_says_what_is_not_known(account: Visitor) -> None:
    page = account.get(HERE)
    for words in (
        "Rate Documents Goods V.A.T. 20.00% 1 £6.42 £1.28 All rates £6.42 £1.28",
        "5 invoices and credit notes do not state their V.A.T. and are not counted here: £239.36 in total.",
        "in GBP",
        "This is a summary, not a V.A.T. invoice.",
    ):
        assert words in spoken(page), spoken(page)


def test_all_rows_count_and_not_only_those_of_a_page(cast: Cast, customer: Visitor) -> None:
    publish(cast.ours.import_scope, [an_account(history(PAGE_ROWS + 20, outstanding=True))])
    assert "120 transactions: Current" in spoken(customer.get(f"{HERE}?page=2"))


def test_nothing_found_leads_back_to_the_filters(account: Visitor) -> None:
    page = account.get(f"{HERE}?status=all&order_no=nowhere")
    assert "Nothing matches Filtered by: All, Order number nowhere." in spoken(page)
    assert page.links["Change the filters"].startswith(f"{HOME}?status=all&order_no=nowhere")


def test_without_figures_there_are_no_totals(customer: Visitor) -> None:
    assert customer.get(HERE).location == HOME
