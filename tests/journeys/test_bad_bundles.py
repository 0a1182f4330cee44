"""Exports that must not reach a customer: uploaded in the browser, explained on the Imports page, never seen beyond."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from infra.local.emulators import MINISTACK
from tests.browser.chrome import window
from tests.fixtures.portal import Portal
from tests.journeys import corrupt_bundles
from tests.journeys.conftest import PATIENCE_MS
from tests.journeys.people import Login, complete_my_account, invite, log_in, upload

pytestmark = [pytest.mark.browser, pytest.mark.long]

BROWN = "1203", "Mr F Brown", "fritz.brown@brownfarm.example"
TOKENS = re.compile(r'(name="csrf" value="|name="csrf-token" content=")[^"]+')
REFUSED = (
    (corrupt_bundles.wrong_checksum, 2, "transactions.csv does not match its checksum", "B018_CHECKSUM"),
    (corrupt_bundles.half_a_zip, 2, "This zip file is incomplete or damaged", "B001_NOT_A_ZIP"),
    (corrupt_bundles.half_a_file, 2, "transactions.csv has", "B017_BYTES"),
    (bytes, 1, "This export has the number 1, the last one applied had 1", "B025_SEQUENCE"),
)


@pytest.fixture
def brown(chromium: Browser, each_portal: Portal, dealer: Page) -> Iterator[Page]:
    """A window of a customer on My Transactions."""
    ref, name, email = BROWN
    invite(dealer, each_portal.url, ref, name)
    with window(chromium) as page:
        page.set_default_timeout(PATIENCE_MS)
        complete_my_account(page, each_portal.url, email)
        log_in(page, each_portal.url, Login(email))
        yield page


@pytest.mark.parametrize("each_portal", [MINISTACK], indirect=True)
def test_what_is_wrong_is_said_and_customers_see_what_they_saw(
    each_portal: Portal, dealer: Page, brown: Page, tmp_path: Path
) -> None:
    url = each_portal.url
    good = corrupt_bundles.first_export(tmp_path)
    before = seen(brown, url)
    for change, number, words, code in REFUSED:
        run = arrives(dealer, url, change(corrupt_bundles.numbered(good, number)), tmp_path)
        expect(run).to_contain_text("Refused")
        expect(run).to_contain_text(words)
        expect(run).to_contain_text("Nothing has changed for your customers.")
        expect(run).to_contain_text(code)
        assert seen(brown, url) == before
    came_before(dealer, url, good, tmp_path)
    assert seen(brown, url) == before
    held(dealer, url, corrupt_bundles.two_percent_bad(corrupt_bundles.numbered(good, 2)), tmp_path)
    assert seen(brown, url) == before
    dealer.goto(f"{url}/staff/imports")
    expect(dealer.get_by_role("table", name="Earlier exports").get_by_text("Refused", exact=True)).to_have_count(5)
    expect(dealer.get_by_text("Customers see this export now")).to_have_count(1)
    expect(dealer.get_by_text("transactions.csv does not match its checksum")).to_have_count(1)


def came_before(dealer: Page, url: str, bundle: bytes, folder: Path) -> None:
    """The very same export again: the page says so, and leads to the run that took it in."""
    path = folder / "export.zip"
    path.write_bytes(bundle)
    upload(dealer, url, path)
    note = dealer.get_by_text("This export was uploaded before.").locator("..")
    expect(note.get_by_role("link")).to_have_attribute("href", "/staff/imports/1")
    expect(note).to_contain_text("Nothing has changed.")


def held(dealer: Page, url: str, bundle: bytes, folder: Path) -> None:
    """Two in a hundred rows cannot be read: the dealer is asked, sees which they are, and refuses."""
    rows, bad = corrupt_bundles.counts(bundle)
    run = arrives(dealer, url, bundle, folder)
    expect(run).to_contain_text("Held for 1 reason. Customers still see export 1.")
    expect(run).to_contain_text(f"{bad} of {rows:,} rows in transactions.csv have errors, 2.0%")
    cause = run.locator("details.cause")
    expect(cause).to_have_count(1)
    expect(cause).to_contain_text(f"{bad:,} rows: There is no such date")
    expect(cause).to_contain_text(re.compile(r"transaction_date in transactions\.csv.*E104_BAD_DATE", re.DOTALL))
    expect(cause.get_by_role("row").filter(has_text=corrupt_bundles.BAD_DATE)).to_have_count(min(bad, 25))
    run.get_by_role("button", name="Refuse", exact=True).click()
    dealer.get_by_role("alertdialog").get_by_role("button", name="Refuse Export 2").click()
    expect(dealer.get_by_text("Export 2 is refused. Nothing has changed.")).to_be_visible()


def arrives(dealer: Page, url: str, bundle: bytes, folder: Path) -> Locator:
    """Upload a bundle, and follow the page to its run until that is decided."""
    path = folder / "export.zip"
    path.write_bytes(bundle)
    upload(dealer, url, path)
    dealer.wait_for_url(re.compile(r"/staff/imports/\d+$"))
    run = dealer.locator("main")
    expect(run.get_by_text("Reading", exact=True)).to_have_count(0)
    return run


def seen(customer: Page, url: str) -> str:
    """The HTML of My Transactions, without its tokens."""
    return TOKENS.sub(r"\1", customer.request.get(f"{url}/transactions").text())
