"""The list of documents received looks again by itself, and never takes a tick away by that."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.kernel.ids import Ids
from tests.browser.chrome import window
from tests.browser.served import NOW, logged_in_as, serving_portal
from tests.fixtures.cast import make_cast
from tests.fixtures.worlds import World
from tests.sweeps.scenario import Scenario
from tests.uploads.sending import Sending

pytestmark = pytest.mark.browser
LOOKS_MS = 5_500


@pytest.fixture
def scenario(aws: World, ids: Ids) -> Scenario:
    assert aws.name
    return Scenario(make_cast(ids, NOW), ids, NOW)


@pytest.fixture
def served(scenario: Scenario) -> Iterator[str]:
    with serving_portal(scenario.ids, NOW) as at:
        yield at


def test_it_waits_while_a_document_is_ticked(chromium: Browser, served: str, scenario: Scenario) -> None:
    ours = scenario.cast.ours
    Sending(ours, NOW, scenario.ids, name="may.csv").accept()
    with window(chromium, cookies=logged_in_as("our staff", scenario, served)) as page:
        page.clock.install()
        page.goto(f"{served}/staff/documents")
        tick = page.get_by_label("Select: may.csv")
        tick.check()
        expect(page.get_by_role("button", name="Download 1 document as ZIP")).to_be_visible()
        Sending(ours, NOW, scenario.ids, name="june.csv").accept()
        page.clock.run_for(LOOKS_MS)
        expect(tick).to_be_checked()
        expect(page.get_by_text("june.csv")).to_have_count(0)
        page.get_by_role("button", name="Clear").click()
        page.clock.run_for(LOOKS_MS)
        expect(page.get_by_role("link", name="june.csv", exact=True)).to_be_visible()
