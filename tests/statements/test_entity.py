import pytest

from chalicelib.statements.sent import SentStatement
from tests.bundles import customer, document
from tests.ingest.accounts import AGED, check, codes

MAY = {
    "statement_id": "ST1",
    "account_ref": "1200",
    "period_from": "2024-05-01",
    "period_to": "2024-05-31",
    "opening": "1.00",
    "closing": "6.00",
}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"period_from": "", "opening": ""}, []),
        ({"period_from": "2024-06-01"}, ["period_to E127_PERIOD"]),
        ({"closing": ""}, ["closing E101_MISSING"]),
        ({"document_id": "pdf1"}, []),
        ({"document_id": "pdf2"}, ["document_id W301_DOCUMENT_NOT_YET"]),
        (dict(zip(AGED, ["0", "6.00", "0", "0", "0", "0"], strict=True)), []),
        (dict(zip(AGED, ["0", "5.00", "0", "0", "0", "0"], strict=True)), ["aged_current W322_STATEMENT_AGES"]),
        ({"aged_current": "6.00"}, ["aged_current W322_STATEMENT_AGES"]),
    ],
)
def test_what_is_wrong_with_a_statement(changed: dict[str, str], found: list[str]) -> None:
    pdf = [document("1200", "pdf1", doc_type="statement")]
    account = check([customer("1200")], [], pdf, statements=[MAY | changed], zipped={"pdf1": int(pdf[0]["bytes"])})
    assert codes(account) == found
    kept = account.sheets["statements"]
    assert len(kept) == (not found or found[0].partition(" ")[2].startswith("W"))
    assert all(len(one.ages) == (6 if "aged_1" in changed and not found else 0) for one in kept)


def test_its_row_is_stored_by_position() -> None:
    row = SentStatement("ST1", "2024-05-31", 600, None, None, "pdf1", 0, 600, 0, 0, 0, 0)
    assert row.ages == (0, 600, 0, 0, 0, 0)
