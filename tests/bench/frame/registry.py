"""Every measurement of this package: a function that gives a row, or several that share what they are measured on."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.bench.frame.row import Row

Measurement = Callable[[Path], Row | Iterable[Row]]

_known: dict[str, Measurement] = {}


def measurement(function: Measurement) -> Measurement:
    """Declares a measurement, named as its function. It is given an empty folder and runs in a process of its own."""
    name = function.__name__
    if name in _known:
        raise ValueError(f"two measurements are called {name}")
    _known[name] = function
    return function


def measurements() -> dict[str, Measurement]:
    """All of them by name, those of one module together."""
    package = importlib.import_module("tests.bench")
    for module in sorted(found.name for found in pkgutil.iter_modules(package.__path__) if not found.ispkg):
        if module != "__main__":
            importlib.import_module(f"tests.bench.{module}")
    return dict(_known)


def rows_of(name: str, folder: Path) -> list[Row]:
    """The rows of one measurement, measured now."""
    found = measurements()[name](folder)
    return [found] if isinstance(found, Row) else list(found)
