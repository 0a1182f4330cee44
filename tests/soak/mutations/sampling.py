"""Which mutants are tried: a seeded sample, with more of the kinds and packages that have more."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from math import sqrt
from pathlib import Path

from infra.setup.files import tracked_files
from infra.setup.paths import ROOT
from tests.soak.mutations.operators import Mutant, mutants_of

SEED = 4711
ELSEWHERE = ROOT / "tests" / "tooling" / "tested_elsewhere.txt"
EQUIVALENTS = Path(__file__).with_name("equivalents.txt")


@dataclass(frozen=True, slots=True)
class Package:
    """How many mutants of 200 it gets, and which tests beyond its own folder use it."""

    name: str
    share: int
    wider: tuple[str, ...]


PACKAGES = (
    Package("ledger", 28, ("tests/web/customer", "tests/ingest", "tests/web/presenters")),
    Package(
        "kernel", 12, ("tests/store", "tests/rendering", "tests/http", "tests/ccx", "tests/identity", "tests/ledger")
    ),
    Package("ccx", 24, ("tests/ingest/checks", "tests/ingest")),
    Package("ingest", 44, ("tests/triggers", "tests/web/staff")),
    Package("identity", 28, ("tests/dealership_users", "tests/web/auth", "tests/web/staff", "tests/notifications")),
    Package("store", 20, ("tests/ledger", "tests/customers", "tests/notifications", "tests/ingest/test_journey.py")),
    Package("customers", 20, ("tests/web/staff", "tests/web/customer", "tests/ingest")),
    Package("http", 14, ("tests/web", "tests/sweeps/test_route_matrix.py")),
    Package("rendering", 10, ("tests/web",)),
)


def sample(count: int, seed: int = SEED) -> list[Mutant]:
    """So many mutants of the program, in random order. A change of the code changes only what it touches.

    Each has a number from its name; within a package the highest are taken, weighted so that of a kind with four times
    as many mutants twice as many are (Efraimidis and Spirakis, Weighted random sampling with a reservoir, 2006).
    """
    total = sum(package.share for package in PACKAGES)
    chosen = [_of_package(package, round(count * package.share / total), seed) for package in PACKAGES]
    return sorted(chain.from_iterable(chosen), key=lambda mutant: number_of(mutant, seed))


def _of_package(package: Package, count: int, seed: int) -> list[Mutant]:
    found = [mutant for path in modules_of(package) for mutant in mutants_of(path)]
    kinds = Counter(mutant.operator for mutant in found)
    found.sort(key=lambda mutant: number_of(mutant, seed) ** sqrt(kinds[mutant.operator]), reverse=True)
    return found[:count]


def number_of(mutant: Mutant, seed: int) -> float:
    """Evenly distributed in (0, 1), from the mutant's name alone."""
    digest = sha256(f"{seed} {mutant}".encode()).digest()
    return (int.from_bytes(digest[:8]) + 0.5) / 2**64


def modules_of(package: Package) -> list[Path]:
    """Its modules, but for the declarations of stored records."""
    names = (
        name for name in tracked_files() if name.startswith(f"chalicelib/{package.name}/") and name.endswith(".py")
    )
    return [Path(name) for name in sorted(names) if not name.endswith("records.py")]


def package_of(mutant: Mutant) -> Package:
    """The package it is in."""
    return next(package for package in PACKAGES if package.name == mutant.path.parts[1])


def stages(mutant: Mutant) -> list[list[str]]:
    """The tests to run, one list after the other: the module's own, those of its folder, those of its users."""
    inner = mutant.path.relative_to("chalicelib")
    own = f"tests/{inner.parent.as_posix()}/test_{inner.stem}.py"
    first = _existing([_elsewhere().get(inner.as_posix(), own), own])
    folder = _existing([f"tests/{inner.parent.as_posix()}", f"tests/{inner.parts[0]}"])[:1]
    package = package_of(mutant)
    wider = [path for path in _existing((f"tests/{package.name}", *package.wider)) if path not in folder]
    return [tests for tests in (first, folder, wider) if tests]


def _existing(paths: Iterable[str]) -> list[str]:
    return [path for path in dict.fromkeys(paths) if (ROOT / path).exists()]


def _elsewhere() -> dict[str, str]:
    lines = [line for line in ELSEWHERE.read_text().splitlines() if line and not line.startswith("#")]
    pairs = (line.split(": ") for line in lines)
    return {module: f"tests/{test}" for module, test in pairs}


def equivalents() -> dict[str, str]:
    """Mutants that no test can notice, each with the reason why."""
    lines = [line for line in EQUIVALENTS.read_text().splitlines() if line and not line.startswith("#")]
    names, reasons = lines[::2], lines[1::2]
    return dict(zip(names, (reason.strip() for reason in reasons), strict=True))
