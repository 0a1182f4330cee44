"""The portal itself, stopped in every way: nothing of it is left, and the next start goes on from there."""

import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from infra.local.emulators import MINISTACK
from infra.local.visitor import Visitor
from infra.setup.paths import PYTHON, ROOT
from tests.fixtures.portal import Portal, launch, three_free_ports
from tests.journeys.conftest import printed_login

pytestmark = [pytest.mark.engines, pytest.mark.soak]

PATIENCE_SECONDS = 60
LOADING = "Loading the demo dealer"


def test_however_it_ends_nothing_is_left_and_the_next_start_goes_on(tmp_path: Path) -> None:
    interrupted_while_it_loads_the_demo(tmp_path)
    portal = launch(MINISTACK, tmp_path)
    assert_the_demo_is_there(portal)
    assert_its_port_is_taken(portal, tmp_path)
    family = processes(portal.process)
    next(p for p in family if "infra.local.worker" in p.cmdline()).kill()
    assert portal.process.wait(PATIENCE_SECONDS) == 1
    assert "has ended (-9), so everything stops." in portal.log.read_text()
    assert_gone(family)
    again = launch(MINISTACK, tmp_path)
    family = processes(again.process)
    again.process.send_signal(signal.SIGHUP)
    assert again.process.wait(PATIENCE_SECONDS) == 0
    assert_gone(family)


def interrupted_while_it_loads_the_demo(state: Path) -> None:
    """Ctrl-C at a bad moment."""
    log = state / "first.log"
    command = [PYTHON, "-m", "infra.local.server", "--port", three_free_ports(), "--state", state, "--no-reload"]
    with log.open("w") as out:
        process = subprocess.Popen(list(map(str, command)), cwd=ROOT, stdout=out, stderr=out, start_new_session=True)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while LOADING not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        time.sleep(1)
        family = processes(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()
    assert_gone(family)
    assert "Traceback" not in log.read_text()


def assert_the_demo_is_there(portal: Portal) -> None:
    login, visitor = printed_login(portal.log), Visitor(int(portal.url.rpartition(":")[2]))
    visitor.get(f"{login.login_path}/login")
    visitor.submit(f"{login.login_path}/login", email=login.email, password=login.password)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "Customers see this export now" not in visitor.html:
        assert time.monotonic() < deadline, visitor.html
        visitor.get("/staff/imports")


def assert_its_port_is_taken(portal: Portal, state: Path) -> None:
    port = portal.url.rpartition(":")[2]
    command = [str(PYTHON), "-m", "infra.local.server", "--port", port, "--state", str(state / "second")]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 1
    assert second.stdout == ""
    assert second.stderr == f"Port {port}, for the portal, is in use: stop what uses it or choose another.\n"


def processes(parent: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """All that it has started."""
    found = psutil.Process(parent.pid).children(recursive=True)
    assert len(found) >= 4, "web server, two workers, the local AWS"
    return found


def assert_gone(family: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not alive
