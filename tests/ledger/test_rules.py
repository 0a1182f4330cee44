"""The rules of an account, with and without what the portal knows of its rows."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ledger.ageing import Age
from chalicelib.ledger.figures import NextDue
from chalicelib.ledger.overlays import RowOverlay
from chalicelib.ledger.row import Row
from chalicelib.ledger.settlement import discount_offered
from chalicelib.ledger.status import RowState, RowStatus
from tests.ledger.accounts import rules_at
from tests.ledger.rows import DAYS, ROWS, a_row, account_rows

AS_AT = date(2024, 6, 30)
DISCOUNT_DAY = date(2024, 6, 6)
INVOICE = a_row("1", total=1000, due_date="2024-06-30")
DISCOUNTED = a_row("127070", total=770, discount_date="2024-06-06", settlement=732)
OVERLAYS = st.builds(RowOverlay, st.integers(-(10**10), 10**10), st.booleans())


def payable(row: Row, *, on: date = DISCOUNT_DAY, overlay: RowOverlay | None = None, **facts: Any) -> int:
    return rules_at(on, overlays={row.key: overlay} if overlay else {}, **facts).payable(row)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, RowState(RowStatus.DUE, AS_AT)),
        ({"due_date": None}, RowState(RowStatus.OPEN)),
        ({"due_date": "2024-06-29"}, RowState(RowStatus.OVERDUE, date(2024, 6, 29), 1)),
        ({"due_date": "2024-06-29", "dispute_flag": True}, RowState(RowStatus.DISPUTED)),
        ({"outstanding": 0, "dispute_flag": True}, RowState(RowStatus.SETTLED)),
        ({"outstanding": 0, "settled_date": "2024-06-20"}, RowState(RowStatus.SETTLED, date(2024, 6, 20))),
        ({"outstanding": 0, "settled_inferred": True}, RowState(RowStatus.SETTLED, inferred=True)),
        (
            {"outstanding": 0, "settled_date": "2024-06-20", "settled_inferred": True},
            RowState(RowStatus.SETTLED, date(2024, 6, 20), inferred=True),
        ),
        (
            {"outstanding": 0, "settled_date": "2024-06-20", "settled_inferred": True, "vanished": True},
            RowState(RowStatus.VANISHED, date(2024, 6, 20), inferred=True),
        ),
        (
            {"outstanding": 0, "settled_date": "2024-06-20", "settled_reason": "rolled"},
            RowState(RowStatus.ROLLED, date(2024, 6, 20)),
        ),
        ({"total": -5, "outstanding": -5, "due_date": "2024-01-01"}, RowState(RowStatus.CREDIT)),
    ],
)
def test_the_state_of_a_row(change: dict[str, Any], expected: RowState) -> None:
    assert rules_at(AS_AT).state(INVOICE._replace(**change)) == expected


def test_nothing_is_saved_on_the_last_figures_of_an_archived_account() -> None:
    assert rules_at(DISCOUNT_DAY).payable(DISCOUNTED) == 732
    archived = replace(rules_at(DISCOUNT_DAY), archived=True)
    assert (archived.discount_available(DISCOUNTED), archived.payable(DISCOUNTED)) == (None, 770)
    assert archived.saving([DISCOUNTED]) is None


def test_where_the_dealer_gives_the_ages_rows_have_none() -> None:
    forward = a_row("BF", total=300, type="brought_forward")
    payment = a_row("R1", total=-100, type="payment")
    rows = [INVOICE, forward, payment]
    rules = rules_at(AS_AT, aged=(0, 1000, 0, 0, 300, -100)).over(rows)
    assert [rules.age(row) for row in rows] == [None, None, Age.UNALLOCATED]
    assert rules.buckets(rows).source == "dealer"
    assert rules.age(payment._replace(outstanding=0)) is None
    others = rules_at(AS_AT, aged=(0, 1000, 0, 0, 300, -100)).over([INVOICE, payment])
    assert [others.age(row) for row in (INVOICE, payment)] == [Age.CURRENT, Age.CURRENT]


def test_a_dispute_in_the_portal_shows_as_one_of_the_dealers_system_does() -> None:
    rules = rules_at(AS_AT, overlays={INVOICE.key: RowOverlay(disputed=True)})
    assert rules.state(INVOICE) == RowState(RowStatus.DISPUTED)
    assert rules.state(INVOICE._replace(transaction_id="2")) == RowState(RowStatus.DUE, AS_AT)
    assert rules.state(INVOICE._replace(outstanding=0)) == RowState(RowStatus.SETTLED)


def test_the_due_day_itself_is_not_overdue() -> None:
    assert rules_at(AS_AT).overdue_days(INVOICE) == 0
    assert rules_at(date(2024, 7, 2)).overdue_days(INVOICE) == 2


def test_debts_fall_due_by_the_date_of_the_export_and_discounts_end_by_the_dealers() -> None:
    rules = rules_at(date(2024, 7, 2), as_at=AS_AT)
    assert rules.as_at == AS_AT
    assert rules.overdue_days(INVOICE) == 0
    assert rules_at(DISCOUNT_DAY + timedelta(days=1), as_at=DISCOUNT_DAY).payable(DISCOUNTED) == 770


def test_a_discount_can_be_had_until_its_date_inclusive() -> None:
    assert payable(DISCOUNTED) == 732
    assert payable(DISCOUNTED, on=DISCOUNT_DAY + timedelta(days=1)) == 770


@pytest.mark.parametrize(
    ("row", "facts", "overlay", "expected"),
    [
        (DISCOUNTED._replace(outstanding=270), {}, None, 270),
        (DISCOUNTED._replace(dispute_flag=True), {}, None, 770),
        (DISCOUNTED, {"account_status": "on_stop"}, None, 770),
        (DISCOUNTED, {}, RowOverlay(disputed=True), 770),
        (DISCOUNTED, {}, RowOverlay(pending=70), 700),
        (DISCOUNTED, {}, RowOverlay(pending=732), 38),
    ],
    ids=["part-paid", "disputed there", "on stop", "disputed here", "part pending", "pending at its discount"],
)
def test_what_rules_a_discount_out(row: Row, facts: dict[str, Any], overlay: RowOverlay | None, expected: int) -> None:
    assert payable(row, overlay=overlay, **facts) == expected
    rules = rules_at(DISCOUNT_DAY, overlays={row.key: overlay} if overlay else {}, **facts)
    assert rules.discount_available(row) is None
    assert rules.saving([row]) is None


def test_a_settled_row_has_neither_discount_nor_anything_to_pay() -> None:
    settled = DISCOUNTED._replace(outstanding=0)
    assert rules_at(DISCOUNT_DAY).discount_available(settled) is None
    assert payable(settled) == 0


def test_a_credit_counts_by_what_is_left_of_it() -> None:
    credit = a_row("C1", total=-500, type="credit_note")
    assert payable(credit) == -500
    assert payable(credit, overlay=RowOverlay(pending=-200)) == -300
    assert payable(credit, overlay=RowOverlay(pending=-900)) == 0


def test_more_pending_than_outstanding_leaves_nothing_to_pay() -> None:
    assert payable(INVOICE, overlay=RowOverlay(pending=1200)) == 0


@given(row=ROWS, today=DAYS, overlay=st.none() | OVERLAYS, status=st.sampled_from(["open", "on_stop"]))
def test_payable_is_between_nothing_and_what_is_outstanding(
    row: Row, today: date, overlay: RowOverlay | None, status: str
) -> None:
    amount = payable(row, on=today, overlay=overlay, account_status=status)
    assert min(0, row.outstanding) <= amount <= max(0, row.outstanding)
    discounted = rules_at(today, overlays={row.key: overlay} if overlay else {}, account_status=status)
    if discounted.discount_available(row) is not None:
        assert amount == discount_offered(row)
        assert (status, row.dispute_flag, row.outstanding) == ("open", False, row.total)
        assert overlay in (None, RowOverlay())
    elif overlay is None or not overlay.pending:
        assert amount == row.outstanding


@given(row=ROWS, today=DAYS, pending=st.tuples(st.integers(0, 10**10), st.integers(0, 10**10)))
def test_the_more_is_pending_the_less_is_payable(row: Row, today: date, pending: tuple[int, int]) -> None:
    charge = row._replace(total=abs(row.total), outstanding=abs(row.outstanding))
    less, more = (payable(charge, on=today, overlay=RowOverlay(pending=amount)) for amount in sorted(pending))
    if min(pending):  # nothing pending may leave a discount to be taken
        assert more <= less


@given(rows=account_rows(), today=DAYS)
def test_overlays_of_other_rows_change_nothing(rows: list[Row], today: date) -> None:
    other = {("invoice", "of another account"): RowOverlay(pending=1, disputed=True)}
    plain, covered = rules_at(today), rules_at(today, overlays=other)
    assert [covered.payable(row) for row in rows] == [plain.payable(row) for row in rows]
    assert [covered.state(row) for row in rows] == [plain.state(row) for row in rows]
    assert covered.figures(rows) == plain.figures(rows)


def test_savings_are_summed_rounded_by_the_first_date() -> None:
    rows = [
        DISCOUNTED,
        a_row("127072", total=398, discount_date="2024-06-08", settlement=378),
        a_row("127073", total=2578, discount_date="2024-06-06", settlement=2449),
        a_row("127080", total=10000),
    ]
    found = rules_at(date(2024, 6, 5)).saving(rows)
    assert found is not None
    assert (found.amount, found.saved, found.until) == (3559, 187, DISCOUNT_DAY)
    assert found.keys == tuple(row.key for row in rows[:3])
    assert rules_at(date(2024, 6, 9)).saving(rows) is None


def test_figures() -> None:
    rows = [
        INVOICE._replace(due_date="2024-06-01"),
        INVOICE._replace(transaction_id="2", due_date="2024-06-02", dispute_flag=True),
        INVOICE._replace(transaction_id="3", due_date="2024-07-01", outstanding=300, reference="3"),
        INVOICE._replace(transaction_id="4", due_date="2024-07-01", outstanding=200),
        INVOICE._replace(transaction_id="5", due_date="2024-07-09"),
        a_row("C1", total=-250, type="credit_note"),
    ]
    rules = rules_at(AS_AT)
    found = rules.figures(rows)
    assert (found.balance, found.overdue, found.overdue_count, found.overdue_disputed) == (3250, 2000, 2, 1)
    assert (found.credits, found.credit_count) == (-250, 1)
    assert found.next_due == NextDue(date(2024, 7, 1), 500, 2, "3", "invoice")
    assert rules.figures([]).next_due is None
    both = rules_at(AS_AT, overlays={rows[0].key: RowOverlay(disputed=True)}).figures(rows)
    assert (both.overdue, both.overdue_disputed) == (2000, 2)


def test_ages_and_buckets_are_those_of_the_account() -> None:
    forward = a_row("BF-2024-05", total=11376, on="2024-05-31", type="brought_forward")
    payment = a_row("R1", total=-500, type="payment")
    aged = (0, 2026, 0, 9350, 0, -500)
    rules = rules_at(AS_AT, ledger_type="balance_forward", aged=aged)
    assert (rules.age(forward), rules.age(payment)) == (None, Age.UNALLOCATED)
    assert rules.buckets([forward, payment]).amounts == aged
    assert rules_at(AS_AT).age(payment) is Age.CURRENT


def test_digits_are_those_of_the_accounts_currency() -> None:
    assert [rules_at(currency=code).digits for code in ("GBP", "JPY", "KWD")] == [2, 0, 3]
