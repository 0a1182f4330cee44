import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chalice.app import Chalice, Cron, Rate

from infra.local.expressions import parse
from infra.local.schedules import Clock, Schedule, event, schedules

AT = datetime(2024, 6, 5, 9, 0, 30, tzinfo=UTC)  # a Wednesday


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("rate(1 minute)", "2024-06-05T09:01:30"),
        ("rate(5 minutes)", "2024-06-05T09:05:30"),
        ("rate(1 hour)", "2024-06-05T10:00:30"),
        ("rate(7 days)", "2024-06-12T09:00:30"),
        ("cron(0 10 * * ? *)", "2024-06-05T10:00"),
        ("cron(0 9 * * ? *)", "2024-06-06T09:00"),
        ("cron(0/15 * * * ? *)", "2024-06-05T09:15"),
        ("cron(5,35 8-10 * * ? *)", "2024-06-05T09:05"),
        ("cron(0 6 ? * MON-FRI *)", "2024-06-06T06:00"),
        ("cron(0 6 ? * 1 *)", "2024-06-09T06:00"),
        ("cron(0 6 ? * SAT,SUN *)", "2024-06-08T06:00"),
        ("cron(30 4 1 * ? *)", "2024-07-01T04:30"),
        ("cron(30 4 1 JAN ? *)", "2025-01-01T04:30"),
        ("cron(0 0 29 2 ? *)", "2028-02-29T00:00"),
        ("cron(0 0 1 1 ? 2026)", "2026-01-01T00:00"),
    ],
)
def test_when_a_schedule_is_next_due(text: str, first: str) -> None:
    assert parse(text)(AT) == moment(first)


@pytest.mark.parametrize(
    "text",
    [
        "every day",
        "rate(0 minutes)",
        "rate(1 week)",
        "cron(0 6 * * * *)",
        "cron(60 6 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 6 L * ? *)",
        "cron(0 6 ? * 8 *)",
        "cron(0 6 * * ?)",
    ],
)
def test_other_expressions_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_a_day_that_never_comes_is_said() -> None:
    with pytest.raises(ValueError, match="never due"):
        parse("cron(0 0 30 2 ? *)")(AT)


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

    @made.app.schedule(Cron(0, 10, "*", "*", "?", "*"))
    def daily(_event: Any) -> None:
        made.called.append("daily")

    return made


def test_all_run_at_the_start_and_then_when_they_are_due(machine: Machine) -> None:
    clock = machine.clock()
    assert machine.tick(clock) == ["daily", "often"]
    assert machine.tick(clock) == []
    assert machine.tick(clock, timedelta(minutes=5)) == ["often"]
    assert machine.tick(clock, timedelta(minutes=55)) == ["daily", "often"]


def test_a_clock_that_was_asleep_fires_once(machine: Machine) -> None:
    clock = machine.clock()
    machine.tick(clock)
    assert machine.tick(clock, timedelta(days=3)) == ["daily", "often"]
    assert machine.tick(clock) == []


def test_a_schedule_that_still_runs_is_skipped() -> None:
    going, ended = threading.Event(), threading.Event()
    calls = []

    def slow(_event: object, _context: object) -> None:
        calls.append(1)
        going.set()
        ended.wait(5)

    schedule = Schedule("slow", parse("rate(1 minute)"), slow, AT)
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

    schedule = Schedule("fails", parse("rate(1 minute)"), fails, AT)
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
