"""Jars that a pom of infra/local names, with what they need, from Maven Central into a folder of .tools."""

import shutil
from pathlib import Path

from . import stamps, system
from .paths import ROOT
from .shell import call, step


def fetch_jars(name: str, pom: str, folder: Path) -> None:
    """Fetches them where the pom has changed since. `name` is what the terminal calls them."""
    path = ROOT / "infra" / "local" / pom
    mark = stamps.fingerprint(path)
    if stamps.is_current(folder, mark):
        return
    system.maven()
    with step(name):
        shutil.rmtree(folder, ignore_errors=True)
        copy = ("dependency:copy-dependencies", f"-DoutputDirectory={folder}", "-DincludeScope=runtime")
        call(f"Fetching {name}", ("mvn", "--batch-mode", "--quiet", "--file", path, *copy))
        stamps.finish(folder, mark)
