"""Staff read the transactions that a customer sees."""

import re
from datetime import datetime, timedelta

import pytest

from app import app
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import Enrolment, State
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.operations import change_settings, settings_fingerprint
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.ledger.row_query import PAGE_ROWS
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.cast import Cast, LogIn
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.web.client import Page, Visitor

ACCOUNT = f"/staff/accounts/{link_part('1200')}"
HERE = f"{ACCOUNT}/transactions"


@pytest.fixture(autouse=True)
def barlow(cast: Cast, now: datetime) -> None:
    rows = [
        a_row("127070", total=770, due_date="2024-05-01"),
        a_row("127071", total=1250, due_date="2024-07-01"),
        a_row("126000", total=400, outstanding=0),
        a_row("R1", type="payment", total=-500),
    ]
    publish(cast.ours.import_scope, [an_account(rows)])
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow"), account("1201")])
    active = Enrolment("1200", State.ACTIVE, "c1200@farm.example", "01HX", "maria", now, activated_at=now)
    enrolments.put(cast.ours.scope, active, before=None)


def cells(page: Page) -> list[str]:
    """The rows, cell by cell, without what is only there to open or choose them, and who has opened them."""
    body = page.html.partition('id="results"')[2].partition("<tbody")[2].partition("</tbody>")[0]
    texts = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", body, re.DOTALL)]
    return [" ".join(text.split()) for text in texts if text and "PDF" not in text and text != "Not viewed yet"]


@pytest.mark.parametrize("query", ["", "?status=all", "?status=history", "?status=overdue", "?q=127071", "?sort=total"])
def test_staff_see_the_rows_that_the_customer_sees(staff: Visitor, cast: Cast, log_in: LogIn, query: str) -> None:
    theirs = Visitor(app)
    theirs.cookies[cookies.SESSION] = log_in(cast.ours.customer).secret
    seen = cells(theirs.get(f"/transactions{query}"))
    page = staff.get(HERE + query)
    assert page.status == 200, page.html
    assert seen
    assert cells(page) == seen


def test_no_customers_page_is_reached_and_nothing_chosen_or_downloaded(staff: Visitor) -> None:
    page = staff.get(f"{HERE}?status=all")
    listed = page.html.partition('id="results"')[2]
    assert "127070" in listed
    assert "/invoices/" not in listed
    assert "/transactions.csv" not in page.html
    assert 'type="checkbox"' not in listed
    assert not [link for link in page.links.values() if link.startswith("/transactions")]


def test_the_account_leads_to_it_and_back(staff: Visitor) -> None:
    page = staff.get(ACCOUNT)
    assert page.links["Transactions"] == page.links["Balance"] == HERE
    assert page.links["Overdue"] == f"{HERE}?status=overdue"
    assert page.links["Credits"] == f"{HERE}?status=credit"
    assert staff.get(HERE).links["1200"] == ACCOUNT


def test_a_search_swaps_the_list_alone(staff: Visitor) -> None:
    page = staff.get(f"{HERE}?q=127071", htmx=True)
    assert "127071" in page.text
    assert "127070" not in page.text
    assert "<h1" not in page.html
    assert "Nothing matches" in staff.get(f"{HERE}?q=nothing+like+it", htmx=True).text


def test_it_is_paged(staff: Visitor, cast: Cast) -> None:
    publish(cast.ours.import_scope, [an_account([a_row(f"{n:06d}", total=100) for n in range(PAGE_ROWS + 2)])], run=3)
    publish_directory(cast.ours.import_scope, [account("1200")])
    page = staff.get(HERE)
    assert page.links["Older"].startswith(f"{HERE}?")
    assert f"Showing {PAGE_ROWS + 1} to {PAGE_ROWS + 2}" in staff.get(page.links["Older"]).text
    assert staff.get(f"{HERE}?page=2&at=99.2024-06-05").status in {200, 303}


def test_an_account_without_figures_has_no_list(staff: Visitor) -> None:
    assert staff.get(f"/staff/accounts/{link_part('1201')}/transactions").location.endswith(link_part("1201"))
    assert staff.get(f"/staff/accounts/{link_part('9999')}/transactions").status == 404


def test_staff_read_that_newer_figures_are_overdue_when_customers_do(
    staff: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    settings = {"export_days": "daily", "export_by": "07:00"}
    seen = settings_fingerprint(dealers.dealer(cast.ours.scope, fresh=True), settings)
    change_settings(cast.ours.admin.staff_scope, settings, seen=seen, now=now, ids=ids)
    for path in (HERE, ACCOUNT, "/staff/accounts"):
        assert "Newer figures are overdue" not in staff.get(path).text
    came = now - timedelta(days=1, hours=4)
    again = an_account([a_row("1", total=1)], run=3)
    publish(cast.ours.import_scope, [again], run=3, received_at=came, shards=(2,))
    for path in (HERE, ACCOUNT, "/staff/accounts"):
        assert "Newer figures are overdue" in staff.get(path).text
