"""What pip cannot install: a browser, Java and Maven. By apt as root, else one sentence says what to install."""

import shutil
from collections.abc import Sequence

from .shell import SetupError, call, is_root, step

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_APT = ("apt-get", "-o", "DPkg::Lock::Timeout=120")


def browser() -> None:
    _need("Chromium", CHROMIUM, ("chromium", "fonts-liberation"), "the browser tests")


def java() -> None:
    _need("Java 17", ("java",), ("openjdk-17-jre-headless",), "DynamoDB Local")


def maven() -> None:
    _need("Maven", ("mvn",), ("maven", "openjdk-17-jre-headless"), "fetching DynamoDB Local")


def _need(name: str, programs: Sequence[str], packages: Sequence[str], purpose: str) -> None:
    if any(shutil.which(program) for program in programs):
        return
    if not (is_root() and shutil.which("apt-get")):
        wanted = " ".join(packages)
        raise SetupError(f"{name} is missing, which {purpose} needs: `sudo apt-get install {wanted}`, then try again.")
    with step(f"{name}, by apt"):
        env = {"DEBIAN_FRONTEND": "noninteractive"}
        call("apt-get update", (*_APT, "update"), env=env)
        call(f"Installing {name}", (*_APT, "install", "--yes", "--no-install-recommends", *packages), env=env)
