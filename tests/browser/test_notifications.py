"""From the bell to what is new and back, and the choice of what comes by mail."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from playwright.sync_api import Browser, expect

from chalicelib import services
from chalicelib.alerts import operations
from chalicelib.alerts.kinds import DISPUTE_NEWS, DOCUMENT_REQUESTED
from chalicelib.alerts.model import Alert, Entry
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.operations import change_settings, settings_fingerprint
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.ledger import repo as ledger
from chalicelib.mail.texts import RecordingTextSender
from chalicelib.notifications.dispatch import send_due
from tests.alerts.made import notified
from tests.browser.chrome import WIDTHS, audit, window
from tests.browser.served import NOW, serving_portal, session_cookie
from tests.fixtures.cast import make_cast
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.sweeps.scenario import Scenario
from tests.uploads.document_requests.made import known

pytestmark = pytest.mark.browser
LONG = "https://carrier.example/" + "parcel" * 30


@pytest.fixture
def scenario(aws: World, request: pytest.FixtureRequest) -> Scenario:
    assert aws.name
    ids = Ids(random_bytes=Random(request.node.nodeid).randbytes)
    made = Scenario(make_cast(ids, NOW), ids, NOW)
    ours = made.cast.ours
    publish(ours.import_scope, [an_account([a_row("127070", total=770)])])
    known(ours, NOW)
    dealers.forget_published(ours.scope)
    ledger.forget()
    notified(ours, NOW - timedelta(minutes=5), ids, subject=LONG)
    notified(ours, NOW - timedelta(days=1), ids)
    dispute = {
        "references": "126884",
        "state": "acknowledged",
        "words": "We ask the Castleton depot for the second hose.",
    }
    asked = {"mail": "document_requested", "title": "Proof of farm insurance", "due": "2024-06-28"}
    for kind, path, about in (
        (DISPUTE_NEWS, "/transactions", dispute),
        (DOCUMENT_REQUESTED, "/documents", asked),
    ):
        entry = Entry(ids.ulid(NOW - timedelta(hours=2)), Alert(kind.name, "1200", "", path, about))
        operations.add(ours.import_scope, entry, person_id=ours.customer.person_id)
    return made


@pytest.fixture
def served(scenario: Scenario) -> Iterator[str]:
    with serving_portal(scenario.ids, NOW) as at:
        yield at


@pytest.mark.parametrize("width", WIDTHS)
def test_b31_a_number_is_proved_and_a_text_message_is_chosen(
    chromium: Browser, served: str, scenario: Scenario, width: int
) -> None:
    texts, wanted, scope = RecordingTextSender(), {"sms_notifications": True}, scenario.cast.ours.admin.staff_scope
    seen = settings_fingerprint(dealers.dealer(scope, fresh=True), wanted)
    change_settings(scope, wanted, seen=seen, now=NOW, ids=scenario.ids)
    cookie = session_cookie(scenario.log_in(scenario.cast.ours.customer), served)
    with (
        services.use(replace(services.current(), texts=texts)),
        window(chromium, width=width, cookies=[cookie]) as page,
    ):
        page.goto(f"{served}/profile/notifications")
        group = page.get_by_role("group", name="Answers to my questions")
        expect(group.get_by_label("Text message")).to_be_disabled()
        audit(page)
        page.get_by_role("link", name="Enter a mobile number").click()
        audit(page)
        page.get_by_label("Mobile number").fill("07400 123456")
        page.get_by_role("button", name="Send me a code").click()
        expect(page.get_by_label("6-digit code")).to_be_visible()
        audit(page)
        send_due(IdentityScope(), deps=services.current().mail_deps)
        page.get_by_label("6-digit code").fill(texts.sent[-1].text[:6])
        page.get_by_role("button", name="Use this number").click()
        expect(page.get_by_text("They go to •••456")).to_be_visible()
        group.get_by_label("Text message").check()
        audit(page)
        page.get_by_role("button", name="Save changes").click()
        expect(group.get_by_label("Text message")).to_be_checked()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_bell_leads_to_what_is_new(chromium: Browser, served: str, scenario: Scenario, width: int) -> None:
    cookie = session_cookie(scenario.log_in(scenario.cast.ours.customer), served)
    with window(chromium, width=width, cookies=[cookie]) as page:
        page.goto(f"{served}/transactions")
        bell = page.locator(".bell-menu summary")
        expect(bell).to_contain_text("4 unread")
        bell.click()
        menu = page.locator(".bell")
        expect(menu.get_by_role("listitem")).to_have_count(4)
        audit(page)
        menu.get_by_role("link", name="Your dispute over 126884").click()
        expect(page).to_have_url(f"{served}/transactions")
        expect(bell).to_contain_text("3 unread")
        page.goto(f"{served}/notifications")
        audit(page)
        page.get_by_role("button", name="Moorbeck Machinery asks for a document").click()
        expect(bell).to_contain_text("2 unread")
        page.get_by_role("button", name="Mark all as read").click()
        expect(bell.locator(".bubble")).to_have_count(0)
        page.get_by_role("main").get_by_role("link", name="Choose notifications").click()
        group = page.get_by_role("group", name="Answers to my questions")
        group.get_by_label("By email").uncheck()
        audit(page)
        page.get_by_role("button", name="Save Changes").click()
        expect(page.get_by_text("Saved")).to_be_visible()
        expect(group.get_by_label("By email")).not_to_be_checked()
        expect(group.get_by_label("In the portal")).to_be_checked()
