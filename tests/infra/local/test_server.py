"""The server with a tiny app: it starts, says what is wrong in one sentence, and leaves nothing behind."""

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

from infra.local import process
from infra.local.process import LocalError, check_free, spawn, stop
from infra.setup.paths import PYTHON, ROOT
from tests.fixtures.portal import three_free_ports

pytestmark = pytest.mark.engines

PATIENCE_SECONDS = 60


class Server:
    """The process, and every process below it that was ever seen."""

    def __init__(self, state: Path, *options: str) -> None:
        self.port = three_free_ports()
        self.log = state / "server.log"
        command = [PYTHON, "-m", "infra.local.server", "--app", "tests.infra.local.tiny_app", "--no-demo"]
        settings = ["--port", str(self.port), "--state", str(state), "--no-reload", *options]
        state.mkdir(parents=True, exist_ok=True)
        with self.log.open("w") as out:
            self.process = subprocess.Popen([*map(str, command), *settings], cwd=ROOT, stdout=out, stderr=out)
        self.family: list[psutil.Process] = []

    def wait(self) -> None:
        self._until(lambda: "Ready in" in self.log.read_text())
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def part(self, word: str) -> psutil.Process:
        return next(p for p in self.family if word in p.cmdline())

    def get(self, path: str) -> bytes:
        with urlopen(f"http://localhost:{self.port}{path}", timeout=5) as answer:
            body: bytes = answer.read()
        return body

    def ends(self) -> int:
        code = self.process.wait(timeout=PATIENCE_SECONDS)
        self._until(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in self.family))
        return code

    def kill_all(self) -> None:
        self.process.kill()
        self.process.wait()
        for each in self.family:
            with suppress(psutil.NoSuchProcess):
                each.kill()

    def _until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def begin(*options: str) -> Server:
        made.append(Server(tmp_path / "state", *options))
        made[-1].wait()
        return made[-1]

    yield begin
    for server in made:
        server.kill_all()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_or_a_closed_terminal_leaves_nothing(start: Callable[..., Server], number: signal.Signals) -> None:
    server = start()
    assert server.get("/") == b"<h1>Hello</h1>"
    assert b"Mailbox" in server.get("/_local/mail")
    assert len(server.family) == 4  # web, two workers, the local AWS
    server.process.send_signal(number)
    assert server.ends() == 0


def test_even_a_killed_server_leaves_nothing(start: Callable[..., Server]) -> None:
    server = start()
    server.process.kill()
    server.ends()


@pytest.mark.parametrize(
    ("word", "name"),
    [("ministack", "the local AWS"), ("infra.local.web", "the web server"), ("--clock", "worker 1")],
)
def test_when_one_part_dies_all_stop(start: Callable[..., Server], word: str, name: str) -> None:
    server = start()
    server.part(word).kill()
    assert server.ends() == 1
    assert f"{name} has ended (-9), so everything stops." in server.log.read_text()


def test_after_a_kill_of_everything_it_starts_again(start: Callable[..., Server]) -> None:
    start("--db", "dynamodb-local").kill_all()
    assert start("--db", "dynamodb-local").get("/") == b"<h1>Hello</h1>"


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [str(PYTHON), "-m", "infra.local.server", "--port", str(port), "--state", str(tmp_path), "--no-demo"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"Port {port}, for the portal, is in use: stop what uses it or choose another.\n"
    assert done.stdout == ""


def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    deaf = "from signal import *; signal(SIGTERM, SIG_IGN); print('deaf', flush=True); pause()"
    child = spawn("deaf", [PYTHON, "-c", deaf], env={}, log=tmp_path / "log")
    while child.last_log_line() != "deaf":
        time.sleep(0.02)
    stop([child], grace=0.2)
    assert child.has_ended


def test_a_free_port_is_free() -> None:
    check_free(three_free_ports(), "a test")


def test_a_taken_port_is_said() -> None:
    with process.listen(0, "a test") as taken, pytest.raises(LocalError, match="for another, is in use"):
        process.listen(taken.getsockname()[1], "another")
