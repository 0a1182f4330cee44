from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.disputes import operations, queries, repo
from chalicelib.disputes.model import MAX_MESSAGE, MAX_NOTE, MAX_ROWS, Action, Decision, Dispute, DisputedLine
from chalicelib.disputes.operations import Claim
from chalicelib.feed import queries as feed
from chalicelib.feed.kinds import KINDS
from chalicelib.feed.payloads import DisputeChanged, DisputeRaised
from chalicelib.kernel.dispute_codes import DisputeReason, DisputeState
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger import repo as rows
from chalicelib.ledger.overlays import DisputeMark
from chalicelib.ledger.row_query import RowQuery
from chalicelib.rendering.format import formats
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from chalicelib.tasks import operations as task_operations
from chalicelib.tasks import queries as tasks
from chalicelib.tasks.kinds import DISPUTE
from chalicelib.tasks.model import Task
from tests.disputes.made import CREDIT, HOSE, PARTS, ROWS, WORDS, published, raised
from tests.fixtures.calls import beside_a_transaction, counted_calls
from tests.fixtures.cast import Cast, Dealership
from tests.ledger.published import publish

Raise = Callable[..., Dispute]


@pytest.fixture
def ours(cast: Cast) -> Dealership:
    published(cast.ours)
    return cast.ours


@pytest.fixture
def dispute(ours: Dealership, now: datetime, ids: Ids) -> Dispute:
    return raised(ours, now, ids)


def decide(
    ours: Dealership, before: Dispute, action: Action, now: datetime, ids: Ids, *, text: str = "", credit: int = 0
) -> Dispute:
    return operations.decide(
        ours.user.staff_scope,
        ref="1200",
        dispute_id=before.dispute_id,
        version=before.version,
        decision=Decision(action, text, credit or None),
        now=now,
        ids=ids,
    )


def the_task(ours: Dealership) -> Task | None:
    found = tasks.open_tasks_of(ours.scope, DISPUTE)
    return found[0] if found else None


def marks(ours: Dealership) -> dict[tuple[str, str], DisputeMark]:
    return dict(rows.read_dispute_marks(ours.scope, "1200").by_row)


def events(ours: Dealership) -> list[str]:
    with assume_scope(ours.scope):
        found = AuditRow.query(tenant_pk(ours.scope, "AUDIT", "2024-06"))
        return sorted(row.event for row in found if row.event.startswith("dispute."))


def test_one_transaction_writes_dispute_marks_task_and_audit_row(ours: Dealership, now: datetime, ids: Ids) -> None:
    with counted_calls("dynamodb") as calls:
        dispute = raised(ours, now, ids)
    assert calls.count("TransactWriteItems") == 1
    assert queries.dispute(ours.customer.customer_scope, "1200", dispute.dispute_id) == dispute
    assert queries.raised_in(ours.user.staff_scope, "2024-06", time_zone="Europe/London") == [dispute]
    (row,) = dispute.rows
    assert (row.reference, row.amount, row.outstanding, row.depot_code, row.rep_code) == (
        *("126884", 4615, 16430),
        *("2", "DG"),
    )
    assert marks(ours) == {HOSE.key: DisputeMark(dispute.dispute_id, 4615)}
    task = the_task(ours)
    assert task
    assert (task.task_id, task.depot, task.state) == (dispute.dispute_id, "1", "raised")
    assert events(ours) == ["dispute.raised"]
    (item,) = feed.waiting(ours.scope, limit=9).items
    assert (item.item_id, item.account_ref) == (dispute.dispute_id, "1200")
    assert item.data == DisputeRaised(
        dispute_id=dispute.dispute_id,
        dispute_reason=DisputeReason.GOODS,
        amount=4615,
        currency="GBP",
        transactions="invoice 126884 4615",
        message=WORDS,
        raised_by=ours.customer.email,
    )


def test_the_dealers_system_reads_each_step(ours: Dealership, dispute: Dispute, now: datetime, ids: Ids) -> None:
    now += timedelta(seconds=1)
    before = dispute
    for at, action in enumerate((Action.ACKNOWLEDGE, Action.REVIEW, Action.CREDIT)):
        before = decide(ours, before, action, now + timedelta(seconds=at), ids, text="Sorry", credit=4000)
    raised_item, *changed = feed.waiting(ours.scope, limit=9).items
    assert raised_item.kind == "dispute_raised"
    assert [item.data for item in changed][-1] == DisputeChanged(
        dispute_id=dispute.dispute_id,
        dispute_state=DisputeState.RESOLVED_CREDIT,
        credit=4000,
        currency="GBP",
        transactions="invoice 126884 4615",
        answer="Sorry",
    )
    fmt = formats("en-GB", "Europe/London", "GBP")
    assert [KINDS[item.kind].describe(item.data, fmt) for item in (raised_item, *changed)] == [
        "126884, £46.15: Goods are missing or wrong",
        "126884: Acknowledged",
        "126884: Under review",
        "Credit £40.00 for 126884",
    ]


def test_a_disputed_row_keeps_its_age_and_stays_in_the_balance(ours: Dealership, now: datetime, ids: Ids) -> None:
    scope = ours.customer.customer_scope
    before = ledger.account_view(scope, ref="1200", now=now, query=RowQuery())
    dispute = raised(ours, now, ids)
    after = ledger.account_view(scope, ref="1200", now=now, query=RowQuery())
    assert (after.figures.balance, after.figures.overdue) == (before.figures.balance, before.figures.overdue)
    assert after.buckets == before.buckets
    row = next(row for row in after.open_rows if row.key == HOSE.key)
    found = after.rules.dispute(row)
    assert found
    assert (found.dispute_id, found.in_dispute) == (dispute.dispute_id, 4615)
    assert (after.rules.undisputed(row), after.rules.payable(row)) == (16430 - 4615, 16430)
    other = next(row for row in after.open_rows if row.key == PARTS.key)
    assert after.rules.is_disputed(other), "as the dealer's system says"
    assert after.rules.dispute(other) is None


@pytest.mark.parametrize(
    ("time_zone", "moment", "month"),
    [
        ("Europe/Berlin", datetime(2024, 5, 31, 22, 30, tzinfo=UTC), "2024-06"),
        ("America/Denver", datetime(2024, 7, 1, 5, 59, tzinfo=UTC), "2024-06"),
        ("America/Denver", datetime(2024, 7, 1, 6, 0, tzinfo=UTC), "2024-07"),
        ("UTC", datetime(2024, 6, 30, 23, 59, tzinfo=UTC), "2024-06"),
    ],
)
def test_a_dispute_is_of_the_month_that_it_is_at_the_dealer(
    ours: Dealership, ids: Ids, time_zone: str, moment: datetime, month: str
) -> None:
    dispute = raised(ours, moment, ids)
    found = {
        one: queries.raised_in(ours.user.staff_scope, one, time_zone=time_zone)
        for one in ("2024-05", "2024-06", "2024-07")
    }
    assert {name: listed for name, listed in found.items() if listed} == {month: [dispute]}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"reason": "bored"}, {"reason"}),
        ({"message": " "}, {"message"}),
        ({"message": "x" * (MAX_MESSAGE + 1)}, {"message"}),
        ({"amount": 0}, {"amount-0"}),
        ({"amount": 16431}, {"amount-0"}),
        ({"amount": None}, {"amount-0"}),
        ({"reason": "", "amount": None, "message": ""}, {"reason", "amount-0", "message"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    ours: Dealership, now: datetime, ids: Ids, changes: dict[str, object], fields: set[str]
) -> None:
    amount = changes.pop("amount", 4615)
    assert amount is None or isinstance(amount, int)
    with pytest.raises(InvalidError) as refused:
        raised(ours, now, ids, Claim(key=HOSE.key, amount=amount), **changes)  # type: ignore[arg-type]
    assert set(refused.value.fields) == fields
    assert (marks(ours), the_task(ours)) == ({}, None)


@pytest.mark.parametrize("key", [CREDIT.key, ("invoice", "no such")])
def test_only_what_is_outstanding_is_disputed(ours: Dealership, now: datetime, ids: Ids, key: tuple[str, str]) -> None:
    with pytest.raises(InvalidError):
        raised(ours, now, ids, Claim(key=key, amount=1))


def test_several_rows_are_one_dispute_within_bounds(ours: Dealership, now: datetime, ids: Ids) -> None:
    line = DisputedLine(line_no=1, part_no="HY-20417", description="Hose")
    dispute = raised(ours, now, ids, Claim(key=HOSE.key, amount=100, lines=(line,)), Claim(key=PARTS.key, amount=770))
    assert (dispute.amount, dispute.references, dispute.rows[0].lines) == (870, "126884, 127070", (line,))
    assert set(marks(ours)) == {HOSE.key, PARTS.key}
    for claims in (
        [Claim(key=HOSE.key, amount=1)] * (MAX_ROWS + 1),
        [Claim(key=HOSE.key, amount=1, lines=(line,) * 101)],
    ):
        with pytest.raises(InvalidError):
            raised(ours, now, ids, *claims)


def test_a_row_is_in_one_open_dispute(ours: Dealership, dispute: Dispute, now: datetime, ids: Ids) -> None:
    with pytest.raises(InvalidError) as refused:
        raised(ours, now, ids, Claim(key=HOSE.key, amount=1))
    assert set(refused.value.fields) == {"rows"}
    with pytest.raises(InvalidError):
        raised(ours, now, ids, *[Claim(key=PARTS.key, amount=1)] * 2)
    operations.withdraw(ours.customer.customer_scope, ref="1200", dispute_id=dispute.dispute_id, now=now, ids=ids)
    assert raised(ours, now, ids).is_open


def test_staff_take_it_through_its_states(ours: Dealership, dispute: Dispute, now: datetime, ids: Ids) -> None:
    acknowledged = decide(ours, dispute, Action.ACKNOWLEDGE, now, ids, text="Thank you")
    task = the_task(ours)
    assert task
    assert task.state == "acknowledged"
    task_operations.take(ours.user.staff_scope, shown=[task.shown], now=now, ids=ids)
    reviewed = decide(ours, acknowledged, Action.REVIEW, now, ids)
    task = the_task(ours)
    assert task
    assert (task.state, task.assigned_to) == ("under_review", ours.user.person_id), "it stays with who has it"
    credited = decide(ours, reviewed, Action.CREDIT, now, ids, credit=4615, text="Sorry")
    assert (credited.state, credited.credit) == (DisputeState.RESOLVED_CREDIT, 4615)
    assert (marks(ours), the_task(ours)) == ({}, None)
    assert queries.raised_in(ours.user.staff_scope, "2024-06", time_zone="Europe/London") == [credited]
    assert events(ours) == ["dispute.acknowledged", "dispute.credited", "dispute.raised", "dispute.reviewed"]
    with pytest.raises(ConflictError):
        decide(ours, credited, Action.REJECT, now, ids, text="No")


def test_of_two_of_the_staff_the_second_reads_that_it_changed(
    ours: Dealership, dispute: Dispute, now: datetime, ids: Ids
) -> None:
    decide(ours, dispute, Action.ACKNOWLEDGE, now, ids)
    with pytest.raises(ConflictError):
        decide(ours, dispute, Action.ACKNOWLEDGE, now, ids)


def test_a_colleague_who_takes_the_task_meanwhile_keeps_it(
    ours: Dealership, dispute: Dispute, now: datetime, ids: Ids
) -> None:
    task = the_task(ours)
    assert task

    def take() -> None:
        task_operations.take(ours.admin.staff_scope, shown=[task.shown], now=now, ids=ids)

    with beside_a_transaction(take):
        assert decide(ours, dispute, Action.ACKNOWLEDGE, now, ids).state is DisputeState.ACKNOWLEDGED
    left = the_task(ours)
    assert left
    assert (left.assigned_to, left.state) == (ours.admin.person_id, "acknowledged")


def test_its_customer_withdraws_at_any_time_and_reopens_what_is_still_owed(
    ours: Dealership, now: datetime, ids: Ids
) -> None:
    scope = ours.customer.customer_scope
    dispute = raised(ours, now, ids, Claim(key=HOSE.key, amount=4615), Claim(key=PARTS.key, amount=770))
    decide(ours, dispute, Action.ACKNOWLEDGE, now, ids)
    for _ in range(2):
        found = operations.withdraw(scope, ref="1200", dispute_id=dispute.dispute_id, now=now, ids=ids)
        assert found.state is DisputeState.WITHDRAWN
    published(ours, [HOSE._replace(outstanding=3000), PARTS._replace(outstanding=0)], run=2)
    later = now + timedelta(days=1)
    again = operations.reopen(
        scope, ref="1200", dispute_id=dispute.dispute_id, message="Still missing", now=later, ids=ids
    )
    assert (again.state, again.amount, [row.reference for row in again.rows]) == (DisputeState.RAISED, 3000, ["126884"])
    assert marks(ours) == {HOSE.key: DisputeMark(dispute.dispute_id, 3000)}
    task = the_task(ours)
    assert task
    assert task.detail["amount"] == "3000"


def test_nothing_is_reopened_where_too_much_is_in_dispute(
    ours: Dealership, dispute: Dispute, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = ours.customer.customer_scope
    operations.withdraw(scope, ref="1200", dispute_id=dispute.dispute_id, now=now, ids=ids)
    raised(ours, now, ids, Claim(key=PARTS.key, amount=1))
    monkeypatch.setattr(operations, "MAX_OPEN_ROWS", 1)
    with pytest.raises(ConflictError, match="too many open disputes"):
        operations.reopen(scope, ref="1200", dispute_id=dispute.dispute_id, message="x", now=now, ids=ids)


def test_nothing_is_reopened_that_is_settled_or_in_another_dispute(
    ours: Dealership, dispute: Dispute, now: datetime, ids: Ids
) -> None:
    scope = ours.customer.customer_scope
    operations.withdraw(scope, ref="1200", dispute_id=dispute.dispute_id, now=now, ids=ids)
    other = raised(ours, now, ids)
    with pytest.raises(ConflictError):
        operations.reopen(scope, ref="1200", dispute_id=dispute.dispute_id, message="x", now=now, ids=ids)
    operations.withdraw(scope, ref="1200", dispute_id=other.dispute_id, now=now, ids=ids)
    published(ours, [PARTS], run=2)
    with pytest.raises(ConflictError):
        operations.reopen(scope, ref="1200", dispute_id=dispute.dispute_id, message="x", now=now, ids=ids)


def test_what_an_export_settles_in_that_moment_is_looked_at_again(ours: Dealership, now: datetime, ids: Ids) -> None:
    with (
        beside_a_transaction(lambda: published(ours, [HOSE._replace(outstanding=4000), PARTS], run=2), of="DISPUTE#"),
        pytest.raises(InvalidError) as refused,
    ):
        raised(ours, now, ids)
    assert set(refused.value.fields) == {"amount-0"}


def test_a_dispute_holds_so_many_notes(
    ours: Dealership, dispute: Dispute, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = ours.user.staff_scope

    def note(text: str) -> None:
        operations.add_note(staff, ref="1200", dispute_id=dispute.dispute_id, text=text, now=now, ids=ids)

    for number in range(3):
        note(f"{number}")
    monkeypatch.setattr(repo, "MAX_NOTES", 3)
    with pytest.raises(InvalidError, match="at most 3 notes"):
        note("one too many")
    monkeypatch.setattr(repo, "MAX_NOTES", 2)
    assert len(queries.notes(staff, "1200", dispute.dispute_id)) == 2, "as many as a page reads"


def test_notes_are_for_staff_and_bounded(ours: Dealership, dispute: Dispute, now: datetime, ids: Ids) -> None:
    staff = ours.user.staff_scope
    for text in ("First", "Second"):
        operations.add_note(staff, ref="1200", dispute_id=dispute.dispute_id, text=text, now=now, ids=ids)
    assert sorted((note.text, note.by) for note in queries.notes(staff, "1200", dispute.dispute_id)) == [
        ("First", staff.person_id),
        ("Second", staff.person_id),
    ]
    for text in ("", "x" * (MAX_NOTE + 1)):
        with pytest.raises(InvalidError):
            operations.add_note(staff, ref="1200", dispute_id=dispute.dispute_id, text=text, now=now, ids=ids)
    assert queries.own_disputes(ours.customer.customer_scope, "1200") == [dispute], "a note is no dispute"


def test_anothers_is_not_found(cast: Cast, ours: Dealership, dispute: Dispute, now: datetime, ids: Ids) -> None:
    publish(cast.rival.import_scope, [])
    foreign = [
        ours.other_customer.customer_scope,
        cast.rival.customer.customer_scope,
        replace(ours.customer.customer_scope, eras={"1200": "01HZKT00000000000000000000"}),
    ]
    for scope in foreign:
        with pytest.raises(NotFoundError):
            operations.withdraw(scope, ref="1200", dispute_id=dispute.dispute_id, now=now, ids=ids)
    with pytest.raises(NotFoundError):
        queries.dispute(cast.rival.user.staff_scope, "1200", dispute.dispute_id)
    for unknown in ("01HZKT00000000000000000000", "x"):
        with pytest.raises(NotFoundError):
            queries.dispute(ours.user.staff_scope, "1200", unknown)
    for action in (Action.WITHDRAW, Action.REOPEN, Action.RAISE):
        with pytest.raises(NotFoundError):
            decide(ours, dispute, action, now, ids)


def test_disputes_of_an_earlier_customer_end_and_mark_no_row_of_the_next(
    ours: Dealership, dispute: Dispute, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "current_era", lambda *_: "01HZKT00000000000000000000")
    for _ in range(2):
        operations.end_earlier(ours.import_scope, ref="1200", now=now, ids_of=lambda _: ids)
    found = queries.dispute(ours.user.staff_scope, "1200", dispute.dispute_id)
    assert (found.state, found.steps[-1].by) == (DisputeState.WITHDRAWN, "import")
    assert (marks(ours), the_task(ours)) == ({}, None)


def test_marks_of_another_era_are_no_overlay(ours: Dealership, now: datetime, ids: Ids) -> None:
    raised(ours, now, ids)
    found = rows.read_dispute_marks(ours.scope, "1200")
    assert set(found.overlays("")) == {HOSE.key}
    assert found.overlays("01HZKT00000000000000000000") == {}


def test_a_customer_who_is_replaced_at_that_moment_raises_nothing(ours: Dealership, now: datetime, ids: Ids) -> None:
    scope = replace(ours.customer.customer_scope, eras={"1200": "01HZKT00000000000000000000"})
    assert isinstance(scope, CustomerScope)
    with pytest.raises(NotFoundError):
        operations.raise_dispute(
            scope,
            ref="1200",
            claims=[Claim(key=ROWS[0].key, amount=1)],
            reason="goods",
            message="x",
            raised_by="al",
            now=now,
            ids=ids,
        )
