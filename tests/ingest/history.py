"""What happens to a dealer's exports, step by step on the real store, and what must hold after every step.

The model behind it keeps what each export said. Readers are asked through the portal's own reads.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from chalicelib import settings
from chalicelib.customers.directory import queries as directory
from chalicelib.dealers import queries as dealers
from chalicelib.documents.model import document_name
from chalicelib.documents.queries import invoice_lines
from chalicelib.ingest import operations, repo
from chalicelib.ingest.maintenance import resume, sweep
from chalicelib.ingest.model import DEAD, ImportRun, RunState
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger import repo as ledger_repo
from chalicelib.ledger.snapshot import KEPT_FOR, AccountSnapshot, SnapshotRef
from chalicelib.store import blobs
from chalicelib.tasks import queries as tasks
from chalicelib.tasks.kinds import HELD_EXPORT
from tests.bundles import PDF, customer, document, transaction
from tests.bundles import line as invoice_line
from tests.fixtures.cast import make_dealership
from tests.fixtures.worlds import World
from tests.ingest.exports import export
from tests.ingest.pipeline import ImportPipeline, Message

REFS = ("a", "b", "c", "d")
NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)
SPOILT: Mapping[str, Mapping[str, Any]] = {
    "": {},
    "held": {"transactions": {"totals": {"total_amount": {"GBP": "1000.00"}}}},
    "refused": {"transactions": {"sha256": "0" * 64}},
}
ROWS_A_PART = 12
"""Instead of 20,000, so that three accounts fill a part."""

Export = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ExpectedAccount:
    """What an account has to show: an amount in whole pounds, and whether the last export left it out."""

    amount: int
    archived: bool = False


Truth = Mapping[str, ExpectedAccount]


class History:
    """A dealer from its first day on. Each step is one of staff, an upload client, a queue or a schedule."""

    def __init__(self, world: World) -> None:
        ids = Ids()
        dealership = make_dealership(ids, NOW, name="Moorbeck Machinery", prefix="moorbeck", phone="")
        self.line = ImportPipeline(world, dealership, NOW, ids)
        self.reader = CustomerScope(self.line.scope.dealer_id, "reader", frozenset(REFS))
        self.sequence = 0
        self.exports: dict[int, Export] = {}
        self.faults: dict[int, str] = {}
        self._truths: dict[int, Truth] = {0: {}}
        self.cursors: dict[int, SnapshotRef] = {}
        self.ended: dict[int, RunState] = {}
        self.queue: list[Message] = []
        self.old: list[Message] = []

    def take_in(self, fault: str = "", **amounts: int) -> ImportRun:
        """An export all the way through, with all that waited."""
        self.upload(fault, **amounts)
        self.deliver_all()
        return self.line.newest()

    def upload(self, fault: str = "", **amounts: int) -> None:
        """An export arrives. Where no other is being read, it is opened, and its messages wait."""
        self.sequence += 1
        self.exports[self.sequence], self.faults[self.sequence] = amounts, fault
        self.line.arrive(self.line.put(self._bundle(amounts, fault)))

    def _bundle(self, amounts: Export, fault: str) -> bytes:
        files = {ref: content(ref, amount) for ref, amount in amounts.items()}
        return export(
            self.line,
            [customer(ref) for ref in amounts],
            [transaction(ref, ref, f"{1.2 * amount:.2f}", document_id=f"d{ref}") for ref, amount in amounts.items()],
            self.sequence,
            documents=[document(ref, f"d{ref}", files[ref], transaction_id=ref) for ref in amounts],
            lines=[
                invoice_line(ref, ref, 1, f"{amount}.00", vat_amount=f"{0.2 * amount:.2f}")
                for ref, amount in amounts.items()
            ],
            contents={f"d{ref}": data for ref, data in files.items()},
            files=SPOILT[fault],
        )

    def deliver(self, pick: int = 0, *, again: bool = False) -> None:
        """One of the messages that wait, or one delivered before."""
        self.queue += self.line.messages()
        waiting = self.old if again else self.queue
        if waiting:
            message = waiting.pop(pick % len(waiting))
            self.old.append(message)
            self.line.deliver(message)

    def deliver_all(self) -> None:
        """Every message, and those that come of them."""
        while True:
            self.queue += self.line.messages()
            if not self.queue:
                return
            while self.queue:
                self.deliver()

    def lose_all(self) -> None:
        """What waits in the queue is lost, and minutes later the schedule looks after it."""
        self.queue = []
        self.line.messages()
        self.line.wait(minutes=4)
        resume.resume(self.line.job())

    def decide(self, number: int, *, approve: bool) -> bool:
        """Staff approve or refuse a held run; whether they could."""
        return self._try(operations.approve_run if approve else operations.refuse_run, number)

    def undo(self) -> bool:
        """Staff undo what is published; whether they could."""
        current = dealers.published(self.line.scope, fresh=True)
        return bool(current.run) and self._try(operations.undo_run, current.run)

    def _try(self, do: Callable[..., None], number: int) -> bool:
        try:
            do(self.line.admin, number=number, now=self.line.now, ids=self.line.ids)
        except ConflictError:
            return False
        return True

    def days_pass(self, days: float) -> None:
        """Then the schedules come, as they do every day."""
        self.line.wait(days=days)
        resume.resume(self.line.job())
        sweep.sweep(self.line.job())

    def while_it_writes(self, act: Callable[[], object]) -> None:
        """The next part that is staged stalls between its first write and its end; meanwhile `act` happens."""

        def remaining() -> float:
            run = repo.run(self.line.scope, repo.lease(self.line.scope).last_run)
            if run and any(self._head_run(ref, run.number) == run.number for ref in REFS):
                self.line.remaining = lambda: 600.0
                act()
            return 600.0

        self.line.remaining = remaining

    def _head_run(self, ref: str, run: int) -> int | None:
        head = ledger_repo.read_head(self.line.scope, ref, run=run)
        return head.run if head else None

    def check(self) -> None:
        """All that must hold, whatever has happened, for a reader whose process remembers nothing."""
        dealers.forget_published(self.line.scope)
        ledger_repo.forget()
        self.runs_say_what_is_published()
        self.readers_see_one_whole_export()
        self.lists_and_files_are_of_it()
        self.cursors_go_on_or_start_again()

    def runs_say_what_is_published(self) -> None:
        """Final states are final, one run stages, totals are those of the export, and staff have what is held to do."""
        runs = repo.newest_runs(self.line.scope, limit=100)
        current = dealers.published(self.line.scope)
        assert sum(run.state is RunState.STAGING for run in runs) <= 1
        for run in runs:
            assert self.ended.get(run.number) in {None, run.state}
            if run.state in DEAD:
                self.ended[run.number] = run.state
            if run.number == current.run:
                assert (run.state, sequence_of(run)) == (RunState.PUBLISHED, current.sequence)
            if run.summary and self.faults[sequence_of(run)] == "":
                assert all(total.agrees for total in run.summary.totals), run.summary.totals
        assert len(current.shards) == current.n
        held = {run.task_id for run in runs if run.state is RunState.HELD}
        assert {task.task_id for task in tasks.open_tasks_of(self.line.scope, HELD_EXPORT)} == held

    def truth(self, number: int) -> Truth:
        """What readers of this run see: its export, and what was there before and is not in it, archived."""
        if number not in self._truths:
            run = self.line.run(number)
            now = {ref: ExpectedAccount(amount) for ref, amount in self.exports[sequence_of(run)].items()}
            before = self.truth(run.base.run)
            gone = {ref: ExpectedAccount(one.amount, archived=True) for ref, one in before.items()}
            self._truths[number] = gone | now
        return self._truths[number]

    def readers_see_one_whole_export(self) -> None:
        """The newest export by every account, and what the links of its rows lead to."""
        current = dealers.published(self.line.scope)
        snapshots = {ref: self.read(ref) for ref in REFS}
        assert self.shown(snapshots) == self.truth(current.run)
        for ref, snapshot in snapshots.items():
            self._files_are_there(ref, snapshot)
        snapshot_ref = snapshots[REFS[0]].snapshot_ref
        if snapshot_ref:
            self.cursors.setdefault(current.run, snapshot_ref)

    def lists_and_files_are_of_it(self) -> None:
        """The list of accounts for staff: each once."""
        current = dealers.published(self.line.scope)
        listed = [(row.ref, row.balance, row.archived) for row in directory.read(self.line.scope, current).entries]
        truth = self.truth(current.run)
        assert listed == [(ref, pence(expected.amount), expected.archived) for ref, expected in sorted(truth.items())]

    def cursors_go_on_or_start_again(self) -> None:
        """A reader of an older run stays in it for 6 days unless it was undone; then starts again and says so."""
        current, today = dealers.published(self.line.scope), self.today
        older = [(number, snapshot_ref) for number, snapshot_ref in self.cursors.items() if number != current.run]
        for number, snapshot_ref in older[-2:]:
            snapshots = {ref: self.read(ref, snapshot_ref) for ref in REFS}
            undone = self.line.run(number).state is RunState.UNDONE
            again = undone or number > current.run or today - snapshot_ref.seen >= KEPT_FOR
            assert {snapshot.restarted for snapshot in snapshots.values()} == {again}
            assert self.shown(snapshots) == self.truth(current.run if again else number)

    @property
    def today(self) -> date:
        return self.line.now.date()

    def read(self, ref: str, snapshot_ref: SnapshotRef | None = None) -> AccountSnapshot:
        """What a customer's page begins with."""
        return ledger.account_snapshot(self.reader, ref=ref, today=self.today, snapshot_ref=snapshot_ref)

    def shown(self, snapshots: Mapping[str, AccountSnapshot]) -> Truth:
        """What readers get of the accounts that are there: one amount for each, the same in all that belongs to it."""
        return {ref: self._shown(ref, snapshot) for ref, snapshot in snapshots.items() if snapshot.head is not None}

    def _shown(self, ref: str, snapshot: AccountSnapshot) -> ExpectedAccount:
        head = snapshot.head
        assert head is not None
        row = ledger.transaction_row(self.reader, head=head, key=("invoice", ref))
        assert row.outstanding == row.total == head.balance
        return ExpectedAccount(row.total // 120, head.archived)

    def _files_are_there(self, ref: str, snapshot: AccountSnapshot) -> None:
        """A row leads to the document and the lines that came with it."""
        if snapshot.head is None:
            return
        row = ledger.transaction_row(self.reader, head=snapshot.head, key=("invoice", ref))
        document_id, run = row.document or ("", 0)
        name = document_name(run=int(run), ref=ref, document_id=str(document_id))
        amount = row.total // 120
        assert blobs.get(self.line.scope, settings.load().files_bucket, name) == content(ref, amount)
        places = dict(zip(("run", "part", "offset", "length"), row.lines or (), strict=False))
        assert [line.net_amount for line in invoice_lines(self.reader, ref=ref, **places)] == [amount * 100]


def sequence_of(run: ImportRun) -> int:
    """The number that the dealer's system gave the export."""
    return run.manifest.sequence if run.manifest else 0


def content(ref: str, amount: int) -> bytes:
    """An invoice as a PDF: another one for each amount."""
    return PDF + f"% {ref} {amount}\n".encode()


def pence(amount: int) -> int:
    """The gross amount of an invoice of `amount` pounds net."""
    return amount * 120
