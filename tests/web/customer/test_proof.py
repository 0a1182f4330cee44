from datetime import datetime, timedelta

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.operations import change_settings, settings_fingerprint
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.ledger.row import Row
from tests.disputes.made import disputed
from tests.fixtures.cast import Cast
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.web.client import Visitor
from tests.web.customer.barlow import BALANCE, ROWS, references, spoken


@pytest.fixture
def account(cast: Cast, customer: Visitor) -> Visitor:
    publish(cast.ours.import_scope, [an_account(ROWS)])
    publish(cast.rival.import_scope, [an_account([a_row("CANARY", total=1, description="CANARY")])])
    return customer


@pytest.mark.parametrize(
    ("figure", "named", "total"),
    [
        ("balance", ["126950", "126884", "C20417", "127070", "127072", "127073"], "£247.06"),
        ("overdue", ["126950", "126884"], "£257.80"),
        ("credits", ["C20417"], "−£48.20"),
        ("age-0", ["127070", "127072", "127073"], "£37.46"),
        ("age-1", ["126884", "C20417"], "£116.10"),
        ("age-2", ["126950"], "£93.50"),
    ],
)
def test_each_figure_opens_what_it_is_made_of(account: Visitor, figure: str, named: list[str], total: str) -> None:
    page = account.get(f"/proof?figure={figure}")
    words = spoken(page)
    assert [title.split()[-1] for title in references(page)] == named
    assert f"Sum {total} Adds up" in words
    assert "Totals in GBP Agree" in words
    assert "CANARY" not in page.html
    assert BALANCE == 24706


def test_the_pages_lead_there(account: Visitor) -> None:
    assert account.get("/transactions").links["Balance"] == "/proof?figure=balance"
    invoice = account.get(f"/invoices/{link_part('1200')}/invoice/{link_part('127070')}?on=2024-06-05")
    page = account.get(invoice.links["How this is calculated"])
    assert "Outstanding of Invoice 127070 £7.70" in spoken(page)
    assert account.get("/statements").links["How this is calculated"] == "/proof?figure=balance"
    assert account.get("/proof?figure=age-9").status == 404
    assert account.get(f"/proof?row=invoice:{link_part('CANARY')}").status == 404


def test_what_does_not_add_up_says_so(account: Visitor, cast: Cast) -> None:
    part_paid: Row = a_row("9", total=1000, outstanding=400)
    rows = [*ROWS, part_paid]
    facts = a_facts(balance=sum(row.outstanding for row in rows) + 5)
    publish(
        cast.ours.import_scope, [an_account(rows, run=2, facts=facts)], run=2, totals={"GBP": "differ", "EUR": "agree"}
    )
    page = spoken(account.get(f"/proof?row=invoice:{link_part('9')}&on=2024-06-05"))
    assert "Sum £10.00 Does not add up −£6.00 of it are not in the entries that Moorbeck Machinery has sent." in page
    whole = spoken(account.get("/proof?figure=balance"))
    assert "gives another balance for this account" in whole
    assert "Totals in GBP Do not agree" in whole
    assert "totals do not agree" in spoken(account.get("/transactions"))


def test_a_dispute_has_its_time(account: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    one = disputed(cast.ours, "1200", now, ids)
    page = account.get("/proof?figure=balance")
    assert "In dispute" in spoken(page)
    assert "Raised 5 Jun 2024 10:00" in spoken(page)
    assert page.links["See the dispute"] == f"/disputes/{one.dispute_id}"


def test_without_figures_it_leads_to_the_transactions(customer: Visitor) -> None:
    assert customer.get("/proof").location == "/transactions"


def test_a_missing_night_is_said_plainly(account: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    assert "Newer figures are overdue" not in spoken(account.get("/transactions"))
    settings = {"export_days": "daily", "export_by": "07:00"}
    seen = settings_fingerprint(dealers.dealer(cast.ours.scope, fresh=True), settings)
    change_settings(cast.ours.admin.staff_scope, settings, seen=seen, now=now, ids=ids)
    publish(cast.ours.import_scope, [an_account(ROWS, run=2)], run=2, received_at=now - timedelta(days=1, hours=4))
    for path in ("/transactions", "/statements", "/proof"):
        assert "Newer figures are overdue" in spoken(account.get(path))
