"""What happens to one customer's account, step by step on the real store, and what must hold after every step.

A model beside it knows what each export says, where each dispute and each question stands. Readers are asked through
the portal's own reads.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chalicelib.dealers import queries as dealers
from chalicelib.disputes import operations as disputes
from chalicelib.disputes import queries as dispute_queries
from chalicelib.disputes.model import Action, Decision
from chalicelib.disputes.operations import Claim
from chalicelib.feed import queries as feed
from chalicelib.feed.model import ItemState
from chalicelib.feed.payloads import DisputeRaised
from chalicelib.ingest import operations as imports
from chalicelib.ingest.model import RunState
from chalicelib.kernel.dispute_codes import DisputeState
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.ids import Ids
from chalicelib.ledger import queries as ledger
from chalicelib.ledger import repo as ledger_repo
from chalicelib.ledger.account_view import NoFiguresError
from chalicelib.messages import operations as messages
from chalicelib.messages import queries as message_queries
from chalicelib.messages import staff_operations
from chalicelib.messages.model import NewQuestion
from chalicelib.messages.staff_operations import UnseenMessageError
from chalicelib.tasks import queries as tasks
from chalicelib.tasks.kinds import DISPUTE, QUESTION
from tests.bundles import customer, transaction
from tests.fixtures.cast import make_dealership
from tests.fixtures.worlds import World
from tests.ingest.exports import export
from tests.ingest.pipeline import ImportPipeline

REF, OTHER = "1200", "1201"
NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)
INVOICES = ("i1", "i2", "i3")
OPEN = {DisputeState.RAISED, DisputeState.ACKNOWLEDGED, DisputeState.UNDER_REVIEW}
STAFF_STEPS = {
    (DisputeState.RAISED, Action.ACKNOWLEDGE): DisputeState.ACKNOWLEDGED,
    (DisputeState.ACKNOWLEDGED, Action.REVIEW): DisputeState.UNDER_REVIEW,
    (DisputeState.UNDER_REVIEW, Action.CREDIT): DisputeState.RESOLVED_CREDIT,
    (DisputeState.UNDER_REVIEW, Action.REJECT): DisputeState.RESOLVED_REJECTED,
}
"""Every step that staff may take; the rest is a conflict."""
STAFF_ACTIONS = (Action.ACKNOWLEDGE, Action.REVIEW, Action.CREDIT, Action.REJECT)
REOPEN_WITHIN, UNDO_WITHIN = timedelta(days=30), timedelta(days=6)
HAPPENINGS = frozenset(
    {"export", "undo", "dispute", "credit", "reject", "withdraw", "reopen", "write", "answer", "close"}
)
UNLIKELY = 0.2
NIGHTS = 0.03
THREADS = 5

Export = dict[str, int]
"""What is outstanding of each invoice, in pence."""


@dataclass
class ExpectedDispute:
    """`ended` is since when it is over; `reopened` whether that was used up."""

    invoice: str
    amount: int
    state: DisputeState = DisputeState.RAISED
    ended: datetime | None = None
    reopened: bool = False

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass
class ExpectedThread:
    """`unread`: by the customer."""

    is_open: bool = True
    waits: bool = True
    unread: bool = False


@dataclass
class Expected:
    """The exports that staff may go back to and when each came, the newest last; disputes and questions by id."""

    exports: list[Export] = field(default_factory=list)
    imported: list[datetime] = field(default_factory=list)
    disputes: dict[str, ExpectedDispute] = field(default_factory=dict)
    threads: dict[str, ExpectedThread] = field(default_factory=dict)

    @property
    def owed(self) -> Export:
        return {name: amount for name, amount in (self.exports or [{}])[-1].items() if amount}

    def in_dispute(self, invoice: str) -> ExpectedDispute | None:
        return next((one for one in self.disputes.values() if one.is_open and one.invoice == invoice), None)


class DailyLife(RuleBasedStateMachine):
    """A customer, the dealer's staff, its nightly exports and the clock."""

    world: World
    ids = Ids(random_bytes=Random(12).randbytes)
    happened: list[str]
    """What came about, and was not refused."""

    def __init__(self) -> None:
        super().__init__()
        ours = make_dealership(self.ids, NOW, name="Moorbeck Machinery", prefix="moorbeck", phone="")
        self.line = ImportPipeline(self.world, ours, NOW, self.ids)
        self.customer, self.stranger = ours.customer.customer_scope, ours.other_customer.customer_scope
        self.staff = ours.admin.staff_scope
        self.email = ours.customer.email
        self.sequence = 0
        self.expected = Expected()
        self.chance = Random(0)

    @initialize(seed=st.integers(0, 2**64))
    def begin(self, seed: int) -> None:
        self.chance = Random(seed)

    @rule()
    def something_happens(self) -> None:
        """Any of what may come in this state. An import takes as long as a dozen of the others: it is rarer."""
        expected, chance = self.expected, self.chance
        possible: list[Callable[[Random], str]] = [self.customer_disputes] * 3
        possible += [self.days_pass] if chance.random() < UNLIKELY else []
        possible += [self.customer_asks] if len(expected.threads) < THREADS else []
        possible += [self.staff_undo] if expected.exports and chance.random() < UNLIKELY else []
        of_disputes = [self.staff_decide, self.staff_decide, self.customer_withdraws, self.customer_reopens]
        possible += of_disputes if expected.disputes else []
        of_threads = [self.customer_writes, self.customer_reads, self.staff_answer, self.one_side_closes]
        possible += [*of_threads, self.staff_reopen] if expected.threads else []
        is_night = not expected.exports or chance.random() < NIGHTS
        happened = self.dealer_exports(chance) if is_night else chance.choice(possible)(chance)
        if happened:
            self.happened.append(happened)

    def dealer_exports(self, chance: Random) -> str:
        """Each invoice is open, partly or wholly paid, or not known any more."""
        self.sequence += 1
        known = chance.sample(INVOICES, chance.randint(0, len(INVOICES)))
        owed = {name: chance.choice((0, 5_000, 12_000, 12_000)) for name in known}
        rows = [
            transaction(REF, name, "120.00", outstanding_amount=f"{pence / 100:.2f}") for name, pence in owed.items()
        ]
        rows.append(transaction(OTHER, "other", "10.00"))
        bundle = export(self.line, [customer(REF), customer(OTHER)], rows, self.sequence)
        assert self.line.take_in(bundle).state is RunState.PUBLISHED
        self.expected.exports.append(owed)
        self.expected.imported.append(self.line.now)
        return "export"

    def staff_undo(self, _chance: Random) -> str:
        """As long as it can be."""
        current, imported = dealers.published(self.line.scope, fresh=True), self.expected.imported[-1]
        try:
            imports.undo_run(self.staff, number=current.run, now=self.now, ids=self.ids)
        except ConflictError:
            assert self.line.now - imported >= UNDO_WITHIN
            return "undo too late"
        assert self.line.now - imported < UNDO_WITHIN
        self.expected.exports.pop()
        self.expected.imported.pop()
        return "undo"

    def customer_disputes(self, chance: Random) -> str:
        """What is owed and in no dispute yet, up to what is outstanding."""
        expected, invoice, amount = self.expected, chance.choice(INVOICES), chance.choice((1, 5_000, 5_001, 12_000))
        may = bool(expected.exports) and amount <= expected.owed.get(invoice, 0) and not expected.in_dispute(invoice)
        try:
            made = disputes.raise_dispute(
                self.customer,
                ref=REF,
                claims=[Claim(key=("invoice", invoice), amount=amount)],
                reason="price",
                message="That is not what we agreed",
                raised_by=self.email,
                now=self.now,
                ids=self.ids,
            )
        except (InvalidError, NoFiguresError):
            assert not may
            return ""
        assert may
        expected.disputes[made.dispute_id] = ExpectedDispute(invoice, amount)
        return "dispute"

    def staff_decide(self, chance: Random) -> str:
        """The next step on what they have seen, or a step that cannot be, or one on what was changed since."""
        dispute_id, dispute = self._chosen(is_open=True)
        stored = dispute_queries.dispute(self.staff, REF, dispute_id)
        stale = chance.random() < UNLIKELY
        following = [action for state, action in STAFF_STEPS if state is dispute.state]
        action = chance.choice(STAFF_ACTIONS if chance.random() < UNLIKELY or not following else following)
        after = STAFF_STEPS.get((dispute.state, action))
        try:
            disputes.decide(
                self.staff,
                ref=REF,
                dispute_id=dispute_id,
                version=stored.version - stale,
                decision=Decision(action, "As we said on the phone", dispute.amount),
                now=self.now,
                ids=self.ids,
            )
        except ConflictError:
            assert stale or after is None
            return "decision refused"
        assert after is not None
        assert not stale
        dispute.state, dispute.ended = after, None if after in OPEN else self.line.now
        return str(action)

    def _chosen(self, *, is_open: bool) -> tuple[str, ExpectedDispute]:
        """One that is open or one that has ended, for the most part; else any."""
        every = list(self.expected.disputes.items())
        wanted = [one for one in every if one[1].is_open is is_open]
        return self.chance.choice(every if self.chance.random() < UNLIKELY or not wanted else wanted)

    def customer_withdraws(self, _chance: Random) -> str:
        dispute_id, dispute = self._chosen(is_open=True)
        try:
            disputes.withdraw(self.customer, ref=REF, dispute_id=dispute_id, now=self.now, ids=self.ids)
        except ConflictError:
            assert dispute.state in {DisputeState.RESOLVED_CREDIT, DisputeState.RESOLVED_REJECTED}
            return ""
        if dispute.is_open:
            dispute.state, dispute.ended = DisputeState.WITHDRAWN, self.line.now
        assert dispute.state is DisputeState.WITHDRAWN
        return "withdraw"

    def customer_reopens(self, _chance: Random) -> str:
        """Once, for 30 days, where something of it is still owed and in no other dispute."""
        dispute_id, dispute = self._chosen(is_open=False)
        owed = self.expected.owed.get(dispute.invoice, 0)
        now = self.now
        in_time = dispute.ended is not None and now - dispute.ended <= REOPEN_WITHIN
        may = in_time and not dispute.reopened and owed and not self.expected.in_dispute(dispute.invoice)
        try:
            disputes.reopen(self.customer, ref=REF, dispute_id=dispute_id, message="Still wrong", now=now, ids=self.ids)
        except (ConflictError, NoFiguresError):
            assert not may
            return ""
        assert may
        dispute.state, dispute.ended, dispute.reopened = DisputeState.RAISED, None, True
        dispute.amount = min(dispute.amount, owed)
        return "reopen"

    def customer_asks(self, _chance: Random) -> str:
        new = NewQuestion(subject="Opening hours", text="Are you open on Saturday?", email=self.email)
        begun = messages.ask(self.customer, new, now=self.now, ids=self.ids)
        self.expected.threads[begun.thread_id] = ExpectedThread()
        return "ask"

    def customer_writes(self, chance: Random) -> str:
        self._write(*chance.choice(list(self.expected.threads.items())))
        return "write"

    def _write(self, thread_id: str, thread: ExpectedThread) -> None:
        messages.write(self.customer, thread_id=thread_id, text="And on Sunday?", now=self.now, ids=self.ids)
        thread.is_open, thread.waits, thread.unread = True, True, False

    def customer_reads(self, chance: Random) -> str:
        thread_id, thread = chance.choice(list(self.expected.threads.items()))
        found = message_queries.own_conversation(self.customer, thread_id)
        assert len(found.entries) == found.thread.number
        messages.note_reading(self.customer, found, now=self.now)
        thread.unread = False
        return "read"

    def staff_answer(self, chance: Random) -> str:
        """Never past a message of the customer that they have not seen."""
        thread_id, thread = chance.choice(list(self.expected.threads.items()))
        seen = message_queries.thread(self.staff, ref=REF, thread_id=thread_id).shown_id
        meanwhile = chance.random() < UNLIKELY
        if meanwhile:
            self._write(thread_id, thread)
        try:
            staff_operations.answer(
                self.staff, ref=REF, thread_id=thread_id, text="We are", seen=seen, now=self.now, ids=self.ids
            )
        except UnseenMessageError:
            assert meanwhile
            return "answer refused"
        assert not meanwhile
        thread.is_open, thread.waits, thread.unread = True, False, True
        return "answer"

    def one_side_closes(self, chance: Random) -> str:
        thread_id, thread = chance.choice(list(self.expected.threads.items()))
        by_staff = chance.random() < 0.5
        if by_staff:
            seen = message_queries.thread(self.staff, ref=REF, thread_id=thread_id).shown_id
            staff_operations.close(self.staff, ref=REF, thread_id=thread_id, seen=seen, now=self.now, ids=self.ids)
        else:
            messages.close(self.customer, thread_id=thread_id, now=self.now, ids=self.ids)
        if thread.is_open:
            thread.is_open, thread.waits, thread.unread = False, False, by_staff
        return "close"

    def staff_reopen(self, chance: Random) -> str:
        thread_id, thread = chance.choice(list(self.expected.threads.items()))
        staff_operations.reopen(self.staff, ref=REF, thread_id=thread_id, now=self.now, ids=self.ids)
        if not thread.is_open:
            thread.is_open, thread.waits, thread.unread = True, True, True
        return "reopen thread"

    def days_pass(self, chance: Random) -> str:
        self.line.wait(days=chance.choice((1, 12, 31)))
        return "days"

    @property
    def now(self) -> datetime:
        """No two things happen at one moment."""
        self.line.wait(seconds=1)
        return self.line.now

    @invariant()
    def everything_holds(self) -> None:
        """For readers whose process remembers nothing."""
        dealers.forget_published(self.line.scope)
        ledger_repo.forget()
        self.the_ledger_is_the_export_with_its_disputes()
        self.each_side_sees_where_things_stand()

    def the_ledger_is_the_export_with_its_disputes(self) -> None:
        expected = self.expected
        if not expected.exports:
            return
        view = ledger.account_view(self.customer, ref=REF, now=self.line.now)
        assert {row.transaction_id: row.outstanding for row in view.open_rows} == expected.owed
        assert view.figures.balance == view.head.balance == sum(expected.owed.values())
        for row in view.open_rows:
            dispute = expected.in_dispute(row.transaction_id)
            amount = min(dispute.amount, row.outstanding) if dispute else 0
            assert view.rules.is_disputed(row) is (dispute is not None)
            assert view.rules.undisputed(row) == row.outstanding - amount

    def each_side_sees_where_things_stand(self) -> None:
        expected = self.expected
        own = {one.dispute_id: (one.state, one.amount) for one in dispute_queries.own_disputes(self.customer, REF)}
        assert own == {key: (one.state, one.amount) for key, one in expected.disputes.items()}
        threads = {
            one.thread.thread_id: ExpectedThread(one.thread.is_open, one.thread.waits, one.unread)
            for one in message_queries.some_own_threads(self.customer).threads
        }
        assert threads == expected.threads
        to_do = {(task.kind, task.task_id) for task in tasks.open_tasks(self.staff)}
        assert to_do == {(DISPUTE.name, key) for key, one in expected.disputes.items() if one.is_open} | {
            (QUESTION.name, key) for key, one in expected.threads.items() if one.waits
        }

    def teardown(self) -> None:
        """The dealer's system can take every dispute, and nobody else sees any of it."""
        expected = self.expected
        told = feed.items(self.line.scope, expected.disputes)
        assert set(told) == set(expected.disputes)
        assert all(isinstance(item.data, DisputeRaised) for item in told.values())
        assert all(item.state is ItemState.WAITING for item in told.values())
        assert dispute_queries.own_disputes(self.stranger, OTHER) == []
        assert message_queries.some_own_threads(self.stranger).threads == []


def check(world: World, *, histories: int, steps: int, repeatable: bool) -> list[str]:
    """So many random histories of so many steps; what came about in them, in order."""
    happened: list[str] = []
    machine = type("OnThisWorld", (DailyLife,), {"world": world, "happened": happened})
    how = settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        derandomize=repeatable,
        phases=(Phase.explicit, Phase.generate),  # shrinking a history of seconds would take hours
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=how)
    return happened
