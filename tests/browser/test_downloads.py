"""The page on which a reader waits for a large file: it looks again by itself, and without scripts at a click."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.downloads.model import Download, SpreadsheetFile
from chalicelib.downloads.operations import make_download, request_download
from chalicelib.kernel.deadline import no_deadline
from chalicelib.kernel.ids import Ids
from chalicelib.rendering.spreadsheet import FileKind
from tests.browser.chrome import SCHEMES, WIDTHS, audit, window
from tests.browser.served import NOW, logged_in_as, serving_portal
from tests.fixtures.cast import make_cast
from tests.fixtures.worlds import World
from tests.sweeps.scenario import Scenario

pytestmark = pytest.mark.browser
FILE = SpreadsheetFile(
    file_name="customer-accounts.csv", form=FileKind.CSV, title="", columns=(), rows=(), count=40_000
)
WHO = {"our admin": "/staff/downloads", "our customer": "/downloads"}


@pytest.fixture(scope="module")
def scenario(aws: World, ids: Ids) -> Scenario:
    assert aws.name
    return Scenario(make_cast(ids, NOW), ids, NOW)


@pytest.fixture(scope="module")
def served(scenario: Scenario) -> Iterator[str]:
    with serving_portal(scenario.ids, NOW) as at:
        yield at


def asked(scenario: Scenario, who: str, address: str) -> Download:
    member = scenario.cast.ours.customer if who == "our customer" else scenario.cast.ours.admin
    scope = member.customer_scope if who == "our customer" else member.staff_scope
    return request_download(scope, address=address, file=FILE, now=NOW, ids=scenario.ids)


def finish(scenario: Scenario, who: str, download: Download, *, broken: bool = False) -> None:
    def produce(*_: object) -> SpreadsheetFile:
        if broken:
            raise RuntimeError
        return replace(FILE, restarted=True)

    member = scenario.cast.ours.customer if who == "our customer" else scenario.cast.ours.admin
    make_download(
        scenario.cast.ours.import_scope,
        person_id=member.person_id,
        download_id=download.download_id,
        produce=produce,
        clock=lambda: NOW,
        ids=scenario.ids,
        remaining=no_deadline,
    )


@pytest.mark.parametrize("who", WHO)
def test_it_becomes_the_download_by_itself(chromium: Browser, served: str, scenario: Scenario, who: str) -> None:
    download = asked(scenario, who, "/list.csv")
    with window(chromium, cookies=logged_in_as(who, scenario, served)) as page:
        page.goto(f"{served}{WHO[who]}/{download.download_id}")
        expect(page.get_by_text("Your file is being prepared")).to_be_visible()
        expect(page.get_by_role("link", name="Check again")).to_be_hidden()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            audit(page)
        finish(scenario, who, download)
        expect(page.get_by_text("Your file is ready")).to_be_visible()
        expect(page.get_by_text("40,000 rows")).to_be_visible()
        for width in WIDTHS:
            for scheme in SCHEMES:
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=scheme)
                audit(page)


def test_without_scripts_it_is_looked_at_again_by_hand(chromium: Browser, served: str, scenario: Scenario) -> None:
    download = asked(scenario, "our customer", "/list.csv?q=plain")
    with window(chromium, cookies=logged_in_as("our customer", scenario, served), scripts=False) as page:
        page.goto(f"{served}/downloads/{download.download_id}")
        finish(scenario, "our customer", download, broken=True)
        page.get_by_role("link", name="Check again").click()
        expect(page.get_by_text("We could not prepare this file")).to_be_visible()
        expect(page.get_by_role("link", name="Try again")).to_have_attribute("href", "/list.csv?q=plain")
