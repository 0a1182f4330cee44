"""One account through all rules: a test for each finding, then what follows for rows, keys, counts and digests."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ccx.cells import CellError
from chalicelib.ccx.codes import Code
from chalicelib.customers.entity import CUSTOMERS
from chalicelib.customers.model import AccountFacts
from chalicelib.ingest.checks.account import Known, check_account, check_unassigned
from chalicelib.ingest.checks.context import MasterProblem
from chalicelib.ledger.entity import TRANSACTIONS
from tests.bundles import PDF, customer, document, line, transaction
from tests.ccx.words import words
from tests.ingest.accounts import AGED, check, codes, context, raw

CUSTOMER = customer("1200")
INVOICE = transaction("1200", "127070", "7.70")


def of_transaction(**values: str) -> list[str]:
    return codes(check([CUSTOMER], [INVOICE | values]))


def of_customer(**values: str) -> list[str]:
    return codes(check([CUSTOMER | values], balanced=False))


def test_a_good_account() -> None:
    found = check(
        [CUSTOMER],
        [INVOICE | {"document_id": "d1", "due_date": "2024-07-05", "net_amount": "6.42", "vat_amount": "1.28"}],
        [document("1200", "d1")],
        [line("1200", "127070", 2, "2.50"), line("1200", "127070", 1, "3.92", vat_amount="0.78")],
        zipped={"d1": len(PDF)},
    )
    assert codes(found) == []
    assert not found.findings
    (row,) = found.rows
    assert (row.total, row.outstanding, row.net, row.vat, row.due_date) == (770, 770, 642, 128, "2024-07-05")
    assert (row.document_id, row.document, row.dispute_flag, row.stale) == ("d1", None, False, False)
    assert [(item.line_no, item.net, item.vat) for item in found.lines["invoice", "127070"]] == [
        (1, 392, 78),
        (2, 250, None),
    ]
    (stored,) = found.documents
    assert (stored.document_id, stored.bytes, stored.visible, stored.found) == ("d1", len(PDF), True, (len(PDF), ""))
    assert found.facts is not None
    assert (found.facts.name, found.facts.balance, found.facts.aged) == ("Customer 1200", 770, None)


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"name": ""}, "name E101_MISSING"),
        ({"name": "   "}, "name E101_MISSING"),
        ({"name": "x" * 121}, "name E102_TOO_LONG"),
        ({"name": "x" * 4001}, "name E102_TOO_LONG"),
        ({"name": "bell\x07"}, "name E115_CONTROL_CHARACTER"),
        ({"account_type": "Trade"}, "account_type E103_BAD_VALUE"),
        ({"portal_eligible": "yes"}, "portal_eligible E108_BAD_BOOLEAN"),
        ({"currency": "GPB"}, "currency E107_BAD_CURRENCY"),
        ({"balance": "£0"}, "balance E105_BAD_AMOUNT"),
        ({"balance": "0.001"}, "balance E106_DECIMALS"),
        ({"credit_limit": "4,000"}, "credit_limit E105_BAD_AMOUNT"),
        ({"settlement_rate": "100"}, "settlement_rate E109_BAD_NUMBER"),
        ({"country": "UK!"}, "country E119_BAD_FORM"),
    ],
)
def test_a_customer_rejected(values: dict[str, str], finding: str) -> None:
    found = check([CUSTOMER | values], [INVOICE], balanced=False)
    assert codes(found) == [finding, "account_ref E201_PARENT_REJECTED"]
    assert found.facts is None
    assert found.customer_rejected
    assert found.rejected == {"customers": {("1200",)}, "transactions": {("invoice", "127070")}}


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"email": "al.barlow@"}, "email W306_BAD_EMAIL"),
        ({"name": "Mr A L Barlow "}, "name W310_SPACES"),
        ({"balance": "1.00"}, "balance W312_OUT_OF_BALANCE"),
        (dict.fromkeys(AGED, "1.00"), "aged_current W311_AGED_AMOUNTS"),
        ({"aged_1": "0.00"}, "aged_current W311_AGED_AMOUNTS"),
    ],
)
def test_a_customer_kept_with_a_warning(values: dict[str, str], finding: str) -> None:
    assert of_customer(**values) == [finding]


def test_a_number_that_reads_as_a_customer_added_in_the_portal() -> None:
    ref = "~01HZKT0SM0387DBREVWTGGCZEW"
    found = check([CUSTOMER | {"account_ref": ref}], ref=ref)
    assert codes(found) == ["account_ref E122_RESERVED"]
    assert found.facts is None


@pytest.mark.parametrize("column", ["settlement_days", "payment_due_days"])
def test_days_of_a_year(column: str) -> None:
    days = CUSTOMERS.schema.columns[CUSTOMERS.schema.by_name[column]]
    assert [days.parse(text) for text in ("0", "365")] == [0, 365]
    for text in ("366", "-1"):
        with pytest.raises(CellError):
            days.parse(text)


def test_what_a_warning_leaves() -> None:
    found = check([CUSTOMER | {"email": "al.barlow@", "name": " Mr A L Barlow "}])
    assert found.facts is not None
    assert (found.facts.email, found.facts.name) == (None, "Mr A L Barlow")


def test_aged_amounts_that_sum() -> None:
    aged = dict(zip(AGED, ("0.00", "20.26", "0.00", "93.50", "0.00", "-13.76"), strict=True))
    found = check([CUSTOMER | aged | {"balance": "100.00"}], balanced=False)
    assert found.facts is not None
    assert found.facts.aged == (0, 2026, 0, 9350, 0, -1376)


def test_line_ends_in_quoted_text_are_kept_or_become_a_space() -> None:
    found = check([CUSTOMER | {"name": "Barlow\nand Son", "city": "Whitby \r\n Bay\t", "region": "North\tYorks\n"}])
    assert codes(found) == ["city W320_LINE_END", "region W320_LINE_END"]
    assert found.facts is not None
    assert (found.facts.name, found.facts.city, found.facts.region) == ("Barlow\nand Son", "Whitby Bay", "North Yorks")
    assert of_transaction(customer_order_ref="PO 1\n2") == ["customer_order_ref W320_LINE_END"]


def test_line_ends_in_what_names_something_are_refused() -> None:
    assert of_transaction(transaction_id="1\n2") == ["transaction_id E115_CONTROL_CHARACTER"]
    assert of_transaction(due_date="2024-06-05\n") == ["due_date E115_CONTROL_CHARACTER"]
    assert of_customer(city="Whit\x07by") == ["city E115_CONTROL_CHARACTER"]


def test_a_rejected_customer_hides_no_error_of_its_rows() -> None:
    found = check([CUSTOMER | {"portal_eligible": "TRUE"}], [INVOICE | {"transaction_date": "05/06/2024"}])
    assert codes(found) == [
        "portal_eligible E108_BAD_BOOLEAN",
        "transaction_date E104_BAD_DATE",
        "account_ref E201_PARENT_REJECTED",
    ]
    assert words(found.findings[0]) == "This is neither true nor false. Use true or false, in small letters."


def test_a_rejected_transaction_hides_no_error_of_its_lines() -> None:
    lines = [line("1200", "127070", 1, "6.42") | {"net_amount": "6,42"}]
    assert codes(check([CUSTOMER], [INVOICE | {"currency": "EUR"}], (), lines)) == [
        "currency E116_CURRENCY",
        "net_amount E105_BAD_AMOUNT",
        "transaction_id E201_PARENT_REJECTED",
    ]


def test_a_row_is_named_as_far_as_it_can_be_read() -> None:
    (finding,) = check([CUSTOMER], [INVOICE | {"type": "Inv"}], balanced=False).findings
    assert finding.key == "1200 / 127070"


@pytest.mark.parametrize(("length", "limit"), [(201, 200), (5000, 200)])
def test_a_text_that_is_too_long_is_told_the_limit_of_its_column(length: int, limit: int) -> None:
    (finding,) = check([CUSTOMER], [INVOICE | {"description": "x" * length}], balanced=False).findings
    assert finding.params == {"length": length, "limit": limit}


@pytest.mark.parametrize(
    ("ref", "shown"), [("M\u00fcller", "M\u00fcller (U+00FC)"), ("Mu\u0308ller", "Mu\u0308ller (U+0308)"), ("9", "9")]
)
def test_an_unknown_account_is_told_apart_from_one_that_looks_alike(ref: str, shown: str) -> None:
    (finding,) = check_account(
        ref, {"transactions": [(2, raw("transactions", INVOICE | {"account_ref": ref}))]}, context()
    ).findings
    assert words(finding).startswith(f"The account {shown} is not in customers.csv.")


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        (Code.E204_MASTER_LOOP, "master_account_ref E204_MASTER_LOOP"),
        (Code.E205_MASTER_DEPTH, "master_account_ref E205_MASTER_DEPTH"),
        (Code.E206_MASTER_CURRENCY, "master_account_ref E206_MASTER_CURRENCY"),
        (Code.W314_UNKNOWN_MASTER, "master_account_ref W314_UNKNOWN_MASTER"),
    ],
)
def test_a_master_that_cannot_be_taken(code: Code, finding: str) -> None:
    problem = MasterProblem(code, {"master": "1", "currency": "EUR"}, "1")
    found = check([CUSTOMER | {"master_account_ref": "1"}], bad_masters={"1200": problem})
    assert codes(found) == [finding]
    assert (found.facts is None) == code.startswith("E")
    assert found.facts is None or found.facts.master_account_ref is None


def test_a_row_of_too_few_cells_has_no_key() -> None:
    found = check_account(
        "1200",
        {
            "customers": [(2, raw("customers", CUSTOMER))],
            "transactions": [(2, "127070,1200,invoice"), (3, '1,1200,"a"b')],
        },
        context(),
    )
    assert [f"{f.column}{f.code}" for f in found.findings] == ["E118_CELLS", "E120_QUOTES"]
    assert found.incomplete == {"transactions"}
    assert found.rejected["transactions"] == set()


def test_copies_of_a_key_are_all_rejected_unless_alike() -> None:
    other = transaction("1200", "1", "1.00")
    found = check([CUSTOMER], [INVOICE, INVOICE | {"description": "x"}, other, other, other])
    assert (
        codes(found) == ["transaction_id E117_DUPLICATE"] * 2 + ["W313_REPEATED_ROW", "balance W312_OUT_OF_BALANCE"][:1]
    )
    assert [row.transaction_id for row in found.rows] == ["1"]
    assert found.rejected["transactions"] == {("invoice", "127070")}


def test_copies_of_a_customer() -> None:
    found = check([CUSTOMER, CUSTOMER | {"name": "Other"}])
    assert codes(found) == ["account_ref E117_DUPLICATE"] * 2
    assert found.facts is None


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), max_size=8))
def test_duplicates_for_any_mixture(rows: list[tuple[str, str]]) -> None:
    found = check([CUSTOMER], [transaction("1200", key, "1.00", description=text) for key, text in rows])
    texts: dict[str, set[str]] = {}
    for key, text in rows:
        texts.setdefault(key, set()).add(text)
    assert {row.transaction_id for row in found.rows} == {key for key, seen in texts.items() if len(seen) == 1}
    assert {key for _, key in found.rejected.get("transactions", set())} == {k for k, s in texts.items() if len(s) > 1}


def test_an_account_that_is_not_in_customers() -> None:
    found = check([], [INVOICE], [document("1200", "d1")], [line("1200", "127070", 1, "1.00")])
    assert codes(found) == ["account_ref E202_UNKNOWN_ACCOUNT"] * 3
    assert found.facts is None
    assert not found.customer_rejected


FACTS = AccountFacts(
    account_ref="1200",
    name="Mr A L Barlow",
    account_type="trade",
    portal_eligible=True,
    ledger_type="open_item",
    account_status="open",
    currency="GBP",
    balance=0,
)


def test_without_customers_the_stored_facts_serve() -> None:
    headers = {k: v for k, v in context().headers.items() if k != "customers"}
    found = check([], [INVOICE], headers=headers, known=Known(FACTS))
    assert codes(found) == []
    assert found.facts is FACTS
    assert len(found.rows) == 1


def test_amounts_count_for_control_totals_even_if_rejected() -> None:
    rows = [
        INVOICE,
        INVOICE | {"transaction_id": "2", "transaction_date": "no"},
        INVOICE | {"transaction_id": "3", "currency": "EUR"},
        INVOICE | {"transaction_id": "4", "currency": "JPY"},
        INVOICE | {"transaction_id": "5", "total_amount": "x", "outstanding_amount": "0.00"},
    ]
    counted = check([CUSTOMER], rows).counts["transactions"]
    unread = {("total_amount", "GBP"): 1, ("total_amount", "JPY"): 1, ("outstanding_amount", "JPY"): 1}
    assert (counted.rows, counted.rejected, counted.unreadable_amounts) == (5, 4, unread)
    assert counted.totals["total_amount", "GBP"] == 1540
    assert counted.totals["total_amount", "EUR"] == 770


def test_amounts_of_an_unknown_account_count_in_its_own_currency() -> None:
    found = check(
        [], [INVOICE | {"currency": "JPY", "total_amount": "770", "outstanding_amount": "770"}], balanced=False
    )
    assert found.counts["transactions"].totals["total_amount", "JPY"] == 770


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"line_no": "one"}, "line_no E109_BAD_NUMBER"),
        ({"quantity": "1.23456"}, "quantity E109_BAD_NUMBER"),
        ({"net_amount": "1.234"}, "net_amount E106_DECIMALS"),
        ({"transaction_id": "9"}, "transaction_id E203_UNKNOWN_TRANSACTION"),
        ({"vat_amount": "1.30"}, "vat_amount W303_LINE_VAT"),
        ({"vat_amount": "1.29"}, None),
    ],
)
def test_a_line(values: dict[str, str], finding: str | None) -> None:
    found = check([CUSTOMER], [INVOICE], (), [line("1200", "127070", 1, "6.42") | values])
    assert codes(found) == ([finding] if finding else [])
    assert bool(found.lines) == (finding is None or " W" in finding)


def test_lines_of_a_rejected_transaction() -> None:
    found = check([CUSTOMER], [INVOICE | {"currency": "EUR"}], (), [line("1200", "127070", 1, "6.42")])
    assert codes(found) == ["currency E116_CURRENCY", "transaction_id E201_PARENT_REJECTED"]
    (finding,) = (f for f in found.findings if f.file == "invoice_lines.csv")
    assert finding.key == "1200 / 127070 / 1"
    assert words(finding).startswith("Its row in transactions.csv was rejected")


def test_rows_without_an_account() -> None:
    rows = [
        (2, raw("transactions", INVOICE | {"account_ref": ""})),
        (3, raw("transactions", INVOICE | {"account_ref": "x" * 33})),
    ]
    findings, counted = check_unassigned(TRANSACTIONS, rows, context())
    assert [(f.line, f.code, f.key) for f in findings] == [
        (2, "E101_MISSING", "127070"),
        (3, "E102_TOO_LONG", "127070"),
    ]
    assert (counted.rows, counted.rejected, counted.totals["total_amount", "GBP"]) == (2, 2, 1540)


def test_files_bear_the_names_of_the_manifest() -> None:
    (finding,) = check([CUSTOMER], [INVOICE | {"currency": "EUR"}], paths={"transactions": "ledger.csv"}).findings
    assert finding.file == "ledger.csv"


@given(st.dictionaries(st.sampled_from(sorted(INVOICE)), st.text(max_size=12)), st.booleans())
def test_any_cells_make_a_row_or_a_finding(values: dict[str, str], in_customer: bool) -> None:  # noqa: FBT001
    safe: dict[str, Any] = {k: v for k, v in values.items() if k != "account_ref"}
    customers = [CUSTOMER | {"name": safe.get("reference", "x")}] if in_customer else [CUSTOMER]
    found = check(customers, [INVOICE | safe], balanced=False)
    errors = [f for f in found.findings if f.severity == "error" and f.file == "transactions.csv"]
    assert bool(found.rows) == (not errors)
