"""A process beside the web server: the functions of the queues and, in one of them, the schedules and the scanner."""

import argparse
import os
import signal
import threading
import time
from pathlib import Path
from types import FrameType

from chalice.app import Chalice

from chalicelib import settings
from chalicelib.kernel.clock import system_clock
from infra.local import reply_to
from infra.local.application import load, log_to_terminal
from infra.local.aws import local_client
from infra.local.queue_pollers import QueuePoller, event_sources
from infra.local.scanner import Scanner
from infra.local.schedules import Clock, schedules

GRACE_SECONDS = 5


def pollers(app: Chalice, stopping: threading.Event) -> list[QueuePoller]:
    """One for each queue that has a URL: the queue `import` is at `settings.import_queue_url`.

    As with Lambda, what waits for messages is no client of the app's.
    """
    known, url_of_aws = settings.load(), os.environ["AWS_ENDPOINT_URL"]
    urls = {s: getattr(known, f"{s.queue}_queue_url", "") for s in event_sources(app)}
    sqs = local_client("sqs", url_of_aws, connections=len(urls))
    return [QueuePoller(sqs, url, source, stopping) for source, url in urls.items() if url]


def scanner(stopping: threading.Event) -> Scanner:
    """It reads what the app may not, as GuardDuty does: by clients of its own."""
    known, url = settings.load(), os.environ["AWS_ENDPOINT_URL"]
    s3, sqs = local_client("s3", url), local_client("sqs", url)
    return Scanner(s3, sqs, known.quarantine_bucket, known.verdict_queue_url, stopping)


def main() -> None:
    """Until SIGTERM; then what is in flight has five seconds, or goes back to its queue."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--app", default="app", help="the module of the Chalice app")
    parser.add_argument("--mails", type=Path, help="the folder that keeps mails: what may be replied to is noted there")
    parser.add_argument("--clock", action="store_true", help="fire the schedules, and scan what people send")
    options = parser.parse_args()
    stopping = threading.Event()
    _stop_on_sigterm(stopping)
    if options.mails:
        reply_to.note_in(options.mails)
    app = load(options.app)
    running = pollers(app, stopping)
    threads = [threading.Thread(target=poller.run, name=poller.source.name, daemon=True) for poller in running]
    if options.clock:
        clock = Clock(schedules(app, system_clock()), system_clock, stopping)
        threads.append(threading.Thread(target=clock.run, name="clock", daemon=True))
        threads.append(threading.Thread(target=scanner(stopping).run, name="scanner", daemon=True))
    for thread in threads:
        thread.start()
    stopping.wait()
    _leave(running)


def _leave(running: list[QueuePoller]) -> None:
    deadline = time.monotonic() + GRACE_SECONDS
    while any(poller.is_busy for poller in running) and time.monotonic() < deadline:
        time.sleep(0.02)
    for poller in running:
        poller.release()
    os._exit(0)  # threads that wait for messages would hold the interpreter for seconds


def _stop_on_sigterm(stopping: threading.Event) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    log_to_terminal()
    main()
