"""Two workers on one import, in lockstep: one runs at a time, and hands over before each of its calls to AWS.

So their calls interleave as those of two processes may, and in the same order each time.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import Condition, Thread, current_thread
from typing import Any

from botocore.exceptions import ReadTimeoutError

from tests.fixtures.calls import Service, listening
from tests.ingest.pipeline import ImportPipeline, Message

SERVICES: tuple[Service, ...] = ("dynamodb", "s3", "sqs")
WORKERS = ("first worker", "second worker")


class KilledError(BaseException):
    """Nothing of the program catches this."""


@dataclass(frozen=True, slots=True)
class Fault:
    """At call number `at`, before it is sent or once it has taken effect, `error` is raised."""

    at: int
    after: bool
    error: type[BaseException] = KilledError


class ReplyLostError(ReadTimeoutError):
    """No answer came."""

    def __init__(self) -> None:
        super().__init__(endpoint_url="https://lost.example")


class Turns:
    """Whose turn it is, by the names of threads. One that ends leaves the round."""

    def __init__(self, *names: str) -> None:
        self._round = deque(names)
        self._moved = Condition()

    def wait(self) -> None:
        """Until it is this thread's turn."""
        with self._moved:
            self._moved.wait_for(self._is_mine)

    def yield_turn(self) -> None:
        """To the next, and back once it has been round. No effect on a thread that is in no round."""
        with self._moved:
            if current_thread().name in self._round:
                self._round.rotate(-1)
                self._moved.notify_all()
                self._moved.wait_for(self._is_mine)

    def leave(self) -> None:
        """The others go on without this thread."""
        with self._moved:
            self._round.remove(current_thread().name)
            self._moved.notify_all()

    def _is_mine(self) -> bool:
        return self._round[0] == current_thread().name


@dataclass
class Shift:
    """What two workers do until the queue is empty, or one of them dies and the other has done all it can."""

    line: ImportPipeline
    fault: Fault | None = None
    calls: list[str] = field(default_factory=list)
    in_hand: list[Message] = field(default_factory=list)
    _turns: Turns = field(default_factory=lambda: Turns(*WORKERS))
    _queue: deque[Message] = field(default_factory=deque)
    _sent: bool = True
    _busy: set[str] = field(default_factory=set)
    _failures: list[BaseException] = field(default_factory=list)

    def work(self, news: str) -> None:
        """An object of this name has come into the inbox."""
        self._queue.append({"step": "arrived", "name": news})
        threads = [Thread(target=self._worker, name=name) for name in WORKERS]
        with self._watched():
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        for failure in self._failures:
            raise failure

    def _worker(self) -> None:
        self._turns.wait()
        message: Message | None = None
        try:
            while (message := self._take()) is not None or self._busy:
                if message is None:
                    self._turns.yield_turn()
                    continue
                self._busy.add(current_thread().name)
                self._deliver(message)
                self._busy.discard(current_thread().name)
        except KilledError:
            if message is not None:
                self.in_hand.append(message)
        except BaseException as failure:  # noqa: BLE001 - for the thread that waits for this one
            self._failures.append(failure)
        finally:
            self._busy.discard(current_thread().name)
            self._turns.leave()

    def _deliver(self, message: Message) -> None:
        """One that fails goes back to the queue, which hides it for a while."""
        try:
            deliver(self.line, message)
        except Exception:  # noqa: BLE001 - as the trigger does
            self.in_hand.append(message)

    def _take(self) -> Message | None:
        if self._sent:
            self._sent = False
            self._queue.extend(sorted(self.line.messages(), key=str))  # the queue has no order; here there is one
        return self._queue.popleft() if self._queue else None

    @contextmanager
    def _watched(self) -> Iterator[None]:
        with ExitStack() as stack:
            for service in SERVICES:
                stack.enter_context(listening(service, "before-call", self._before, first=True))
                stack.enter_context(listening(service, "after-call", self._after))
            yield

    def _before(self, model: Any, **_: Any) -> None:
        self._turns.yield_turn()
        self.calls.append(model.name)
        self._sent = self._sent or model.name.startswith("SendMessage")
        self._strike(after=False)

    def _after(self, **_: Any) -> None:
        self._strike(after=True)

    def _strike(self, *, after: bool) -> None:
        if self.fault is not None and (len(self.calls) - 1, after) == (self.fault.at, self.fault.after):
            raise self.fault.error


def deliver(line: ImportPipeline, message: Message) -> None:
    """A message of either queue."""
    if message["step"] == "arrived":
        line.arrive(message["name"])
    else:
        line.deliver(message)
