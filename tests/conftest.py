"""What every test has: a fixed now, seeded ids, no network. The rest is in tests/fixtures."""

import gc
import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, settings

from chalicelib.kernel.ids import Ids
from infra.package import upload_program
from infra.setup import lambda_python

FIXTURES = ("aws", "engines", "cast", "portal", "browser", "package", "figures")
LATER = ("engines", "browser")
"""The marks of tests that have a phase of their own."""
pytest_plugins = tuple(f"tests.fixtures.{name}" for name in FIXTURES)

settings.register_profile(
    "portal",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("portal")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test fails the run")
    parser.addoption("--longest-first", action="store_true", help="begin with the modules that take longest")
    parser.addoption("--modules-by-mark", type=Path, help="write there which modules have tests of each phase of a run")


def pytest_configure(config: pytest.Config) -> None:
    """The one asset that is built: pages link to it by its content. Workers find it there."""
    if not hasattr(config, "workerinput"):
        upload_program.refresh()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Writes the modules of each mark before any test is left out by it; orders the modules after all else is done.

    With the longest first (those marked `long`, then by their tests) no worker has one left when the others have ended.
    """
    path: Path | None = config.getoption("--modules-by-mark")
    if path and os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0":
        found = {mark: sorted({str(it.path) for it in items if it.get_closest_marker(mark)}) for mark in LATER}
        path.write_text(json.dumps(found))
    yield
    if config.getoption("--longest-first"):
        tests = Counter(item.path for item in items)
        items.sort(key=lambda item: (item.get_closest_marker("long") is None, -tests[item.path]))


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: the garbage collector need not look through them ten times a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    report = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = report.stats.get("skipped", ()) if report and session.config.getoption("--no-skips") else ()
    # One for want of Lambda's Python does so in CI alone.
    if any("CI" in os.environ or lambda_python.MISSING not in str(each.longrepr) for each in skipped):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def now() -> datetime:
    """Ten in the morning of the day that the demo data is as at."""
    return datetime(2024, 6, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def ids(request: pytest.FixtureRequest) -> Ids:
    """The same ids each time this test runs, and other ones in every other test."""
    return Ids(random_bytes=Random(request.node.nodeid).randbytes)
