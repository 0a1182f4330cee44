"""What journeys share: the running portal and what its terminal says of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chrome import window
from tests.fixtures.portal import Portal
from tests.journeys.people import Login, log_in

PATIENCE_MS = 20_000
"""Two cores serve the browser, the portal, the local AWS and its workers."""

_PRINTED = re.compile(r"Log in\s+(?P<url>http://\S+?)(?P<login_path>/d/\S+) as (?P<email>\S+) with (?P<password>\S+)")


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(params=[pytest.param(True, id="scripts"), pytest.param(False, id="no-scripts")])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs JavaScript."""
    on: bool = request.param
    return on


@pytest.fixture
def dealer(chromium: Browser, each_portal: Portal) -> Iterator[Page]:
    """A window of the demo dealer, logged in as the terminal says."""
    with window(chromium) as page:
        page.set_default_timeout(PATIENCE_MS)
        log_in(page, each_portal.url, printed_login(each_portal.log))
        yield page


def printed_login(log: Path) -> Login:
    """The login that the portal printed at its start."""
    found = _PRINTED.search(log.read_text())
    assert found, log.read_text()
    return Login(found["email"], found["password"], found["login_path"])
