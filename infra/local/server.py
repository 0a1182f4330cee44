"""`python -m infra.local.server`: the whole portal on one machine, until Ctrl-C."""

import argparse
import contextlib
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from urllib.request import urlopen

from infra.local import demo_dealer
from infra.local.application import IMPORT_FAILED
from infra.local.emulators import ENGINES, MINISTACK, LocalAws
from infra.local.environment import publish, withdraw
from infra.local.mailbox import MAILBOX_PATH
from infra.local.mails import Archive
from infra.local.process import Child, LocalError, interrupt_on_signals, listen, spawn, stop
from infra.local.reloader import WATCHED, FileWatcher
from infra.local.stack import Stack, running
from infra.setup.paths import ROOT

LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Options:
    """The command line."""

    db: str = MINISTACK
    port: int = 8000
    workers: int = 2
    state: Path = ROOT / ".state"
    demo: bool = True
    reload: bool = True
    app: str = "app"

    @property
    def base_url(self) -> str:
        """A name, not an address: browsers treat http://localhost as a secure context."""
        return f"http://localhost:{self.port}"

    @property
    def smtp_port(self) -> int:
        """Where replies to mails are taken."""
        return self.port + 3

    @property
    def local_aws(self) -> LocalAws:
        """The next two ports are the local AWS and DynamoDB Local."""
        return LocalAws(self.db, self.port + 1, self.port + 2, self.state / self.db)


@dataclass(slots=True)
class Portal:
    """The web process and the workers, over a running stack."""

    options: Options
    stack: Stack
    listener: socket
    secret: str = field(default_factory=secrets.token_urlsafe)
    children: list[Child] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {**self.stack.environment, "ORIGIN_SECRETS": self.secret}

    def start(self) -> None:
        """The web process on the socket that is already open, and the workers: the first runs the schedules."""
        env = {**self.environment, "PYTHONUNBUFFERED": "1"}
        descriptor = self.listener.fileno()
        web = ["--fd", str(descriptor), "--aws", self.stack.local_aws.url, "--mails", str(self.mails)]
        web += ["--smtp", str(self.options.smtp_port)]
        self.children = [spawn("the web server", self._module("web", *web), env=env, fds=[descriptor])]
        for number in range(self.options.workers):
            more = ["--mails", str(self.mails), *(["--clock"] if number == 0 else [])]
            self.children.append(spawn(f"worker {number + 1}", self._module("worker", *more), env=env))

    def _module(self, name: str, *options: str) -> list[str]:
        return [sys.executable, "-m", f"infra.local.{name}", "--app", self.options.app, *options]

    def wait_until_ready(self) -> None:
        """Until the web process has imported the app. Raises LocalError if it exits instead."""
        answered = False
        while not answered:
            if ended := self.ended():
                raise LocalError(f"{ended.name} did not start ({ended.process.returncode}); the reason is above.")
            with contextlib.suppress(OSError):
                urlopen(f"http://127.0.0.1:{self.options.port}{MAILBOX_PATH}/messages.json", timeout=1).close()
                answered = True

    def stop(self) -> None:
        """Stop all processes, and collect the last mails."""
        stop(self.children)
        self.children = []
        with contextlib.suppress(OSError):
            Archive(self.mails, self.stack.local_aws.url).collect()

    @property
    def mails(self) -> Path:
        return self.stack.local_aws.state / "mails"

    def ended(self) -> Child | None:
        """A process that exited by itself."""
        return next((c for c in [*self.stack.children, *self.children] if c.has_ended), None)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 after Ctrl-C, 1 with one sentence on stderr."""
    options = _options(arguments)
    interrupt_on_signals()
    try:
        _serve(options)
    except KeyboardInterrupt:
        _say("Stopped.")
        return 0
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _serve(options: Options) -> None:
    started = time.monotonic()
    with listen(options.port, "the portal") as listener, running(options.local_aws, base_url=options.base_url) as stack:
        portal = Portal(options, stack, listener)
        try:
            portal.start()
            portal.wait_until_ready()
            publish(options.local_aws.state, portal.environment)
            if options.demo:
                archive = Archive(portal.mails, stack.local_aws.url)
                demo_dealer.load(options.port, portal.environment, archive, options.local_aws.state)
            _print_addresses(options, time.monotonic() - started)
            _supervise(portal)
        finally:
            withdraw(options.local_aws.state)
            portal.stop()


def _supervise(portal: Portal) -> None:
    """Reload on changes until interrupted. Raises LocalError when a process exits by itself."""
    watcher = FileWatcher([ROOT / name for name in WATCHED])
    has_reloaded = False
    while True:
        time.sleep(LOOK_SECONDS)
        if portal.options.reload and (changed := _debounced_changes(watcher)):
            _say(f"{_names(changed)} changed: reloading.")
            portal.stop()
            portal.start()
            has_reloaded = True
        if ended := portal.ended():
            if has_reloaded and ended.process.returncode == IMPORT_FAILED:
                _say("The code cannot be imported; the next change is tried.")
                portal.stop()
            else:
                raise LocalError(f"{ended.name} has ended ({ended.process.returncode}), so everything stops.")


def _debounced_changes(watcher: FileWatcher) -> list[Path]:
    """What changed, once it is quiet: an editor or git writes many files in a row."""
    changed = more = watcher.changed()
    while more:
        time.sleep(LOOK_SECONDS)
        more = watcher.changed()
        changed += [path for path in more if path not in changed]
    return changed


def _names(paths: Sequence[Path]) -> str:
    first = str(paths[0].relative_to(ROOT))
    return first if len(paths) == 1 else f"{first} and {len(paths) - 1} more"


def _print_addresses(options: Options, seconds: float) -> None:
    _say(f"\n  Portal   {options.base_url}")
    _say(f"  Mailbox  {options.base_url}{MAILBOX_PATH}")
    _say(f"  SMTP     localhost:{options.smtp_port}, for replies to mails about a conversation")
    if options.demo:
        _say(f"  Log in   {options.base_url}/d/{demo_dealer.SLUG} as {demo_dealer.EMAIL} with {demo_dealer.PASSWORD}")
    _say(f"  Ready in {seconds:.1f} s. Data is in {options.local_aws.state}. Stop with Ctrl-C.\n")


def _say(text: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        print(text, flush=True)


def _options(arguments: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(prog="python -m infra.local.server", description=__doc__)
    parser.add_argument("--db", choices=ENGINES, default=MINISTACK, help="what keeps the table")
    parser.add_argument("--port", type=int, default=8000, help="the portal's; the next three are used too")
    parser.add_argument("--workers", type=int, default=2, help="processes for imports and mails")
    parser.add_argument("--state", type=Path, default=ROOT / ".state", help="what survives a restart")
    parser.add_argument("--no-demo", dest="demo", action="store_false", help="do not load the demo dealer")
    parser.add_argument("--app", default="app", help="the module of the Chalice app")
    parser.add_argument("--no-reload", dest="reload", action="store_false", help="do not watch the code")
    chosen = parser.parse_args(arguments)
    return Options(**{**vars(chosen), "state": chosen.state.resolve()})


if __name__ == "__main__":
    sys.exit(main())
