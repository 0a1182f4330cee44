"""The import that the proofs disturb: a dealer's second export, of eight parts, over a first of one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.operations import create_dealer, profile_of
from chalicelib.ingest.maintenance import inbox, resume
from chalicelib.ingest.model import RunState
from chalicelib.ingest.steps import spread
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope, OperatorScope
from chalicelib.store.ttl_cache import TtlCache
from tests.bundles import document, transaction
from tests.bundles import line as invoice_line
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline, Message
from tests.soak.logical import Reader, written_partitions
from tests.soak.workers import Fault, ReplyLostError, Shift, deliver

NOW = datetime(2090, 6, 5, 9, 0, tzinfo=UTC)
"""To come: DynamoDB Local deletes items whose time has passed, whenever it likes."""
MAX_ROWS = 30
"""Rows of a part, so that a small bundle has eight."""
PARTS = 8
WRITES = ("Put", "Update", "Delete", "BatchWrite", "TransactWrite", "Send")
ROUNDS = 3
"""How often the schedules may have to come before a run has ended."""


class DisturbedImport:
    """A dealer of its own with its first export applied, and how the second fares."""

    def __init__(self, world: World) -> None:
        self.line = BarePipeline(world, Ids())
        self.reader = Reader(self.line)
        self.by_schedule = 0
        with written_partitions() as self._partitions:
            self.line.take_in(first_export(self.line))

    def suffer(self, fault: Fault | None = None) -> Shift:
        """Two workers take the second export in, and what follows from a fault follows. Returns their shift."""
        shift = Shift(self.line, fault)
        with self.watched():
            shift.work(self.line.put(second_export(self.line)))
            self.go_on(shift.in_hand)
        return shift

    @contextmanager
    def watched(self) -> Iterator[None]:
        """What is written inside belongs to the end."""
        with written_partitions() as partitions:
            yield
        self._partitions |= partitions

    def go_on(self, in_hand: list[Message]) -> None:
        """The queue delivers again what nobody has finished; if that is not enough, the schedules come."""
        for message in in_hand:
            deliver(self.line, message)
        self.line.drain()
        while not self.is_done and self.by_schedule < ROUNDS:
            self.by_schedule += 1
            self.line.wait(seconds=resume.STALL_AFTER.total_seconds() + 1)
            inbox.collect(self.line.job())
            resume.resume(self.line.job())
            self.line.drain()

    @property
    def is_done(self) -> bool:
        """Whether the second export is published and all that follows from it is done."""
        run = self.line.newest()
        return (run.number, run.state) == (2, RunState.PUBLISHED) and run.finalised_at is not None

    def end(self) -> str:
        """All that there is at the end."""
        return self.reader.everything(self.line, self._partitions)


@dataclass(frozen=True, slots=True)
class Clean:
    """An import that nothing disturbed: its calls, and what there is at its end."""

    calls: tuple[str, ...]
    end: str

    @property
    def deaths(self) -> list[Fault]:
        """Two at each call."""
        return [Fault(at, after) for at in range(len(self.calls)) for after in (False, True)]

    @property
    def losses(self) -> list[Fault]:
        """One at each call that writes."""
        return [Fault(at, True, ReplyLostError) for at, name in enumerate(self.calls) if name.startswith(WRITES)]


@cache
def clean(world: World) -> Clean:
    """What nothing disturbs: the measure of all else."""
    with small_parts():
        history = DisturbedImport(world)
        shift = history.suffer()
        assert history.is_done
        assert history.line.newest().n == PARTS
        assert not shift.in_hand
        return Clean(tuple(shift.calls), history.end())


@contextmanager
def small_parts() -> Iterator[None]:
    """Parts of few rows, and nothing remembered for some seconds: the calls are the same, however slow the machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spread, "MAX_ROWS", MAX_ROWS)
        patch.setattr(dealers, "_dealers", TtlCache(0))
        patch.setattr(dealers, "_published", TtlCache(0))
        yield


class BarePipeline(ImportPipeline):
    """A dealer's imports, with nobody but the dealer."""

    def __init__(self, world: World, ids: Ids, now: datetime = NOW) -> None:
        tail = ids.dealer_id()
        fields = {
            "slug": f"moorbeck-{tail}",
            "code": f"moorbeck_{tail}",
            "name": "Moorbeck Machinery",
            "contact_email": f"admin@moorbeck-{tail}.example",
            "address": ("Beck Lane", "Castleton", "Whitby YO21 6XX"),
        }
        self.dealer = create_dealer(OperatorScope("proof"), profile=profile_of(fields), now=now, ids=ids)
        super().__init__(world, None, now, ids)  # type: ignore[arg-type]  # what it would ask the dealership is below

    @property
    def scope(self) -> ImportScope:
        return ImportScope(self.dealer.dealer_id)

    @property
    def code(self) -> str:
        return self.dealer.code


def first_export(line: ImportPipeline) -> bytes:
    return export(line, *ledger(10, 1), salt="soak")


def second_export(line: ImportPipeline) -> bytes:
    """An account changes, many are new, one is gone, a row is bad, one is news; there are files and lines."""
    customers, rows = ledger(40, 2)
    rows[0]["total_amount"] = "9.00"
    rows[3]["transaction_date"] = "never"
    rows.append(transaction("1007", "news", "7.00"))
    left = [row for row in rows if row["account_ref"] != "1005"]
    return export(
        line,
        [customer for customer in customers if customer["account_ref"] != "1005"],
        left,
        2,
        salt="soak",
        documents=[document("1001", "d1", transaction_id="1001-0"), document("1030", "d2")],
        lines=[invoice_line("1002", "1002-1", 1, "2.50"), invoice_line("1031", "1031-1", 1, "2.50")],
        files={"transactions": {"totals": {}}},
    )
