"""What pip cannot install: a browser, Java and Maven. By apt as root, else one sentence says what to install."""

import shutil
import subprocess
from collections.abc import Sequence

from .shell import SetupError, call, is_root, step

HEADLESS_SHELL = "chromium-headless-shell"
CHROMIUM: tuple[str, ...] = (HEADLESS_SHELL, "chromium", "chromium-browser", "google-chrome")
"""The first that is found is driven."""
_APT = ("apt-get", "-o", "DPkg::Lock::Timeout=120")
_QUIET = {"DEBIAN_FRONTEND": "noninteractive"}


def browser() -> None:
    """Debian's headless shell where apt has it: the tests take 40 % less time in it than in the whole browser."""
    programs, package = CHROMIUM, "chromium"
    if _apt_may_install() and not _is_here((HEADLESS_SHELL,)):
        if not _is_here(CHROMIUM):
            _update()
        if _is_offered(HEADLESS_SHELL):
            programs, package = (HEADLESS_SHELL,), HEADLESS_SHELL
    _need("Chromium", programs, (package, "fonts-liberation"), "the browser tests")


def java() -> None:
    _need("Java 17", ("java",), ("openjdk-17-jre-headless",), "DynamoDB Local")


def java_compiler() -> None:
    _need("JDK 17", ("javac",), ("openjdk-17-jdk-headless",), "the check of e-invoices")


def maven() -> None:
    _need("Maven", ("mvn",), ("maven", "openjdk-17-jre-headless"), "fetching DynamoDB Local")


def _need(name: str, programs: Sequence[str], packages: Sequence[str], purpose: str) -> None:
    if _is_here(programs):
        return
    if not _apt_may_install():
        wanted = " ".join(packages)
        raise SetupError(f"{name} is missing, which {purpose} needs: `sudo apt-get install {wanted}`, then try again.")
    with step(f"{name}, by apt"):
        _update()
        call(f"Installing {name}", (*_APT, "install", "--yes", "--no-install-recommends", *packages), env=_QUIET)


def _is_here(programs: Sequence[str]) -> bool:
    return any(shutil.which(program) for program in programs)


def _apt_may_install() -> bool:
    return is_root() and shutil.which("apt-get") is not None


def _update() -> None:
    call("apt-get update", (*_APT, "update"), env=_QUIET)


def _is_offered(package: str) -> bool:
    return subprocess.run(("apt-cache", "show", package), capture_output=True, check=False).returncode == 0
