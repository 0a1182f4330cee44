"""A master account and what it answers for; all my accounts, and from one into another."""

from collections.abc import Iterator
from random import Random

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.dealers import queries as dealers
from chalicelib.identity import repo as identity
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.identity.repo import writes
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.ledger import repo as ledger
from tests.browser.chrome import WIDTHS, audit, window
from tests.browser.served import NOW, serving_portal, session_cookie
from tests.fixtures.cast import Dealership, make_cast
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account
from tests.ledger.groups import publish_group
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.sweeps.scenario import Scenario

pytestmark = pytest.mark.browser


@pytest.fixture
def scenario(aws: World, request: pytest.FixtureRequest) -> Scenario:
    assert aws.name
    ids = Ids(random_bytes=Random(request.node.nodeid).randbytes)
    made = Scenario(make_cast(ids, NOW), ids, NOW)
    ours, rival = made.cast.ours, made.cast.rival
    rows = {
        "1200": [a_row("1", total=66_430, due_date="2024-06-04"), a_row("2", total=113_250, due_date="2024-07-05")],
        "5001": [a_row("S1", total=4_050, on="2024-04-17", due_date="2024-05-17", description="Hose")],
        "5002": [a_row("S2", total=-1_025, on="2024-05-30", type="credit_note", description="Parts returned")],
        "1201": [a_row("3", total=3_841_102, due_date="2024-07-05")],
    }
    publish_group(ours.import_scope, rows, master="1200", others=["1201"])
    publish(rival.import_scope, [an_account([a_row("9", total=61_240, due_date="2024-07-05")])])
    dealers.forget_published(rival.scope)
    ledger.forget()
    _join(made, ours, "1201", "John Frost Imports")
    _join(made, rival, "1200", "Postgate Farm Haulage")
    return made


def _join(scenario: Scenario, dealership: Dealership, ref: str, name: str) -> None:
    new = Membership(
        dealership.dealer.dealer_id, MembershipKind.CUSTOMER, ref, name, role=Role.VIEW, invitation_id="1", active=True
    )
    identity.commit(IdentityScope(), [writes.put_membership(scenario.cast.ours.customer.person_id, new, NOW)])


@pytest.fixture
def served(scenario: Scenario) -> Iterator[str]:
    with serving_portal(scenario.ids, NOW) as at:
        yield at


@pytest.mark.parametrize("width", WIDTHS)
def test_b23_all_accounts_of_a_group_and_all_of_a_person(
    chromium: Browser, served: str, scenario: Scenario, width: int
) -> None:
    cookie = session_cookie(scenario.log_in(scenario.cast.ours.customer), served)
    with window(chromium, width=width, cookies=[cookie]) as page:
        page.goto(f"{served}/transactions")
        page.get_by_role("link", name="All 3 accounts").click()
        expect(page.get_by_text("Of 3 accounts together")).to_be_visible()
        audit(page)
        page.get_by_role("table", name="Balance by account and age").get_by_role("link", name="5001").click()
        expect(page.get_by_role("heading", name="Farm 5001, account 5001")).to_be_visible()
        page.get_by_role("link", name="S1", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("S1")
        page.get_by_role("main").get_by_role("link", name="All accounts").click()
        expect(page).to_have_url(f"{served}/account-group?account=5001")
        audit(page)
        page.get_by_role("link", name="All 3 accounts").click()
        page.goto(f"{served}/accounts")
        frame = page.get_by_role("region", name="Quernmore Trucks")
        expect(frame).to_contain_text("£612.40")
        audit(page)
        arrow, amount = (frame.locator(f".choice {part}").bounding_box() for part in (".bi-chevron-right", ".num"))
        assert arrow
        assert amount
        assert amount["x"] + amount["width"] <= arrow["x"]
        frame.get_by_role("button", name="Postgate Farm Haulage").click()
        expect(page).to_have_url(f"{served}/transactions")
        if width == WIDTHS[0]:
            page.locator(".account-menu summary").click()
            menu = page.get_by_role("region", name="Accounts")
            expect(menu.get_by_role("button")).to_have_count(3)
            audit(page)
            menu.get_by_role("button", name="John Frost Imports").click()
        else:
            page.get_by_role("link", name="Change account").click()
            expect(page.get_by_role("heading", name="All my accounts")).to_be_visible()
            page.get_by_role("button", name="John Frost Imports").click()
        expect(page.get_by_text("account 1201")).to_be_visible()
