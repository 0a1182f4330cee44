"""From the switcher to all my accounts, and back into one of them."""

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
from tests.ledger.accounts import a_facts, an_account
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
        "1201": [a_row("3", total=3_841_102, due_date="2024-07-05")],
    }
    publish(
        ours.import_scope,
        [an_account(of, facts=a_facts(ref, balance=sum(row.outstanding for row in of))) for ref, of in rows.items()],
    )
    publish(rival.import_scope, [an_account([a_row("9", total=61_240, due_date="2024-07-05")])])
    dealers.forget_published(ours.scope)
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
def test_b23_from_all_my_accounts_into_one_and_on_to_another(
    chromium: Browser, served: str, scenario: Scenario, width: int
) -> None:
    cookie = session_cookie(scenario.log_in(scenario.cast.ours.customer), served)
    with window(chromium, width=width, cookies=[cookie]) as page:
        page.goto(f"{served}/accounts")
        frame = page.get_by_role("region", name="Quernmore Trucks")
        expect(frame).to_contain_text("£612.40")
        audit(page)
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
