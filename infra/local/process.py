"""Child processes that never outlive their parent, and the one-sentence errors of the local AWS."""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

_PR_SET_PDEATHSIG = 1


class LocalError(Exception):
    """Something outside the program is not as needed. The text is one sentence for the user at the terminal."""


@dataclass(frozen=True, slots=True)
class Child:
    """A program that we started, its log, and the folder of its temporary files, which goes when it is stopped."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path | None = None
    temporary: Path | None = None

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def last_log_line(self) -> str:
        """For an error message."""
        lines = self.log.read_text(errors="replace").split("\n") if self.log and self.log.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it printed nothing")


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    log: Path | None = None,
    temporary: Path | None = None,
    fds: Sequence[int] = (),
) -> Child:
    """Start a program in its own process group. It gets SIGTERM when this process dies, however that happens.

    `env` is added to this process's environment. Call it from the main thread: the kernel ties the child to the thread.
    """
    with contextlib.ExitStack() as files:
        out: IO[bytes] | None = files.enter_context(log.open("wb")) if log else None
        process = subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT if out else None,
            pass_fds=tuple(fds),
            process_group=0,
            preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - nothing but prctl runs between fork and exec
        )
    return Child(name, process, log, temporary)


def stop(children: Sequence[Child], *, grace: float = 8) -> None:
    """SIGTERM to all, then SIGKILL to the groups of those still there after `grace` seconds."""
    for child in children:
        if not child.has_ended:
            child.process.terminate()
    deadline = time.monotonic() + grace
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
        if child.temporary:
            shutil.rmtree(child.temporary, ignore_errors=True)


def interrupt_on_signals() -> None:
    """Ctrl-C, a closed terminal and SIGTERM raise KeyboardInterrupt once; later ones cannot disturb the clean-up."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in signals:
        signal.signal(each, interrupt)


def listen(port: int, purpose: str) -> socket.socket:
    """A listening socket on 127.0.0.1. Raises LocalError if the port is in use."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise LocalError(f"Port {port}, for {purpose}, is in use: stop what uses it or choose another.") from error
    listener.listen(256)
    return listener


def check_free(port: int, purpose: str) -> None:
    """Raises LocalError if the port is in use."""
    listen(port, purpose).close()


def _die_with(parent: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return tie
