from chalicelib.ledger.ageing import Age, Buckets
from chalicelib.web.presenters.ageing_bar import segments


def test_segments_stand_side_by_side_in_percent_of_what_is_owed() -> None:
    buckets = Buckets((100, 500, 0, -300, 400, -50), 650, "rows")
    assert segments(buckets) == [
        (Age.FUTURE, 0.0, 10.0, 100),
        (Age.CURRENT, 10.0, 50.0, 500),
        (Age.THREE, 60.0, 40.0, 400),
    ]


def test_a_balance_without_ages_has_no_bar() -> None:
    assert segments(Buckets((), 650, "none")) == []
