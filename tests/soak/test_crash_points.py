"""Two workers import eight parts. One of them dies before, or just after, any call to AWS: the end is the same."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import boto3
import pytest

from chalicelib import settings
from infra.local.emulators import DYNAMODB
from tests.fixtures.figures import RecordFigure
from tests.fixtures.worlds import World, environment
from tests.soak.imports import Clean, DisturbedImport, small_parts
from tests.soak.logical import difference
from tests.soak.workers import Fault

PROCESSES = 2


@dataclass(slots=True)
class Toll:
    """How many histories were disturbed, ended by the queue alone or only with the schedule, and ended otherwise."""

    struck: int = 0
    by_queue: int = 0
    by_schedule: int = 0
    wrong: tuple[str, ...] = ()

    def add(self, other: "Toll") -> None:
        self.struck += other.struck
        self.by_queue += other.by_queue
        self.by_schedule += other.by_schedule
        self.wrong += other.wrong


def disturb(world: World, undisturbed: Clean, faults: Sequence[Fault]) -> Toll:
    """A history for each fault."""
    toll = Toll()
    with small_parts():
        for fault in faults:
            history = DisturbedImport(world)
            shift = history.suffer(fault)
            toll.struck += bool(shift.in_hand)
            toll.by_schedule += history.by_schedule > 0
            toll.by_queue += history.by_schedule == 0
            same_until_then = tuple(shift.calls[: fault.at + 1]) == undisturbed.calls[: fault.at + 1]
            differences = difference(undisturbed.end, history.end())
            if differences or not (same_until_then and history.is_done):
                toll.wrong += (f"{fault} {undisturbed.calls[fault.at]}: {differences}",)
    return toll


def in_a_process(variables: dict[str, str], undisturbed: Clean, faults: Sequence[Fault]) -> Toll:
    """The same in another process, with an import queue of its own."""
    with environment(variables):
        queue = boto3.client("sqs").create_queue(QueueName=f"proof-{faults[0].at}-{faults[0].after}")["QueueUrl"]
    with environment({**variables, "IMPORT_QUEUE_URL": queue, "LOG_LEVEL": "CRITICAL"}):
        return disturb(World(DYNAMODB, settings.load()), undisturbed, faults)


def in_processes(variables: dict[str, str], undisturbed: Clean, faults: Sequence[Fault]) -> Toll:
    whole = Toll()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        shares = [faults[start::PROCESSES] for start in range(PROCESSES)]
        for toll in pool.map(in_a_process, [variables] * PROCESSES, [undisturbed] * PROCESSES, shares):
            whole.add(toll)
    return whole


def decisive(calls: Sequence[str]) -> list[Fault]:
    """Three deaths: before the parts are sent out, in the middle of one, and between publishing and what follows."""
    sends = [at for at, name in enumerate(calls) if name == "SendMessage"]
    middle = [at for at, name in enumerate(calls) if name == "BatchWriteItem"][3]
    return [
        Fault(calls.index("SendMessageBatch"), after=False),
        Fault(middle, after=True),
        Fault(sends[-2], after=False),
    ]


@pytest.mark.engines
def test_a_worker_may_die_at_the_worst_calls(real: World, undisturbed: Clean) -> None:
    deaths = decisive(undisturbed.calls)
    toll = disturb(real, undisturbed, deaths)
    assert (toll.struck, toll.wrong) == (len(deaths), ())
    assert toll.by_schedule == 2, "nobody else knows that there is something to do"


@pytest.mark.soak
def test_a_worker_may_die_at_any_call(variables: dict[str, str], undisturbed: Clean, figures: RecordFigure) -> None:
    deaths = undisturbed.deaths
    toll = in_processes(variables, undisturbed, deaths)
    figures(
        f"crash points: {len(undisturbed.calls)} calls, {toll.struck} deaths, {toll.struck - len(toll.wrong)} digests "
        f"equal; {toll.by_queue} ended by redelivery alone, {toll.by_schedule} with the schedule"
    )
    assert (toll.struck, toll.wrong) == (len(deaths), ())


@pytest.mark.soak
def test_the_reply_to_any_write_may_be_lost(
    variables: dict[str, str], undisturbed: Clean, figures: RecordFigure
) -> None:
    losses = undisturbed.losses
    toll = in_processes(variables, undisturbed, losses)
    figures(f"replies lost: {len(losses)} writes, {len(losses) - len(toll.wrong)} digests equal")
    assert toll.wrong == ()
