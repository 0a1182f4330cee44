"""A question from the invoice to its answer, in two browsers: the customer's and the staff's."""

from collections.abc import Iterator
from random import Random

import pytest
from playwright.sync_api import Browser, Page, expect

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
    with serving_portal(scenario.ids, NOW) as at:
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


def _ask(page: Page, served: str) -> None:
    page.goto(f"{served}/invoices/MTIwMA/invoice/MTI3MDcw")
    page.get_by_role("link", name="Ask a question about this").click()
    expect(page.get_by_label("Subject")).to_have_value("Invoice 127070")
    page.get_by_label("Your message").fill("One came, two are on it.")
    page.get_by_role("button", name="Send your question").click()
    expect(page.get_by_text("Waiting for an answer")).to_be_visible()
    expect(page.get_by_text("One came, two are on it.")).to_be_visible()
