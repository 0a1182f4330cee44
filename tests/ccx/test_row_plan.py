import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ccx.row_plan import plan_for
from chalicelib.documents.entity import DOCUMENTS
from chalicelib.ledger.entity import TRANSACTIONS
from tests.bundles import transaction
from tests.ingest.accounts import COLUMNS

GOOD = transaction("1200", "127070", "7.70", due_date="2024-07-05", description="Parts", dispute_flag="false")
CELL = st.sampled_from(
    [
        "",
        " ",
        "7",
        "0",
        "7.70",
        "-7.7",
        "1e3",
        "\u0667.70",
        "2024-06-05",
        "true",
        "GBP",
        "x\ny",
        'a"b',
        "a,b",
        " x",
        "é\xa0",
    ]
)
NAMES = COLUMNS["transactions"]


def raw_of(row: dict[str, str]) -> str:
    out = io.StringIO()
    csv.DictWriter(out, NAMES, restval="").writerow(row)
    return out.getvalue().removesuffix("\r\n")


@given(
    st.lists(st.dictionaries(st.sampled_from(NAMES), CELL | st.text(max_size=6), max_size=3), min_size=1, max_size=5),
    st.sampled_from(["GBP", "JPY", "KWD"]),
)
def test_many_at_once_are_read_as_each_alone(changes: list[dict[str, str]], currency: str) -> None:
    plan = plan_for(TRANSACTIONS.schema, NAMES, currency)
    rows = [(line, raw_of(GOOD | change)) for line, change in enumerate(changes, 2)]
    together = plan.read_all(rows)
    assert together == [plan._read_carefully(line, raw) for line, raw in rows]  # noqa: SLF001 - the slow way is the rule
    assert together == [plan.read(line, raw) for line, raw in rows]


@pytest.mark.parametrize(
    ("currency", "amounts"), [("GBP", [1200, 700, 0]), ("JPY", [12, 7, 0]), ("KWD", [12000, 7000, 0])]
)
def test_whole_numbers_are_whole_units(currency: str, amounts: list[int]) -> None:
    plan = plan_for(TRANSACTIONS.schema, NAMES, currency)
    slot = TRANSACTIONS.schema.by_name["total_amount"]
    rows = [(line, raw_of(GOOD | {"total_amount": text})) for line, text in enumerate(("12", "7", "0"), 2)]
    good = [row.values[slot] for row in plan.read_all(rows)]
    assert good == amounts == [plan.read(line, raw).values[slot] for line, raw in rows]


def test_a_plan_remembers_no_more_than_it_may() -> None:
    plan = plan_for(TRANSACTIONS.schema, NAMES, "GBP")
    rows = [(n, raw_of(GOOD | {"document_id": f"d{n}"})) for n in range(20_000)]
    slot = TRANSACTIONS.schema.by_name["document_id"]
    assert [row.values[slot] for row in plan.read_all(rows)] == [f"d{n}" for n in range(20_000)]


def test_columns_that_nobody_knows_are_passed_over() -> None:
    plan = plan_for(DOCUMENTS.schema, ("colour", "document_id", "account_ref", "doc_type", ""), "GBP")
    (row,) = plan.read_all([(2, "red,d1,1200,invoice,x")])
    assert row.problems == []
    assert row.values[:4] == ["d1", "1200", None, "invoice"]
    (row,) = plan.read_all([(2, "red, d1,1200,invoice,x")])
    assert [problem.code for problem in row.problems] == ["W310_SPACES"]
