"""An admin invites a colleague, says what somebody sees, and ends their access; staff see the same people."""

from collections.abc import Iterator
from random import Random

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.customers.colleagues.model import Rights
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.ledger import repo as ledger
from tests.browser.chrome import WIDTHS, audit, window
from tests.browser.served import NOW, serving_portal, session_cookie
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.customers.colleagues.made import colleague, enrolled
from tests.fixtures.cast import make_cast
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.sweeps.scenario import Scenario

pytestmark = pytest.mark.browser
LONG = "hilda.von.und.zu.hohenlohe.langenburg@landmaschinen-genossenschaft.example"


@pytest.fixture
def scenario(aws: World, request: pytest.FixtureRequest) -> Scenario:
    assert aws.name
    ids = Ids(random_bytes=Random(request.node.nodeid).randbytes)
    made = Scenario(make_cast(ids, NOW), ids, NOW)
    ours = made.cast.ours
    publish(ours.import_scope, [an_account([a_row("127070", total=770)])])
    publish_directory(ours.import_scope, [account("1200", "Mr A L Barlow")])
    enrolled(ours, NOW)
    listed(ours, ours.admin, ours.user, now=NOW)
    dealers.forget_published(ours.scope)
    ledger.forget()
    return made


@pytest.fixture
def served(scenario: Scenario) -> Iterator[str]:
    with serving_portal(scenario.ids, NOW) as at:
        yield at


@pytest.mark.parametrize("width", WIDTHS)
def test_colleagues_are_invited_kept_from_invoices_and_ended(
    chromium: Browser, served: str, scenario: Scenario, width: int
) -> None:
    ours = scenario.cast.ours
    other = colleague(ours, Rights(Role.VIEW), ids=scenario.ids, now=NOW)
    admin, theirs, staff = (session_cookie(scenario.log_in(one), served) for one in (ours.customer, other, ours.user))
    with (
        window(chromium, width=width, cookies=[admin]) as managing,
        window(chromium, width=width, cookies=[theirs]) as reading,
    ):
        _invite(managing, served)
        reading.goto(f"{served}/transactions")
        expect(reading.get_by_role("link", name="My Transactions")).to_be_visible()
        managing.get_by_role("link", name=f"Change access of {other.email}").click()
        for area in ("Invoices and balance", "Statements", "Disputes"):
            managing.get_by_role("checkbox", name=area).uncheck()
        audit(managing)
        managing.get_by_role("button", name="Save Changes").click()
        expect(managing.get_by_text("Documents, Messages")).to_be_visible()
        reading.goto(f"{served}/documents")
        expect(reading.get_by_role("link", name="My Transactions")).to_have_count(0)
        managing.get_by_role("link", name=f"End access {other.email}").click()
        managing.get_by_role("button", name="End access").click()
        expect(managing.get_by_role("heading", name="Access ended")).to_be_visible()
        audit(managing)
        reading.reload()
        expect(reading.get_by_role("button", name="Log In", exact=True)).to_be_visible()
    with window(chromium, width=width, cookies=[staff]) as looking:
        looking.goto(f"{served}/staff/accounts/MTIwMA")
        expect(looking.get_by_role("link", name=f"Withdraw {LONG}")).to_be_visible()
        audit(looking)


def _invite(page: Page, served: str) -> None:
    page.goto(f"{served}/profile")
    page.get_by_role("link", name="Colleagues").click()
    page.get_by_role("link", name="Invite a person").click()
    page.get_by_label("Admin").check()
    expect(page.get_by_text("What they see")).to_be_hidden()
    page.get_by_label("View", exact=False).first.check()
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter an email address")
    audit(page)
    page.get_by_label("Email address").fill(LONG)
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("row", name=LONG)).to_contain_text("Being sent")
