"""The states of a dispute: every way through them, by hypothesis, is one that the rules describe."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.disputes.model import (
    MAX_ANSWER,
    REOPEN_WITHIN,
    RESULTS,
    Action,
    Decision,
    Dispute,
    DisputedRow,
    Step,
    move,
)
from chalicelib.kernel.dispute_codes import OPEN_STATES, REASON_LABELS, STATE_LABELS, DisputeReason, DisputeState
from chalicelib.kernel.errors import ConflictError, InvalidError

NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)
ROW = DisputedRow(
    type="invoice", transaction_id="1", reference="126884", on="2024-05-02", amount=4615, outstanding=16430
)
DISPUTE = Dispute(
    dispute_id="01HZKT00000000000000000000",
    account_ref="1200",
    account_name="Mr A L Barlow",
    currency="GBP",
    reason=DisputeReason.GOODS,
    rows=(ROW, replace(ROW, transaction_id="2", reference="126885")),
    raised_by="al@farm.example",
    steps=(Step(action=Action.RAISE, at=NOW, by="al", text="One is missing"),),
)
WAYS = {
    (DisputeState.RAISED, DisputeState.ACKNOWLEDGED),
    (DisputeState.ACKNOWLEDGED, DisputeState.UNDER_REVIEW),
    (DisputeState.UNDER_REVIEW, DisputeState.RESOLVED_CREDIT),
    (DisputeState.UNDER_REVIEW, DisputeState.RESOLVED_REJECTED),
    *((state, DisputeState.WITHDRAWN) for state in OPEN_STATES),
    *((state, DisputeState.RAISED) for state in set(DisputeState) - OPEN_STATES),
}
"""Every step there is, from state to state."""
MOVES = st.lists(
    st.tuples(st.sampled_from(Action), st.sampled_from([0, 1, 29, 31]), st.booleans()), min_size=1, max_size=12
)


def moved(dispute: Dispute, *actions: Action, at: datetime = NOW) -> Dispute:
    for action in actions:
        dispute = move(dispute, Decision(action, "Because", 4615), by="maria", now=at)
    return dispute


REVIEWED = moved(DISPUTE, Action.ACKNOWLEDGE, Action.REVIEW)


@given(MOVES)
def test_no_way_leads_elsewhere_and_it_is_reopened_at_most_once(moves: list[tuple[Action, int, bool]]) -> None:
    dispute, now = DISPUTE, NOW
    for action, days, with_text in moves:
        now += timedelta(days=days)
        before = dispute
        try:
            dispute = move(before, Decision(action, "Because" if with_text else "", 100), by="x", now=now)
        except ConflictError:
            impossible = (before.state, RESULTS[action]) not in WAYS or action is Action.RAISE
            assert impossible or action is Action.REOPEN or action not in before.staff_actions()
            continue
        except InvalidError:
            assert not with_text
            assert action in {Action.REJECT, Action.REOPEN}
            continue
        assert (before.state, dispute.state) in WAYS
        assert dispute.steps[:-1] == before.steps, "nothing that was said is lost"
        assert dispute.since == now
        if action is Action.REOPEN:
            assert now - before.since <= REOPEN_WITHIN
    assert sum(step.action is Action.REOPEN for step in dispute.steps) <= 1
    assert dispute.is_open == (dispute.state in OPEN_STATES)
    assert dispute.is_open or not dispute.staff_actions()


@pytest.mark.parametrize("end", [Action.CREDIT, Action.REJECT, Action.WITHDRAW])
def test_it_is_reopened_within_thirty_days_of_its_end_and_once(end: Action) -> None:
    ended = moved(REVIEWED, end)
    last = NOW + REOPEN_WITHIN
    assert moved(ended, Action.REOPEN, at=last).state is DisputeState.RAISED
    with pytest.raises(ConflictError):
        moved(ended, Action.REOPEN, at=last + timedelta(seconds=1))
    again = moved(ended, Action.REOPEN, Action.WITHDRAW)
    assert not again.may_be_reopened(NOW)
    with pytest.raises(ConflictError):
        moved(again, Action.REOPEN)


@pytest.mark.parametrize("credit", [None, 0, -1, 9231])
def test_a_credit_is_above_nothing_and_not_above_what_is_disputed(credit: int | None) -> None:
    with pytest.raises(InvalidError) as refused:
        move(REVIEWED, Decision(Action.CREDIT, "", credit), by="maria", now=NOW)
    assert set(refused.value.fields) == {"credit"}
    assert move(REVIEWED, Decision(Action.CREDIT, "", 9230), by="maria", now=NOW).credit == 9230


def test_who_rejects_says_why_and_answers_are_bounded() -> None:
    for text in (" ", "x" * (MAX_ANSWER + 1)):
        with pytest.raises(InvalidError) as refused:
            move(REVIEWED, Decision(Action.REJECT, text), by="maria", now=NOW)
        assert set(refused.value.fields) == {"text"}
    rejected = move(REVIEWED, Decision(Action.REJECT, " Both were\r\nsigned for ", 100), by="maria", now=NOW)
    assert (rejected.steps[-1].text, rejected.credit) == ("Both were\nsigned for", 0)


def test_a_dispute_in_numbers_and_words() -> None:
    assert (DISPUTE.amount, DISPUTE.references, DISPUTE.message) == (9230, "126884, 126885", "One is missing")
    assert (DISPUTE.raised_at, DISPUTE.since, ROW.key) == (NOW, NOW, ("invoice", "1"))
    assert set(REASON_LABELS) == set(DisputeReason)
    assert set(STATE_LABELS) == set(DisputeState)
