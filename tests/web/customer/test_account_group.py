"""A master account's people see all its accounts together, each alone, and nobody else does."""

import csv
import re
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.kernel.keys import link_part
from chalicelib.ledger import group_queries, repo
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast
from tests.ledger.accounts import history
from tests.ledger.groups import OF_GROUP, publish_group
from tests.web.client import Page, Visitor
from tests.web.customer.barlow import references, spoken

HERE = "/account-group"


def listed(page: Page) -> list[str]:
    """The references of the rows in the list."""
    return references(replace(page, body=page.html.partition('id="results"')[2].encode()))


@pytest.fixture
def master(cast: Cast, customer: Visitor) -> Visitor:
    """Mr Barlow's account 1200 is the master of 5001 and 5002; 5003 is nobody's."""
    of = {"1200": OF_GROUP["5000"], "5001": OF_GROUP["5001"], "5002": OF_GROUP["5002"], "5003": OF_GROUP["5001"]}
    publish_group(cast.ours.import_scope, of, master="1200", others=["5003"])
    return customer


def test_b23_the_master_sees_all_accounts_added_up_age_by_age(master: Visitor) -> None:
    page = master.get(HERE)
    words = spoken(page)
    assert "Balance £130.25 Of 3 accounts together" in words
    assert "Overdue £40.50 1 transaction" in words
    assert "5001 Farm 5001 £0.00 £0.00 £40.50 £0.00 £40.50 £40.50" in words
    assert "5002 Farm 5002 £0.00 −£10.25 £0.00 £0.00 −£10.25" in words
    assert "Together £100.00 −£10.25 £40.50 £0.00 £130.25 £40.50" in words
    assert "5003" not in words


def test_b23_each_row_has_its_account_once(master: Visitor) -> None:
    page = master.get(HERE)
    assert listed(page) == ["M1", "S2", "S1"]
    rows = re.findall(r'<tr role="row">.*?</tr>', page.html.partition('id="results"')[2], re.DOTALL)
    accounts = [re.search(r"account=(\d+)", row) for row in rows]
    assert [found[1] for found in accounts if found] == ["1200", "5002", "5001"]
    for asked, expected in (
        ("sort=outstanding", ["M1", "S1", "S2"]),
        ("sort=age&order=desc", ["S1", "S2", "M1"]),
        ("status=history", ["M0"]),
        ("q=hose&status=all", ["S1"]),
        ("age=2", ["S1"]),
    ):
        assert listed(master.get(f"{HERE}?{asked}")) == expected


def test_b23_from_the_group_into_one_account_and_an_invoice_and_back(master: Visitor) -> None:
    assert master.get("/transactions").links["All 3 accounts"] == HERE
    page = master.get(master.get(HERE).links["5001"])
    assert "Farm 5001, account 5001" in spoken(page)
    assert "Balance £40.50" in spoken(page)
    assert listed(page) == ["S1"]
    assert page.links["All 3 accounts"] == HERE
    invoice = master.get(page.links["S1"])
    assert invoice.status == 200
    assert f'href="{HERE}?account=5001"' in invoice.html
    assert invoice.links["Dispute this"] == f"/disputes/new?row=invoice%3A{link_part('S1')}&account=5001"
    assert invoice.links["Ask a question about this"].startswith(f"/invoices/{link_part('5001')}/invoice/")
    invoice = master.get(master.get(f"{HERE}?sort=total").links["S1"])
    assert f'href="{HERE}?sort=total"' in invoice.html


def test_b23_the_rows_are_downloaded_with_their_accounts(master: Visitor) -> None:
    answer = master.get(f"{HERE}.csv")
    assert 'filename="transactions-1200-group-2024-06-05.csv"' in answer.headers["content-disposition"]
    head, *rows = csv.reader(StringIO(answer.body.decode("utf-8-sig"), newline=""))
    account, reference = head.index("Account"), head.index("Reference No")
    assert [(row[account], row[reference]) for row in rows] == [("1200", "M1"), ("5002", "S2"), ("5001", "S1")]
    alone = master.get(f"{HERE}.csv?account=5001")
    assert 'filename="transactions-5001-2024-06-05.csv"' in alone.headers["content-disposition"]
    assert master.get(f"{HERE}.xlsx").status == 303


@pytest.mark.parametrize("path", [HERE, f"{HERE}.csv", f"{HERE}.xlsx"])
@pytest.mark.parametrize("ref", ["5003", "nobody", "~1"])
def test_of_other_accounts_nothing_is_found(master: Visitor, path: str, ref: str) -> None:
    assert master.get(f"{path}?account={ref}").status == 404


def test_an_account_of_the_group_sees_its_own_alone(cast: Cast, customer: Visitor) -> None:
    of = {"5000": OF_GROUP["5000"], "1200": OF_GROUP["5001"], "5002": OF_GROUP["5002"]}
    publish_group(cast.ours.import_scope, of)
    answer = customer.get(HERE)
    assert (answer.status, answer.location) == (303, "/transactions")
    assert "All 3 accounts" not in customer.get("/transactions").links
    for ref in ("5000", "5002"):
        assert customer.get(f"{HERE}.csv?account={ref}").status == 404


def test_accounts_that_let_nobody_in_are_left_out(cast: Cast, customer: Visitor) -> None:
    of = {"1200": OF_GROUP["5000"], "5001": OF_GROUP["5001"], "5002": OF_GROUP["5002"]}
    facts: dict[str, dict[str, Any]] = {"5001": {"portal_eligible": False}, "5002": {"currency": "EUR"}}
    publish_group(cast.ours.import_scope, of, master="1200", facts=facts)
    words = spoken(customer.get(HERE))
    assert "Balance £100.00 Of 1 account" in words
    assert "Farm 500" not in words
    assert "Farm 5001" not in spoken(customer.get(f"{HERE}?account=5001"))
    for ref, number in (("5001", "S1"), ("5003", "S1")):
        assert customer.get(f"/invoices/{link_part(ref)}/invoice/{link_part(number)}").status == 404


def test_a_group_is_read_in_few_round_trips(cast: Cast, master: Visitor) -> None:
    master.get("/details")
    repo.forget()
    dealers.forget_published(cast.ours.scope)
    with counted_calls() as calls:
        master.get(HERE)
    first = calls.index("BatchGetItem")
    assert len(calls[first:]) <= 6, (
        calls
    )  # the enrolment with settings, what others are in, the own head; shards, heads, pages


def test_settled_rows_of_too_many_pages_are_not_read_at_once(
    cast: Cast, customer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [row._replace(transaction_id=f"S{row.transaction_id}") for row in history(3_000)]
    of = {"1200": OF_GROUP["5000"], "5001": [*OF_GROUP["5001"], *old]}
    publish_group(cast.ours.import_scope, of, master="1200")
    monkeypatch.setattr(group_queries, "MAX_SETTLED_PAGES", 1)
    page = customer.get(f"{HERE}?status=history")
    assert "Too many transactions at once" in page.text
    assert "Balance £140.50" in spoken(page)
    assert customer.get(f"{HERE}.csv?status=history").location == f"{HERE}?status=history"
    assert customer.get(HERE).status == 200


@pytest.mark.usefixtures("master")
def test_the_rivals_group_is_another(cast: Cast, customer: Visitor) -> None:
    publish_group(cast.rival.import_scope, {"1200": OF_GROUP["5001"], "9001": OF_GROUP["5002"]}, master="1200")
    words = spoken(customer.get(HERE))
    assert "9001" not in words
    assert "Of 3 accounts together" in words
    assert customer.get(f"{HERE}?account=9001").status == 404
