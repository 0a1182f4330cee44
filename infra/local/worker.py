"""A process beside the web server: the functions of the queues and, in one of them, the schedules."""

import argparse
import os
import signal
import threading
import time
from types import FrameType

from chalice.app import Chalice

from chalicelib import settings
from chalicelib.kernel.clock import system_clock
from chalicelib.store import clients
from infra.local.application import load, log_to_terminal
from infra.local.pumps import Pump, sources
from infra.local.schedules import Clock, schedules

GRACE_SECONDS = 5


def pumps(app: Chalice, stopping: threading.Event) -> list[Pump]:
    """One for each queue that the app sends to: one named `import` is at `settings.import_queue_url`."""
    known = settings.load()
    urls = {s: getattr(known, f"{s.queue}_queue_url", "") for s in sources(app)}
    return [Pump(clients.client("sqs"), url, source, stopping) for source, url in urls.items() if url]


def main() -> None:
    """Until SIGTERM; what is then in hand has five seconds, and else goes back to its queue."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--app", default="app", help="the module of the Chalice app")
    parser.add_argument("--clock", action="store_true", help="fire the schedules too")
    options = parser.parse_args()
    stopping = threading.Event()
    _stop_on_sigterm(stopping)
    app = load(options.app)
    running = pumps(app, stopping)
    threads = [threading.Thread(target=pump.run, name=pump.source.name, daemon=True) for pump in running]
    if options.clock:
        clock = Clock(schedules(app, system_clock()), system_clock, stopping)
        threads.append(threading.Thread(target=clock.run, name="clock", daemon=True))
    for thread in threads:
        thread.start()
    stopping.wait()
    _leave(running)


def _leave(running: list[Pump]) -> None:
    deadline = time.monotonic() + GRACE_SECONDS
    while any(pump.is_busy for pump in running) and time.monotonic() < deadline:
        time.sleep(0.02)
    for pump in running:
        pump.give_back()
    os._exit(0)  # threads that wait for messages would hold the interpreter for seconds


def _stop_on_sigterm(stopping: threading.Event) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    log_to_terminal()
    main()
