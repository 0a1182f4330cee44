"""Staff read the totals that a customer sees."""

import re

import pytest

from chalicelib.kernel.keys import link_part
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.cast import Cast
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.web.client import Visitor

ACCOUNT = f"/staff/accounts/{link_part('1200')}"


@pytest.fixture(autouse=True)
def accounts(cast: Cast) -> None:
    rows = [a_row("127070", total=770, net=642, vat=128), a_row("127071", total=1250, on="2024-05-01", machine="6155R")]
    publish(cast.ours.import_scope, [an_account(rows)])
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow"), account("1201")])


def test_staff_reach_them_from_the_list_and_can_only_read(staff: Visitor) -> None:
    page = staff.get(staff.get(f"{ACCOUNT}/transactions?machine=6155").links["Totals"])
    assert page.status == 200
    words = " ".join(re.sub(r"<[^>]+>", " ", page.html).split())
    assert "1 transaction : Current, Machine “6155”" in words or "1 transaction: Current, Machine “6155”" in words
    assert "Download these transactions" not in page.html
    assert page.links["Transactions"].startswith(f"{ACCOUNT}/transactions?machine=6155")


def test_an_account_without_figures_has_none(staff: Visitor) -> None:
    other = f"/staff/accounts/{link_part('1201')}"
    assert staff.get(f"{other}/transactions/totals").location == other
    assert staff.get(f"/staff/accounts/{link_part('9999')}/transactions/totals").status == 404
