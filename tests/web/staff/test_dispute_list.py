"""Staff see what customers dispute in a month, why, and at which depot; and take it away as CSV."""

import csv
from datetime import datetime
from io import StringIO

import pytest

from chalicelib.disputes.operations import Claim as Over
from chalicelib.kernel.ids import Ids
from tests.disputes.made import HOSE, PARTS, published, raised
from tests.fixtures.cast import Cast, Dealership
from tests.web.client import Visitor
from tests.web.customer.barlow import spoken

HOME = "/staff/disputes"


@pytest.fixture
def ours(cast: Cast, now: datetime, ids: Ids) -> Dealership:
    published(cast.ours, [HOSE, PARTS._replace(reference="=127070")])
    raised(cast.ours, now, ids)
    raised(cast.ours, now, ids, Over(key=PARTS.key, amount=770), reason="price")
    return cast.ours


@pytest.mark.usefixtures("ours")
def test_a_month_with_its_reasons_by_depot_and_rep_code(staff: Visitor) -> None:
    page = staff.get(HOME)
    words = spoken(page)
    for text in (
        "2 disputes",
        "Dispute over invoice 126884 1200 Mr A L Barlow Goods are missing or wrong Raised £46.15",
        "Goods are missing or wrong 2 DG 1 £46.15",
        "The price is wrong 1 None 1 £7.70",
    ):
        assert text in words
    assert staff.get(page.links["Dispute over invoice 126884"]).status == 200
    for query, shown, hidden in (
        ("reason=price", "£7.70", "£46.15"),
        ("depot=2", "£46.15", "£7.70"),
        ("state=raised&reason=goods", "£46.15", "£7.70"),
        ("month=x&state=x&reason=x", "£46.15", "None matches"),
    ):
        words = spoken(staff.get(f"{HOME}?{query}"))
        assert shown in words
        assert hidden not in words
    for query in ("month=2024-05", "state=withdrawn", "depot=9"):
        assert "No disputes of this month match these filters." in spoken(staff.get(f"{HOME}?{query}"))


@pytest.mark.usefixtures("ours")
def test_csv_has_a_line_for_each_transaction_and_no_formula(staff: Visitor) -> None:
    answer = staff.get(f"{HOME}.csv?month=2024-06")
    assert 'filename="disputes-2024-06.csv"' in answer.headers["content-disposition"]
    head, *rows = csv.reader(StringIO(answer.body.decode("utf-8-sig"), newline=""))
    assert head[:5] == ["Raised", "Account", "Customer", "Type", "Reference No"]
    assert sorted(row[4] for row in rows) == ["'=127070", "126884"]
    assert ["2024-06-05", "1200", "Mr A L Barlow", "Invoice", "126884"] in [row[:5] for row in rows]
    assert {(row[7], row[8], row[9], row[11]) for row in rows} == {
        ("2", "DG", "46.15", "GBP"),
        ("1", "", "7.70", "GBP"),
    }
