"""EventBridge's clock: calls the app's scheduled functions, each once at the start and then at its rate."""

import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from chalice.app import Chalice, ScheduledEventConfig

from infra.local.context import LambdaContext

FUNCTION_SECONDS = 120
TICK_SECONDS = 1.0
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Schedule:
    """A scheduled function. It never runs twice at once."""

    name: str
    interval: timedelta
    handler: Callable[[dict[str, Any], LambdaContext], Any]
    due: datetime
    _running: threading.Lock = field(default_factory=threading.Lock)

    def fire(self, now: datetime) -> bool:
        """Call the function. False, without a call, while an earlier call still runs."""
        if not self._running.acquire(blocking=False):
            return False
        try:
            self.handler(event(self.name, now), LambdaContext(self.name, seconds=FUNCTION_SECONDS))
        except Exception:
            log.exception("schedule %s failed", self.name)
        finally:
            self._running.release()
        return True


def schedules(app: Chalice, now: datetime) -> list[Schedule]:
    """One for each `schedule` of the app, all due at `now`. Raises ValueError for an expression that cannot be read."""
    return [
        Schedule(s.name, interval(_text(s)), app.handler_map[s.name], now)
        for s in app.event_sources
        if isinstance(s, ScheduledEventConfig)
    ]


def interval(expression: str) -> timedelta:
    """The time between two calls, of a text such as `rate(5 minutes)`. Raises ValueError for any other expression."""
    rate = _RATE.fullmatch(expression)
    step = timedelta(**{f"{rate[2]}s": int(rate[1])}) if rate else timedelta()
    if not step:
        raise ValueError(f"not a rate: {expression}")
    return step


@dataclass(slots=True)
class Clock:
    """Starts what is due, each call in its own thread."""

    schedules: list[Schedule]
    now: Callable[[], datetime]
    stopping: threading.Event

    def run(self) -> None:
        while not self.stopping.is_set():
            self.tick()
            self.stopping.wait(TICK_SECONDS)

    def tick(self) -> list[threading.Thread]:
        """Start every schedule that is due and set its next time; the threads."""
        now = self.now()
        started = []
        for schedule in self.schedules:
            if schedule.due <= now:
                schedule.due = now + schedule.interval
                started.append(threading.Thread(target=schedule.fire, args=(now,), daemon=True))
        for thread in started:
            thread.start()
        return started


def event(name: str, now: datetime) -> dict[str, Any]:
    """What EventBridge passes to a scheduled function."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "us-east-1",
        "resources": [f"arn:aws:events:us-east-1:000000000000:rule/{name}"],
        "detail": {},
    }


def _text(source: ScheduledEventConfig) -> str:
    expression = source.schedule_expression
    return expression if isinstance(expression, str) else expression.to_string()
