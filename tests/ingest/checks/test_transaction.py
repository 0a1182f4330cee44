import pytest

from chalicelib.dealers.ageing_setting import AgeingSetting
from tests.bundles import customer, line, transaction
from tests.ccx.words import words
from tests.ingest.accounts import check, codes

CUSTOMER = customer("1200")
INVOICE = transaction("1200", "127070", "7.70")


def of_transaction(**values: str) -> list[str]:
    return codes(check([CUSTOMER], [INVOICE | values]))


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"transaction_id": ""}, "transaction_id E101_MISSING"),
        ({"reference": "R" * 41}, "reference E102_TOO_LONG"),
        ({"type": "Inv"}, "type E103_BAD_VALUE"),
        ({"transaction_date": "05/06/2024"}, "transaction_date E104_BAD_DATE"),
        ({"total_amount": "7,70"}, "total_amount E105_BAD_AMOUNT"),
        ({"outstanding_amount": "7.705"}, "outstanding_amount E106_DECIMALS"),
        ({"settlement_rate": "five"}, "settlement_rate E109_BAD_NUMBER"),
        ({"dispute_flag": "Y"}, "dispute_flag E108_BAD_BOOLEAN"),
        ({"type": "credit_note", "outstanding_amount": "0.00"}, "total_amount E110_SIGN"),
        ({"type": "payment", "outstanding_amount": "0.00"}, "total_amount E110_SIGN"),
        ({"type": "discount", "outstanding_amount": "0.00"}, "total_amount E110_SIGN"),
        ({"total_amount": "-7.70", "outstanding_amount": "0.00"}, "total_amount E110_SIGN"),
        ({"type": "refund", "total_amount": "-7.70", "outstanding_amount": "0.00"}, "total_amount E110_SIGN"),
        ({"outstanding_amount": "-7.70"}, "outstanding_amount E121_OVERPAID"),
        ({"type": "journal", "total_amount": "-7.70"}, "outstanding_amount E121_OVERPAID"),
        ({"transaction_date": "2025-06-07"}, "transaction_date E111_FUTURE_DATE"),
        ({"outstanding_amount": "7.71"}, "outstanding_amount E112_OUTSTANDING"),
        ({"discount_date": "2024-06-04"}, "discount_date E113_DISCOUNT_DATE"),
        ({"settlement_amount": "7.71"}, "settlement_amount E114_SETTLEMENT"),
        ({"settlement_amount": "-7.32"}, "settlement_amount E114_SETTLEMENT"),
        ({"description": "a\x00b"}, "description E115_CONTROL_CHARACTER"),
        ({"currency": "EUR"}, "currency E116_CURRENCY"),
        ({"currency": "eur"}, "currency E107_BAD_CURRENCY"),
        ({"document_id": "a/b"}, "document_id E119_BAD_FORM"),
        ({"period": "June"}, "period E104_BAD_DATE"),
        ({"settled_reason": "lost"}, "settled_reason E103_BAD_VALUE"),
    ],
)
def test_a_transaction_rejected(values: dict[str, str], finding: str) -> None:
    found = check([CUSTOMER], [transaction("1200", "1", "1.00"), INVOICE | values])
    assert codes(found) == [finding]
    assert [row.transaction_id for row in found.rows] == ["1"]
    assert found.findings


@pytest.mark.parametrize(
    ("total", "outstanding", "other"),
    [("0.01", "-0.01", "payment"), ("7.70", "-7.70", "payment"), ("-0.01", "0.01", "refund")],
)
def test_what_is_overpaid_is_told_the_type_to_send_the_rest_as(total: str, outstanding: str, other: str) -> None:
    found = check([CUSTOMER], [INVOICE | {"type": "journal", "total_amount": total, "outstanding_amount": outstanding}])
    (finding,) = found.findings
    assert finding.code == "E121_OVERPAID"
    assert finding.params["other"] == other


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"document_id": "d9"}, "document_id W301_DOCUMENT_NOT_YET"),
        ({"due_date": "2024-06-04"}, "due_date W302_DUE_DATE"),
        ({"net_amount": "6.42", "vat_amount": "1.30"}, "vat_amount W304_NET_AND_VAT"),
        ({"settlement_amount": "7.20", "settlement_rate": "5"}, "settlement_amount W305_SETTLEMENT"),
        ({"total_amount": "0.00", "outstanding_amount": "0.00"}, "total_amount W307_ZERO"),
        ({"description": "Parts "}, "description W310_SPACES"),
    ],
)
def test_a_transaction_kept_with_a_warning(values: dict[str, str], finding: str) -> None:
    found = check([CUSTOMER], [INVOICE | values])
    assert codes(found) == [finding]
    assert len(found.rows) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"transaction_date": "2025-06-06"},
        {"discount_date": "2024-06-05"},
        {"settlement_amount": "7.00"},
        {"outstanding_amount": "0.00"},
        {"settlement_amount": "7.31", "settlement_rate": "5"},
        {"net_amount": "6.42", "vat_amount": "1.29"},
        {"type": "journal", "total_amount": "-7.70", "outstanding_amount": "-7.70"},
        {"type": "brought_forward", "outstanding_amount": "9.99"},
        {"type": "brought_forward", "outstanding_amount": "-9.99"},
        {"type": "credit_note", "total_amount": "-7.70", "outstanding_amount": "-7.70"},
    ],
)
def test_what_passes(values: dict[str, str]) -> None:
    assert of_transaction(**values) == []


def test_every_wrong_cell_of_a_row_is_named() -> None:
    bad = {"transaction_date": "31/09/2026", "total_amount": "7,70", "discount_date": "soon", "currency": "EUR"}
    assert of_transaction(**bad) == [
        "transaction_date E104_BAD_DATE",
        "total_amount E105_BAD_AMOUNT",
        "discount_date E104_BAD_DATE",
        "currency E116_CURRENCY",
    ]


def test_findings_say_where_and_what() -> None:
    (finding,) = check([CUSTOMER], [INVOICE | {"outstanding_amount": "120.50", "total_amount": "102.50"}]).findings
    assert (finding.file, finding.line, finding.key, finding.value) == (
        "transactions.csv",
        2,
        "1200 / 127070",
        "120.50",
    )
    assert words(finding).startswith("More is outstanding than the total, £102.50. Enter")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"total_amount": "-25.00", "outstanding_amount": "-25.00"},
            (
                "The total of the type invoice must be positive. "
                "If -25.00 is right, send it as the type credit_note. If not, correct it."
            ),
        ),
        (
            {"type": "payment", "outstanding_amount": "0.00"},
            (
                "The total of the type payment must be negative. "
                "If 7.70 is right, send it as the type refund. If not, correct it."
            ),
        ),
        (
            {"outstanding_amount": "-4.50"},
            (
                "What is outstanding, −£4.50, has the opposite sign to the total. "
                "Enter 0.00 here, and send the overpayment as a payment of which -4.50 is outstanding."
            ),
        ),
        (
            {"type": "credit_note", "total_amount": "-7.70", "outstanding_amount": "4.50"},
            (
                "What is outstanding, £4.50, has the opposite sign to the total. "
                "Enter 0.00 here, and send the overpayment as a refund of which 4.50 is outstanding."
            ),
        ),
    ],
)
def test_no_remedy_makes_a_credit_a_debt(values: dict[str, str], said: str) -> None:
    (finding,) = check([CUSTOMER], [INVOICE | values]).findings
    assert words(finding) == said


def test_vat_may_differ_by_a_penny_a_line() -> None:
    rows = [INVOICE | {"net_amount": "6.42", "vat_amount": "1.31"}]
    lines = [line("1200", "127070", n, "2.14") for n in (1, 2, 3)]
    assert codes(check([CUSTOMER], rows, (), lines)) == []
    assert codes(check([CUSTOMER], rows, (), lines[:2])) == ["vat_amount W304_NET_AND_VAT"]


@pytest.mark.parametrize(
    ("label", "day", "found"),
    [
        ("Current", "2024-06-05", []),
        ("1 Month", "2024-06-05", ["age_label W308_AGE_LABEL"]),
        ("Current month", "2024-05-31", ["age_label W308_AGE_LABEL"]),
        ("3 Months", "2023-01-31", []),
        ("2 months", "2023-01-31", ["age_label W308_AGE_LABEL"]),
        ("Our own word", "2024-06-05", []),
    ],
)
def test_age_labels(label: str, day: str, found: list[str]) -> None:
    rows = [INVOICE | {"age_label": label, "transaction_date": day}]
    assert codes(check([CUSTOMER], rows, ageing=AgeingSetting())) == found
    assert codes(check([CUSTOMER], rows)) == []
