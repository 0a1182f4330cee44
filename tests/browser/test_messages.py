"""A question from the invoice to its answer, in two browsers: the customer's and the staff's."""

from collections.abc import Iterator
from random import Random

import pytest
from playwright.sync_api import Browser, Dialog, FilePayload, Page, Route, expect

from chalicelib.dealers import queries as dealers
from chalicelib.kernel.ids import Ids
from chalicelib.ledger import repo as ledger
from tests.browser.chrome import WIDTHS, audit, window
from tests.browser.served import NOW, serving_portal, session_cookie
from tests.fixtures.cast import make_cast
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.sweeps.scenario import Scenario
from tests.uploads.document_requests.made import known

pytestmark = pytest.mark.browser
STORAGE = "https://*.amazonaws.com"
ANYBODY = {"Access-Control-Allow-Origin": "*"}
LONG = "https://carrier.example/" + "parcel" * 40


@pytest.fixture
def scenario(aws: World, request: pytest.FixtureRequest) -> Scenario:
    assert aws.name
    ids = Ids(random_bytes=Random(request.node.nodeid).randbytes)
    made = Scenario(make_cast(ids, NOW), ids, NOW)
    ours = made.cast.ours
    publish(ours.import_scope, [an_account([a_row("127070", total=770)])])
    known(ours, NOW)
    listed(ours, ours.admin, ours.user, now=NOW)
    dealers.forget_published(ours.scope)
    ledger.forget()
    return made


@pytest.fixture
def served(scenario: Scenario) -> Iterator[str]:
    with serving_portal(scenario.ids, NOW, storage=STORAGE) as at:
        yield at


@pytest.mark.parametrize("width", WIDTHS)
def test_a_question_is_asked_and_answered(chromium: Browser, served: str, scenario: Scenario, width: int) -> None:
    ours = scenario.cast.ours
    customer, staff = (session_cookie(scenario.log_in(one), served) for one in (ours.customer, ours.user))
    with (
        window(chromium, width=width, cookies=[customer]) as asking,
        window(chromium, width=width, cookies=[staff]) as answering,
    ):
        _ask(asking, served)
        answering.goto(f"{served}/staff/to-do")
        answering.get_by_role("link", name="Invoice 127070").first.click()
        answering.get_by_label("Answer to the customer, or a note for colleagues").fill("Ask the depot first")
        answering.get_by_role("button", name="Add internal note").click()
        expect(answering.get_by_text("Ask the depot first")).to_be_visible()
        answering.get_by_label("Answer to the customer, or a note for colleagues").fill(f"It is here: {LONG}")
        answering.get_by_role("button", name="Send to the customer").click()
        expect(answering.get_by_text("It is here")).to_be_visible()
        asking.goto(f"{served}/messages")
        expect(asking.get_by_text("New", exact=True)).to_be_visible()
        asking.get_by_role("link", name="Invoice 127070").click()
        expect(asking.get_by_text("It is here")).to_be_visible()
        expect(asking.get_by_text("Ask the depot first")).to_have_count(0)
        asking.get_by_role("button", name="Close this conversation").click()
        expect(asking.get_by_role("button", name="Reopen and send")).to_be_visible()
        asking.get_by_text("Add files").click()
        expect(asking.get_by_label("Files", exact=True)).to_be_visible()
        audit(asking)
        audit(answering)


@pytest.mark.parametrize(("width", "begins"), [(WIDTHS[0], "question"), (WIDTHS[-1], "dispute")])
def test_files_go_along_with_the_first_words(
    chromium: Browser, served: str, scenario: Scenario, width: int, begins: str
) -> None:
    ours = scenario.cast.ours
    answers = [500, 201, 201]
    with window(chromium, width=width, cookies=[session_cookie(scenario.log_in(ours.customer), served)]) as page:
        page.route(f"{STORAGE}/**", lambda route: route.fulfill(status=answers.pop(0), headers=ANYBODY))
        page.goto(served + ("/messages/new" if begins == "question" else "/disputes/new?row=invoice:MTI3MDcw"))
        page.get_by_label("Files", exact=True).set_input_files(
            [FilePayload(name=name, mimeType="text/plain", buffer=b"hoses") for name in ("one.txt", "two.txt")]
        )
        send = page.get_by_role("button", name=f"Send your {begins}" if begins == "question" else "Send dispute")
        send.click()
        expect(page.get_by_role("alert").first).to_be_focused()
        expect(page.get_by_text("two.txt", exact=True)).to_be_visible()
        if begins == "question":
            page.get_by_label("Subject").fill("Hoses")
            page.get_by_label("Your message").fill("Two came")
        else:
            page.get_by_label("The price is wrong").check()
            page.get_by_label("What is wrong?").fill("Two came")
        expect(page.get_by_role("alert")).to_have_count(0)
        audit(page)
        send.click()
        expect(page.get_by_text("It is sent, but not every file.")).to_be_visible()
        expect(page.get_by_text("The file could not be stored.")).to_have_count(1)
        expect(
            page.get_by_role("link", name=f"Open the {'conversation' if begins == 'question' else begins}")
        ).to_be_visible()
        audit(page)
        page.get_by_role("button", name="Send the files").click()
        expect(page.locator("#attaching li")).to_have_count(3)
        assert page.url.endswith("?sent=2")
        assert answers == []


def test_files_keep_the_reader_on_the_page_until_they_are_sent(
    chromium: Browser, served: str, scenario: Scenario
) -> None:
    hoses = FilePayload(name="hoses.txt", mimeType="text/plain", buffer=b"hoses")
    under_way: list[Route] = []

    def keep_waiting(route: Route) -> None:
        under_way.append(route)

    customer = session_cookie(scenario.log_in(scenario.cast.ours.customer), served)
    with window(chromium, width=WIDTHS[-1], cookies=[customer]) as page:
        page.route(f"{STORAGE}/**", keep_waiting)
        page.goto(f"{served}/messages/new")
        page.get_by_label("Files", exact=True).set_input_files(hoses)
        page.reload()
        page.get_by_label("Subject").fill("Hoses")
        page.get_by_label("Your message").fill("Two came")
        expect(page.get_by_role("alert")).to_contain_text("Choose the files again")
        page.get_by_label("Files", exact=True).set_input_files(hoses)
        expect(page.get_by_role("alert")).to_have_count(0)

        page.get_by_role("button", name="Send your question").click()
        expect(page.get_by_text("Your files are still being sent: stay on this page.")).to_be_visible()
        expect(page.get_by_role("link", name="Open the conversation")).to_be_hidden()
        expect(page.get_by_role("button", name="Send the files")).to_be_disabled()
        audit(page)
        under_way.pop().fulfill(status=201, headers=ANYBODY)
        expect(page.locator("#attaching li")).to_have_count(1)
        assert "/messages/new" not in page.url


def test_a_lost_connection_leaves_the_words_and_they_count_once(
    chromium: Browser, served: str, scenario: Scenario
) -> None:
    lost = "The connection was lost. Send it again: it counts once."
    customer = session_cookie(scenario.log_in(scenario.cast.ours.customer), served)
    with window(chromium, width=WIDTHS[-1], cookies=[customer]) as page:
        page.goto(f"{served}/messages/new")
        page.get_by_label("Subject").fill("Hoses")
        page.get_by_label("Your message").fill("Two came")
        page.context.set_offline(True)
        page.get_by_role("button", name="Send your question").click()
        expect(page.get_by_role("alert").filter(has_text=lost)).to_be_visible()
        expect(page.get_by_label("Your message")).to_have_value("Two came")
        page.context.set_offline(False)
        page.get_by_label("Subject").fill("")
        page.get_by_role("button", name="Send your question").click()
        expect(page.get_by_role("alert").first).to_contain_text("There is a problem")
        expect(page.get_by_text(lost)).to_have_count(0)
        page.get_by_label("Subject").fill("Hoses")
        page.get_by_role("button", name="Send your question").click()
        expect(page.get_by_role("heading", name="Hoses", level=1)).to_be_visible()

        page.get_by_label("Reply").fill("And one is too short")
        page.route("**/messages/*", _take_and_lose)
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_role("alert").filter(has_text=lost)).to_be_visible()
        audit(page)
        page.unroute("**/messages/*")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_label("Reply")).to_have_value("")
        expect(page.get_by_text("And one is too short", exact=True)).to_have_count(1)


def _take_and_lose(route: Route) -> None:
    """The server has it, and its answer never comes."""
    if route.request.method == "POST":
        route.fetch()
    route.abort()


def test_an_answer_takes_its_files_along_and_nothing_is_dropped_unasked(
    chromium: Browser, served: str, scenario: Scenario
) -> None:
    ours = scenario.cast.ours
    customer, staff = (session_cookie(scenario.log_in(one), served) for one in (ours.customer, ours.user))
    answers, asked = [201, 500, 201], list[str]()

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    with (
        window(chromium, width=WIDTHS[-1], cookies=[customer]) as asking,
        window(chromium, cookies=[staff], answer=stay) as answering,
    ):
        for page in (asking, answering):
            page.route(f"{STORAGE}/**", lambda route: route.fulfill(status=answers.pop(0), headers=ANYBODY))
        _ask(asking, served)
        asking.get_by_label("Reply").fill("Here is a photo")
        _choose(asking, "photo.txt")
        asking.get_by_role("button", name="Send", exact=True).click()
        asking.wait_for_url("**?sent=1")
        expect(asking.get_by_text("Here is a photo")).to_be_visible()
        expect(asking.locator("#attaching li")).to_have_count(1)

        answering.goto(f"{served}/staff/to-do")
        answering.get_by_role("link", name="Invoice 127070").first.click()
        text = answering.get_by_label("Answer to the customer, or a note for colleagues")
        text.fill("Half an ans")
        answering.get_by_role("button", name="Assign").click()
        assert asked == ["What you entered is not saved. Leave it?"]
        _choose(answering, "note.txt")
        answering.get_by_role("button", name="Add internal note").click()
        assert asked[1:] == ["The files that you have chosen are not sent. Go on without them?"]
        expect(text).to_have_value("Half an ans")
        text.fill("")
        send = answering.get_by_role("button", name="Send to the customer")
        send.click()
        expect(answering.get_by_role("alert").first).to_be_focused()
        text.fill("It is on its way")
        send.click()
        expect(answering.get_by_text("It is sent, but not every file.")).to_be_visible()
        expect(answering.locator("#attached")).to_contain_text("It is on its way")
        text.fill("Next")
        answering.get_by_role("button", name="Send files").click()
        expect(answering.locator("#attaching li")).to_have_count(2)  # announced twice
        expect(text).to_have_value("Next")
        assert (len(asked), answers) == (2, [])


def _choose(page: Page, name: str) -> None:
    page.get_by_text("Add files").click()
    page.get_by_label("Files", exact=True).set_input_files(
        [FilePayload(name=name, mimeType="text/plain", buffer=b"hoses")]
    )


def _ask(page: Page, served: str) -> None:
    page.goto(f"{served}/invoices/MTIwMA/invoice/MTI3MDcw")
    page.get_by_role("link", name="Ask a question about this").click()
    expect(page.get_by_label("Subject")).to_have_value("Invoice 127070")
    page.get_by_label("Your message").fill("One came, two are on it.")
    page.get_by_role("button", name="Send your question").click()
    expect(page.get_by_text("Waiting for an answer")).to_be_visible()
    expect(page.get_by_text("One came, two are on it.")).to_be_visible()
