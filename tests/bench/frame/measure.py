"""Two things measured against each other in turns, so that whatever else the machine does slows both alike."""

import gc
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Work = Callable[[], object]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Pair:
    """What one go of each took, in seconds of CPU: the median over the rounds, and the least."""

    subject: float
    baseline: float
    least_subject: float
    least_baseline: float


def own_cpu() -> float:
    """Seconds of CPU that this process has used."""
    return time.process_time()


def children_cpu() -> float:
    """Seconds of CPU that the ended children of this process have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def in_turns(
    subject: Work, baseline: Work, *, rounds: int = 15, repeat: int = 1, clock: Clock = own_cpu, warm: bool = True
) -> Pair:
    """Time `subject` and `baseline` in turns, `repeat` goes each a round, after one go that does not count (`warm`)."""
    if warm:
        subject()
        baseline()
    ours: list[float] = []
    theirs: list[float] = []
    for turn in range(rounds):
        pairs = [(subject, ours), (baseline, theirs)]
        for work, times in pairs if turn % 2 == 0 else reversed(pairs):
            times.append(seconds(work, repeat=repeat, clock=clock))
    return Pair(median(ours), median(theirs), min(ours), min(theirs))


def seconds(work: Work, *, repeat: int = 1, clock: Clock = own_cpu) -> float:
    """What one go takes on average, earlier garbage collected first."""
    gc.collect()
    begin = clock()
    for _ in range(repeat):
        work()
    return (clock() - begin) / repeat


def least(work: Work, *, rounds: int = 7, clock: Clock = time.perf_counter) -> float:
    """The quickest of some goes, by the wall clock by default."""
    return min(seconds(work, clock=clock) for _ in range(rounds))
