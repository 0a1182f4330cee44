import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chalice.app import Chalice, Rate

from infra.local.schedules import Clock, Schedule, event, interval, schedules

AT = datetime(2024, 6, 5, 9, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "step"),
    [
        ("rate(1 minute)", timedelta(minutes=1)),
        ("rate(5 minutes)", timedelta(minutes=5)),
        ("rate(1 hour)", timedelta(hours=1)),
        ("rate(7 days)", timedelta(days=7)),
    ],
)
def test_a_rate_is_the_time_between_two_calls(expression: str, step: timedelta) -> None:
    assert interval(expression) == step


@pytest.mark.parametrize("expression", ["every day", "rate(0 minutes)", "rate(1 week)", "cron(0 6 * * ? *)"])
def test_other_expressions_are_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="not a rate"):
        interval(expression)


class Machine:
    """An app with schedules, a clock that is turned by hand, and what was called."""

    def __init__(self) -> None:
        self.now = AT
        self.called: list[str] = []
        self.app = Chalice(app_name="scheduled")

    def clock(self) -> Clock:
        return Clock(schedules(self.app, self.now), lambda: self.now, threading.Event())

    def tick(self, clock: Clock, later: timedelta = timedelta()) -> list[str]:
        self.called.clear()
        self.now += later
        for thread in clock.tick():
            thread.join(timeout=5)
        return sorted(self.called)


@pytest.fixture
def machine() -> Machine:
    made = Machine()

    @made.app.schedule(Rate(5, unit=Rate.MINUTES))
    def often(_event: Any) -> None:
        made.called.append("often")

    @made.app.schedule(Rate(1, unit=Rate.HOURS))
    def hourly(_event: Any) -> None:
        made.called.append("hourly")

    return made


def test_all_run_at_the_start_and_then_when_they_are_due(machine: Machine) -> None:
    clock = machine.clock()
    assert machine.tick(clock) == ["hourly", "often"]
    assert machine.tick(clock) == []
    assert machine.tick(clock, timedelta(minutes=5)) == ["often"]
    assert machine.tick(clock, timedelta(minutes=55)) == ["hourly", "often"]


def test_a_clock_that_was_asleep_fires_once(machine: Machine) -> None:
    clock = machine.clock()
    machine.tick(clock)
    assert machine.tick(clock, timedelta(days=3)) == ["hourly", "often"]
    assert machine.tick(clock) == []


def test_a_schedule_that_still_runs_is_skipped() -> None:
    going, ended = threading.Event(), threading.Event()
    calls = []

    def slow(_event: object, _context: object) -> None:
        calls.append(1)
        going.set()
        ended.wait(5)

    schedule = Schedule("slow", timedelta(minutes=1), slow, AT)
    first = threading.Thread(target=schedule.fire, args=(AT,))
    first.start()
    going.wait(5)
    assert schedule.fire(AT) is False
    ended.set()
    first.join(5)
    assert schedule.fire(AT) is True
    assert len(calls) == 2


def test_one_that_fails_is_called_again(caplog: pytest.LogCaptureFixture) -> None:
    def fails(_event: object, _context: object) -> None:
        raise ValueError("broken")

    schedule = Schedule("fails", timedelta(minutes=1), fails, AT)
    with caplog.at_level(logging.ERROR):
        assert schedule.fire(AT) is True
        assert schedule.fire(AT) is True
    assert caplog.text.count("schedule fails failed") == 2


def test_the_event_is_eventbridges() -> None:
    made = event("often", AT)
    assert (made["source"], made["detail-type"]) == ("aws.events", "Scheduled Event")
    assert made["time"] == "2024-06-05T09:00:30Z"
    assert made["resources"][0].endswith("rule/often")


def test_the_clock_stops_when_told(machine: Machine) -> None:
    clock = machine.clock()
    thread = threading.Thread(target=clock.run)
    thread.start()
    clock.stopping.set()
    thread.join(timeout=5)
    assert not thread.is_alive()
