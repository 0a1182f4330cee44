import pytest

from chalicelib.ingest.checks.account import Known
from tests.bundles import customer, transaction
from tests.ingest.accounts import check, codes
from tests.ledger.rows import a_row

ROWS = [
    transaction("1200", "1", "10.00", outstanding_amount="4.00"),
    transaction("1200", "R1", "-6.00", type="payment", outstanding_amount="0.00"),
]
PAID = {
    "account_ref": "1200",
    "from_transaction_id": "R1",
    "to_transaction_id": "1",
    "amount": "6.00",
    "allocated_date": "2024-06-03",
}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"amount": "-6.00"}, ["amount E123_NOT_ABOVE_ZERO"]),
        ({"amount": "0.00"}, ["amount E123_NOT_ABOVE_ZERO"]),
        ({"amount": ""}, ["amount E101_MISSING"]),
        ({"from_transaction_id": "1"}, ["from_transaction_id E124_ALLOCATED_FROM"]),
        ({"to_transaction_id": "R1"}, ["to_transaction_id E125_ALLOCATED_TO"]),
        ({"to_transaction_id": "old"}, ["to_transaction_id W321_ALLOCATED_UNKNOWN"]),
        ({"from_type": "discount"}, ["from_transaction_id W321_ALLOCATED_UNKNOWN"]),
        ({"allocated_date": "2024-02-30"}, ["allocated_date E104_BAD_DATE"]),
    ],
)
def test_what_is_wrong_with_an_allocation(changed: dict[str, str], found: list[str]) -> None:
    account = check([customer("1200")], ROWS, allocations=[PAID | changed])
    assert codes(account) == found
    assert len(account.sheets["allocations"]) == (not found or found[0].partition(" ")[2].startswith("W"))


def test_an_id_of_several_transactions_needs_the_type() -> None:
    rows = [*ROWS, transaction("1200", "R1", "-1.00", type="credit_note")]
    assert codes(check([customer("1200")], rows, allocations=[PAID])) == ["from_type E126_ALLOCATED_SEVERAL"]
    assert codes(check([customer("1200")], rows, allocations=[PAID | {"from_type": "payment"}])) == []


def test_a_transaction_of_an_earlier_export_is_known() -> None:
    known = Known(rows=[a_row("old", total=600, outstanding=0)])
    account = check([customer("1200")], ROWS, allocations=[PAID | {"to_transaction_id": "old"}], known=known)
    assert codes(account) == []
