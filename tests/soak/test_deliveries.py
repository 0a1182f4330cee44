"""Queues deliver twice, at once, late and in any order: the end is that of an import that had each message once."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import permutations
from random import Random

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.ingest import leases
from chalicelib.kernel.ids import Ids
from chalicelib.ledger.row import Row
from tests.bundles import transaction
from tests.fixtures.figures import RecordFigure
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline, Message
from tests.soak.imports import BarePipeline, Clean, DisturbedImport, second_export, small_parts
from tests.soak.logical import difference
from tests.soak.workers import deliver

AT_ONCE = 8
"""Messages in work at the same time."""
COPIES = range(2, 11)
ENDLESS = 2_000
"""Deliveries of which an import comes to an end long before."""
EXPORTS = 4
ORDERS = tuple(permutations(range(1, EXPORTS + 1)))


@pytest.fixture(autouse=True)
def eight_parts() -> Iterator[None]:
    with small_parts():
        yield


def end_with_copies(world: World, copies: int) -> tuple[str, int]:
    """How the second export ends when each message comes `copies` times at once; and how many deliveries it took."""
    history, random, deliveries = DisturbedImport(world), Random(copies), 0
    line = history.line
    with history.watched(), ThreadPoolExecutor(AT_ONCE) as pool:
        waiting: list[Message] = [{"step": "arrived", "name": line.put(second_export(line))}]
        while waiting:
            tasks = waiting * copies
            random.shuffle(tasks)
            deliveries += len(tasks)
            assert deliveries < ENDLESS, waiting
            failed = [message for message in pool.map(lambda message: attempt(line, message), tasks) if message]
            waiting = once([*failed, *line.messages()])
        history.go_on([])
    assert history.is_done
    return history.end(), deliveries


def attempt(line: ImportPipeline, message: Message) -> Message | None:
    """The message again, where it failed: the queue keeps it."""
    try:
        deliver(line, message)
    except Exception:  # noqa: BLE001 - as the trigger does
        return message
    return None


def once(messages: Sequence[Message]) -> list[Message]:
    return [message for at, message in enumerate(messages) if message not in messages[:at]]


@pytest.mark.engines
def test_three_copies_at_once_end_like_one(real: World, undisturbed: Clean) -> None:
    end, _ = end_with_copies(real, 3)
    assert difference(undisturbed.end, end) == []


@pytest.mark.soak
def test_two_to_ten_copies_at_once_end_like_one(real: World, undisturbed: Clean, figures: RecordFigure) -> None:
    total = 0
    for copies in COPIES:
        end, deliveries = end_with_copies(real, copies)
        assert difference(undisturbed.end, end) == [], copies
        total += deliveries
    figures(f"copies in parallel: {COPIES[0]} to {COPIES[-1]} of each message, {total} deliveries, all digests equal")


def exports(line: ImportPipeline) -> dict[int, str]:
    """Four exports by sequence, put into the inbox: each changes an account, and has one more than the one before."""
    names = {}
    for sequence in range(1, EXPORTS + 1):
        customers, rows = ledger(2 + sequence, 1)
        rows[0]["total_amount"] = f"{90 + sequence}.00"
        rows.append(transaction("1001", f"of {sequence}", f"{sequence}.00"))
        names[sequence] = line.put(export(line, customers, rows, sequence, salt="orders"))
    return names


def in_order(world: World, order: Sequence[int], *, together: bool) -> ImportPipeline:
    """A line to which the exports came in this order: together, or each when the one before was done."""
    line = BarePipeline(world, Ids())
    names, newest = exports(line), 0
    for sequence in order:
        line.arrive(names[sequence])
        if not together:
            line.drain()
            newest = max(newest, sequence)
            assert dealers.published(line.scope, fresh=True).sequence == newest, order
    line.drain()
    return line


def check_orders(world: World, orders: Sequence[Sequence[int]]) -> int:
    """How many histories ended as if the newest export alone had come."""
    alone = BarePipeline(world, Ids())
    alone.arrive(exports(alone)[EXPORTS])
    alone.drain()
    expected = open_rows(alone)
    held = 0
    for order in orders:
        for together in (False, True):
            line = in_order(world, order, together=together)
            assert dealers.published(line.scope, fresh=True).sequence == EXPORTS, order
            assert open_rows(line) == expected, order
            held += 1
    return held


def open_rows(line: ImportPipeline) -> dict[str, list[Row]]:
    """What is owed: an export that came before leaves settled rows behind."""
    return {ref: sorted((row for row in rows if row.outstanding), key=str) for ref, (_, rows) in line.picture().items()}


@pytest.mark.engines
def test_an_older_export_never_replaces_a_newer_one(real: World) -> None:
    assert check_orders(real, ORDERS[14:15]) == 2


@pytest.mark.soak
def test_no_order_of_four_exports_lets_an_older_replace_a_newer(real: World, figures: RecordFigure) -> None:
    held = check_orders(real, ORDERS)
    figures(
        f"orders of four exports: {len(ORDERS)} permutations, each together and one by one: {held} ended at the newest"
    )
    assert held == 2 * len(ORDERS)


@dataclass
class HoldingBack:
    """Keeps one message back, by the number of those before it."""

    line: ImportPipeline
    at: int
    held: list[Message] = field(default_factory=list)

    def __call__(self, waiting: list[Message]) -> list[Message]:
        """In an order of which the queue knows nothing, so that the number means the same each time."""
        in_order = sorted(waiting, key=str)
        place = self.at - len(self.line.delivered)
        if not self.held and place < len(in_order):
            self.held.append(in_order.pop(place))
        return in_order


def delayed(world: World) -> Iterator[tuple[Message, str, str]]:
    """Each message of an import held back until the next export is done: it, and what there is before and after it."""
    for at in range(len(messages_of_an_import(world))):
        line = BarePipeline(world, Ids())
        hold = HoldingBack(line, at)
        line.arrive(line.put(export(line, *ledger(40, 2), 1, salt="delayed")))
        line.drain(hold)
        line.wait(seconds=leases.LEASE_TIMEOUT.total_seconds() + 1)
        line.take_in(export(line, *ledger(41, 2), 2, salt="delayed"))
        before = line.picture()
        (late,) = hold.held
        deliver(line, late)
        line.drain()
        yield late, str(before), str(line.picture())


def messages_of_an_import(world: World) -> list[Message]:
    line = BarePipeline(world, Ids())
    line.take_in(export(line, *ledger(40, 2), 1, salt="delayed"))
    return line.delivered


@pytest.mark.soak
def test_any_message_may_come_after_the_next_export(real: World, figures: RecordFigure) -> None:
    late = list(delayed(real))
    assert [message for message, before, after in late if before != after] == []
    figures(f"delayed past the next export: {len(late)} messages of an import, each once, none had an effect")
