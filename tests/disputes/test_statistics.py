from dataclasses import replace

from chalicelib.disputes.statistics import ReasonCount, reason_counts
from chalicelib.kernel.dispute_codes import DisputeReason
from tests.disputes.test_model import DISPUTE, ROW


def test_each_disputed_transaction_counts_by_its_reason_depot_and_rep() -> None:
    at_two = replace(ROW, depot_code="2", rep_code="DG", amount=100)
    disputes = [
        replace(DISPUTE, depot_code="1", rows=(ROW, at_two)),
        replace(DISPUTE, depot_code="2", rows=(replace(at_two, amount=50),)),
        replace(DISPUTE, currency="EUR", rows=(at_two,)),
        replace(DISPUTE, reason=DisputeReason.PRICE, rows=(ROW,)),
    ]
    assert reason_counts(disputes) == [
        ReasonCount(DisputeReason.GOODS, "2", "DG", 3, {"GBP": 150, "EUR": 100}),
        ReasonCount(DisputeReason.PRICE, "", "", 1, {"GBP": 4615}),
        ReasonCount(DisputeReason.GOODS, "1", "", 1, {"GBP": 4615}),
    ]
    assert reason_counts([]) == []
