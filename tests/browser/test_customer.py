"""My Transactions and its invoices in a browser: what only scripts, layout and printing can show."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from reportlab.pdfgen.canvas import Canvas

from chalicelib import services, settings
from chalicelib.kernel.i18n import activated, gettext
from chalicelib.kernel.ids import Ids
from chalicelib.store import blobs
from tests.browser.chrome import audit, window
from tests.browser.served import NOW, logged_in
from tests.fixtures.cast import PASSWORD, Dealership, make_dealership
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account, history
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.web.customer.barlow import ROWS
from tests.web.customer.test_einvoices import FACTS as EINVOICE_FACTS
from tests.web.customer.test_einvoices import complete_seller
from tests.web.customer.test_invoices import LINES, address, with_lines_of

pytestmark = pytest.mark.browser
HOME = "/transactions"
LONG_NAME = "Landmaschinen Schwarzenberger-Öttinger & Söhne GmbH & Co. KG"
NINE_DIGITS = 123_456_789_01


@pytest.fixture(scope="module")
def dealership(aws: World, ids: Ids) -> Dealership:
    assert aws.name
    made = make_dealership(ids, NOW, name="Moorbeck Machinery", prefix="moorbeck", phone="01632 960 014")
    publish(made.import_scope, [an_account([*ROWS, *history(250, outstanding=True)])])
    return made


@pytest.fixture(scope="module")
def large(aws: World, ids: Ids) -> Dealership:
    """A dealer with a long name, and a customer with large sums."""
    assert aws.name
    made = make_dealership(ids, NOW, name=LONG_NAME, prefix="long", phone="+49 (0)831 / 555 0100")
    rows = [
        a_row("127070", total=NINE_DIGITS, due_date="2024-05-05"),
        a_row("C1", total=-NINE_DIGITS, type="credit_note"),
        a_row(
            "127071", total=NINE_DIGITS, due_date="2024-07-05", discount_date="2024-07-05", settlement=NINE_DIGITS - 5
        ),
    ]
    publish(made.import_scope, [an_account(rows)])
    return made


@pytest.fixture(scope="module")
def wealthy(aws: World, ids: Ids) -> Dealership:
    """A dealer with a customer who owes millions."""
    assert aws.name
    made = make_dealership(ids, NOW, name="Karrow Tractors", prefix="karrow", phone="01632 960 031")
    rows = [
        a_row("127070", total=12_345_678_90, due_date="2024-05-05", description="Workshop Invoice"),
        a_row("C1", total=-12_345_67, type="credit_note", description="Parts returned"),
        a_row("127071", total=432_109_87, due_date="2024-07-05", discount_date="2024-07-05", settlement=432_000_00),
    ]
    publish(made.import_scope, [an_account([*ROWS, *rows])])
    return made


def pdf() -> bytes:
    out = BytesIO()
    canvas = Canvas(out)
    canvas.drawString(100, 700, "Invoice 127070")
    canvas.showPage()
    canvas.drawString(100, 700, "Page two")
    canvas.save()
    return out.getvalue()


@pytest.fixture
def page(chromium: Browser, served: str, dealership: Dealership, ids: Ids) -> Iterator[Page]:
    with window(chromium, cookies=logged_in(dealership.customer, ids, NOW, served)) as made:
        made.route("**/pdf?*", lambda route: route.fulfill(content_type="application/pdf", body=pdf()))
        made.goto(served + HOME)
        yield made


def dialogs(page: Page) -> int:
    return page.locator("dialog[open]").count()


def test_an_invoice_has_an_address_that_back_leaves_and_a_reload_keeps(page: Page) -> None:
    before = page.url
    page.get_by_role("link", name="127070", exact=True).dblclick()
    overlay = page.get_by_role("dialog", name="Invoice 127070")
    expect(overlay.locator("canvas")).to_have_count(2)
    expect(overlay).to_contain_text("Page 1 of 2")
    assert dialogs(page) == 1
    assert page.url.startswith(f"{before}#/invoices/")
    audit(page)
    page.reload()
    expect(overlay.locator("canvas")).to_have_count(2)
    page.go_back()
    expect(overlay).to_have_count(0)
    assert page.url == before
    page.go_forward()
    expect(overlay).to_be_visible()
    overlay.locator(".viewer-page").click()
    page.keyboard.press("Escape")
    expect(overlay).to_have_count(0)
    assert page.url == before
    expect(page.get_by_role("link", name="127070", exact=True)).to_be_focused()


def test_the_viewer_zooms_turns_and_prints(page: Page) -> None:
    page.get_by_role("link", name="127070", exact=True).click()
    overlay = page.get_by_role("dialog", name="Invoice 127070")
    sheet = overlay.locator("canvas").first
    expect(overlay.locator("canvas")).to_have_count(2)
    wide = sheet.bounding_box()
    overlay.get_by_role("button", name="Zoom in").click()
    expect(overlay.locator("[data-scale]")).to_have_text("125%")
    larger = sheet.bounding_box()
    assert wide
    assert larger
    assert larger["width"] > wide["width"]
    overlay.get_by_role("button", name="Turn the page").click()
    for _ in range(50):
        turned = sheet.bounding_box()
        if turned and turned["width"] > turned["height"]:
            break
        page.wait_for_timeout(100)
    assert turned
    assert turned["width"] > turned["height"]
    overlay.get_by_role("link", name="Print").click()
    expect(overlay.locator("iframe[src^='blob:']")).to_have_count(1)


def test_the_list_can_be_walked_without_closing(page: Page) -> None:
    page.get_by_role("link", name="127073", exact=True).click()
    overlay = page.get_by_role("dialog")
    expect(overlay.get_by_role("heading", level=1)).to_have_text("Invoice 127073")
    expect(overlay.get_by_role("button", name="Next in the list")).to_be_enabled()
    overlay.get_by_role("button", name="Next in the list").click()
    expect(overlay.get_by_role("heading", level=1)).to_have_text("Invoice 127072")
    expect(overlay.get_by_role("button", name="Next in the list")).to_be_focused()
    page.keyboard.press("Escape")
    expect(overlay).to_have_count(0)
    assert "#" not in page.url


def test_it_opens_at_once_and_says_when_the_connection_is_lost(page: Page) -> None:
    page.route("**/invoices/**", lambda route: route.abort() if "/pdf" not in route.request.url else route.fallback())
    page.get_by_role("link", name="127070", exact=True).click()
    overlay = page.get_by_role("dialog", name="Invoice 127070")
    expect(overlay).to_contain_text("£7.70")
    expect(overlay.get_by_role("alert")).to_contain_text("The connection was lost")
    page.unroute("**/invoices/**")
    overlay.get_by_role("button", name="Try again").click()
    expect(overlay.locator("canvas")).to_have_count(2)


def test_without_a_document_the_dialog_is_narrow(page: Page) -> None:
    page.goto(page.url + "?type=credit_note")
    page.get_by_role("link", name="C20417", exact=True).click()
    overlay = page.get_by_role("dialog", name="Credit Note C20417")
    expect(overlay).to_contain_text("There is no document for this transaction.")
    box = overlay.bounding_box()
    assert box
    assert box["width"] <= 480
    audit(page)


def test_ticks_stay_while_the_list_is_searched_and_paged(page: Page) -> None:
    page.get_by_label("Select invoice 127070").check()
    bar = page.get_by_role("region", name="Selected transactions")
    page.get_by_label("Search", exact=True).press_sequentially("hose")
    expect(page.locator("#announced")).to_have_text("1 transaction, newest first")
    expect(bar).to_contain_text("£7.70 1 selected")
    expect(bar).to_contain_text("1 of them is not in the list as filtered")
    page.get_by_label("Select invoice 126884").check()
    expect(bar).to_contain_text("2 selected")
    with page.expect_download() as download:
        bar.get_by_role("button", name="Download 2 rows as CSV").click()
    assert [row[1] for row in csv.reader(StringIO(download.value.path().read_text()))][1:] == ["127070", "126884"]
    page.get_by_label("Search", exact=True).fill("")
    expect(page.get_by_label("Select invoice 127070")).to_be_checked()
    page.get_by_role("link", name="Older").click()
    expect(page.get_by_label("Page", exact=True)).to_have_value("2")
    expect(bar).to_contain_text("2 of them are not in the list as filtered")


def test_a_credit_that_is_ticked_is_not_paid(page: Page) -> None:
    page.goto(page.url + "?q=parts")
    page.get_by_label("Select credit note C20417").check()
    page.get_by_label("Select invoice 127070").check()
    expect(page.locator("[data-saving]")).to_be_hidden()
    page.get_by_label("Select credit note C20417").uncheck()
    expect(page.locator("[data-saving]")).to_have_text("£7.32 if paid by 6 Jun, you save £0.38")


def test_typing_is_one_step_back_and_the_focus_stays_on_a_heading(page: Page) -> None:
    page.evaluate("window.lengths = [history.length]")
    page.get_by_label("Search", exact=True).press_sequentially("parts", delay=300)
    expect(page.locator("#announced")).to_have_text("4 transactions, newest first")
    expect(page).to_have_url(f"{page.url.partition('?')[0]}?status=current&q=parts")
    assert page.evaluate("history.length === lengths[0]")
    page.get_by_role("link", name="Total", exact=True).click()
    expect(page.locator("#announced")).to_have_text("4 transactions, largest first")
    expect(page.locator("#sort-total")).to_be_focused()
    page.locator("#dates summary").click()
    page.get_by_role("link", name="Last month").click()
    expect(page.locator("#announced")).to_contain_text("1 May 2024 to 31 May 2024")
    expect(page.locator("#dates-chosen")).to_be_focused()
    page.get_by_label("Status").select_option("history")
    expect(page.locator("#announced")).to_have_text("Nothing matches “parts”")


def test_the_age_stays_in_force_and_marked(page: Page) -> None:
    page.get_by_role("link", name="2 Months").click()
    chosen = page.locator(".ageing-table [aria-current]")
    expect(chosen).to_contain_text("2 Months")
    page.get_by_label("Type").select_option("credit_note")
    expect(page.locator("#announced")).to_have_text("Nothing matches")
    expect(chosen).to_contain_text("2 Months")


def test_print_shows_the_facts_and_neither_viewer_nor_list(page: Page) -> None:
    page.get_by_role("link", name="127070", exact=True).click()
    overlay = page.get_by_role("dialog", name="Invoice 127070")
    expect(overlay.locator("canvas")).to_have_count(2)
    page.emulate_media(media="print")
    expect(overlay.locator(".viewer")).to_be_hidden()
    expect(page.locator("#results")).to_be_hidden()
    expect(overlay).to_contain_text("Advice no.")
    for words in ("Moorbeck Machinery", "Mr A L Barlow, account 1200", "This is not the document itself."):
        expect(overlay.get_by_text(words, exact=False).first).to_be_visible()


@pytest.mark.parametrize("width", [320, 375])
def test_on_a_phone_the_pdf_opens_in_the_portal_and_can_be_reloaded(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, width: int
) -> None:
    with window(chromium, width=width, cookies=logged_in(dealership.customer, ids, NOW, served)) as page:
        page.route("**/pdf?*", lambda route: route.fulfill(content_type="application/pdf", body=pdf()))
        page.goto(served + "/invoices/MTIwMA/invoice/MTI3MDcw")
        page.get_by_role("link", name="Open the PDF").click()
        expect(page.locator("canvas")).to_have_count(2)
        expect(page.locator(".toasts")).to_be_empty()
        expect(page.locator("[data-pages]")).to_have_text("Page 1 of 2")
        page.mouse.wheel(0, 5_000)
        expect(page.locator("[data-pages]")).to_have_text("Page 2 of 2")
        page.reload()
        expect(page.locator("canvas")).to_have_count(2)
        audit(page)


@pytest.mark.parametrize("width", [320, 360, 576, 768, 1024])
def test_no_sum_is_cut(chromium: Browser, served: str, wealthy: Dealership, ids: Ids, width: int) -> None:
    with window(chromium, width=width, cookies=logged_in(wealthy.customer, ids, NOW, served)) as page:
        page.goto(served + HOME)
        for figure in page.locator(".figure").all():
            assert figure.evaluate("it => it.scrollWidth <= it.clientWidth"), figure.inner_text()
            assert figure.evaluate(
                "it => it.getBoundingClientRect().right <= it.parentElement.getBoundingClientRect().right + 1"
            )


@pytest.mark.parametrize("width", [320, 1024])
def test_a_row_of_millions_fits_with_its_pdf(
    chromium: Browser, served: str, wealthy: Dealership, ids: Ids, width: int
) -> None:
    with window(chromium, width=width, cookies=logged_in(wealthy.customer, ids, NOW, served)) as page:
        page.goto(f"{served}{HOME}?status=all")
        assert page.locator(".table-scroll").evaluate("it => it.scrollWidth <= it.clientWidth")


@pytest.mark.parametrize("width", [320, 375, 414])
def test_all_of_the_menu_of_a_phone_is_seen_in_both_languages(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, width: int
) -> None:
    with window(chromium, width=width, cookies=logged_in(dealership.customer, ids, NOW, served)) as page:
        page.goto(served + HOME)
        menu = page.locator(".topbar-nav")
        fits = "it => [...it.children].every(one => one.getBoundingClientRect().right <= innerWidth)"
        assert menu.evaluate(fits)
        with activated("de"):
            german = [gettext(text) for text in menu.locator("a:visible").all_inner_texts()]
        assert german[-1] == "Kontodaten"
        for link, text in zip(menu.locator("a:visible").all(), german, strict=True):
            link.evaluate("(it, text) => { it.textContent = text }", text)
        assert menu.evaluate(fits)


@pytest.mark.parametrize("width", [320, 375, 1024, 1280])
def test_long_names_and_large_sums_fit(chromium: Browser, served: str, large: Dealership, ids: Ids, width: int) -> None:
    with window(chromium, width=width, cookies=logged_in(large.customer, ids, NOW, served)) as page:
        page.goto(served + HOME)
        audit(page)
        for figure in page.locator(".figure dt + dd").all():
            assert figure.evaluate("it => it.scrollWidth <= it.clientWidth && it.getClientRects().length === 1")
            assert figure.evaluate("it => it.clientHeight < 2 * parseFloat(getComputedStyle(it).fontSize)")
        brand = page.locator(".brand-name")
        assert brand.evaluate("it => it.scrollHeight <= it.clientHeight && it.clientHeight < 56")
        overlaps = page.evaluate("""() => [...document.querySelectorAll(".data-table tbody tr")].filter((row) => {
          const [name, amount] = ["title", "value"].map((slot) => row.querySelector(`[data-slot=${slot}]`));
          const [left, right] = [name.lastElementChild, amount].map((part) => part.getBoundingClientRect());
          return innerWidth < 576 && left.right > right.left;
        }).length""")
        assert overlaps == 0
        page.goto(served + "/invoices/MTIwMA/invoice/MTI3MDcw")
        audit(page)


def test_on_a_phone_the_list_comes_before_the_ages_and_can_be_sorted(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids
) -> None:
    with window(chromium, width=375, cookies=logged_in(dealership.customer, ids, NOW, served)) as page:
        page.goto(served + HOME)
        expect(page.get_by_role("cell", name="2 Months")).to_be_hidden()
        expect(page.get_by_role("rowheader", name="2 Months")).to_be_hidden()
        page.get_by_text("Show the amounts by age").click()
        expect(page.get_by_role("rowheader", name="2 Months")).to_be_visible()
        page.get_by_text("Sort", exact=True).click()
        page.get_by_role("link", name="largest first", exact=True).click()
        expect(page.locator("#announced")).to_contain_text("largest first")
        tick = page.locator("tbody .tick input").first.bounding_box()
        assert tick
        assert tick["width"] >= 24


def test_without_scripts_dates_filter_and_the_pdf_is_a_link(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids
) -> None:
    with window(chromium, scripts=False, cookies=logged_in(dealership.customer, ids, NOW, served)) as page:
        page.goto(f"{served}{HOME}?age=2")
        page.locator("#dates summary").click()
        page.get_by_label("From", exact=True).fill("2024-04-01")
        page.get_by_role("button", name="Show these dates").click()
        expect(page.locator(".result")).to_contain_text("2 Months, From 1 Apr 2024")
        page.goto(served + "/invoices/MTIwMA/invoice/MTI3MDcw")
        expect(page.get_by_role("link", name="Open the PDF").last).to_be_visible()
        box = page.locator(".viewer").bounding_box()
        assert box
        assert box["height"] < 200


@pytest.mark.parametrize("paper", [375, 688, 1017], ids=["phone", "portrait", "landscape"])
def test_a_printed_list_loses_no_amount(
    chromium: Browser, served: str, wealthy: Dealership, ids: Ids, paper: int
) -> None:
    with window(chromium, width=paper, cookies=logged_in(wealthy.customer, ids, NOW, served)) as page:
        page.goto(served + HOME)
        page.emulate_media(media="print")
        for amount in page.locator("tbody [data-slot=value]").all():
            box = amount.bounding_box()
            assert box
            assert box["x"] + box["width"] <= paper
        for amount in page.locator(".ageing-table td").all():
            assert amount.evaluate("it => it.scrollWidth <= it.clientWidth")
        assert page.evaluate("document.documentElement.scrollWidth") <= paper


def test_a_password_that_was_changed_leaves_no_form(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids
) -> None:
    with window(chromium, width=375, cookies=logged_in(dealership.customer, ids, NOW, served)) as page:
        page.goto(served + "/account/password")
        page.get_by_label("Current password").fill(PASSWORD)
        page.get_by_label("New password").fill(PASSWORD)
        page.get_by_role("button", name="Save password").click()
        expect(page.get_by_role("heading", name="Password changed")).to_be_visible()
        assert page.evaluate("document.activeElement.matches('[data-focus]')")
        page.go_back()
        expect(page.get_by_label("Current password")).to_have_value("")
        page.get_by_label("Current password").fill("not it")
        page.get_by_role("button", name="Save password").click()
        expect(page.get_by_text("Your current password is incorrect").first).to_be_visible()


@pytest.fixture(scope="module")
def invoicing(aws: World, ids: Ids) -> Dealership:
    """Its settings have what e-invoices need. It has a whole invoice, one without V.A.T., and one of tomorrow."""
    assert aws.name
    made = make_dealership(ids, NOW, name="Fell End Farm Machinery", prefix="fellend", phone="01632 960 015")
    complete_seller(made, NOW, ids)
    whole = with_lines_of(made, ROWS[0], LINES)
    lacking = with_lines_of(made, ROWS[1], [replace(one, vat_rate=None) for one in LINES], part=1)
    tomorrows = a_row("127080", total=4250, on="2024-06-06", due_date="2024-07-06", description="Baler twine")
    publish(made.import_scope, [an_account([tomorrows, whole, lacking, *ROWS[2:]], facts=EINVOICE_FACTS)])
    return made


@pytest.mark.parametrize("width", [1280, 375])
def test_both_e_invoices_are_downloaded_or_say_what_they_lack(
    chromium: Browser, served: str, invoicing: Dealership, ids: Ids, width: int
) -> None:
    def stored(route: Route) -> None:
        """What the redirect leads to: the bucket of this process has no address that Chromium could open."""
        sent = route.fetch(max_redirects=0)
        name = unquote(urlsplit(sent.headers["location"]).path).partition(f"/d/{invoicing.dealer.dealer_id}/")[2]
        content = blobs.get(invoicing.scope, settings.load().files_bucket, name)
        route.fulfill(body=content, headers={"content-disposition": "attachment", "content-type": "application/pdf"})

    with window(chromium, width=width, cookies=logged_in(invoicing.customer, ids, NOW, served)) as page:
        page.route("**/pdf?*", lambda route: route.fulfill(content_type="application/pdf", body=pdf()))
        page.goto(served + address(ROWS[0].transaction_id))
        page.get_by_role("link", name="E-invoice", exact=True).click()
        audit(page)
        page.route("**/e-invoice.*", stored)
        for name, begins in (("Download the Factur-X PDF", b"%PDF-"), ("Download the UBL file", b"<?xml")):
            with page.expect_download() as download:
                page.get_by_role("link", name=name).click()
            assert download.value.path().read_bytes().startswith(begins)
        page.goto(served + address(ROWS[1].transaction_id, tail="/e-invoice"))
        expect(page.get_by_text("The rate of V.A.T. of each line (vat_rate in invoice_lines.csv).")).to_have_count(2)
        expect(page.get_by_role("link", name="Download the")).to_have_count(0)
        audit(page)


def test_an_invoice_that_is_opened_over_the_list_is_new_no_more(
    chromium: Browser, served: str, invoicing: Dealership, ids: Ids
) -> None:
    later = NOW + timedelta(days=1)
    with (
        services.use(replace(services.current(), clock=lambda: later)),
        window(chromium, cookies=logged_in(invoicing.customer, ids, later, served)) as page,
    ):
        page.goto(served + HOME)
        expect(page.locator("[data-new]")).to_have_count(1)
        audit(page)
        page.get_by_role("link", name="127080", exact=True).click()
        expect(page.locator("[data-new]")).to_have_count(0)
        page.goto(served + HOME)
        expect(page.get_by_role("link", name="127080", exact=True)).to_be_visible()
        expect(page.locator("[data-new]")).to_have_count(0)
