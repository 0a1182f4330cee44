"""Every page of the portal in Chromium: no fault that axe knows, wide in light and narrow in dark; fit for a phone.

The list comes from the routes, so that no page is forgotten; EXTRA adds states of pages that an address can reach.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from app import app
from chalicelib.http.access import Audience
from chalicelib.identity import invitations, recovery
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from tests.browser.brands import BRANDS, dress
from tests.browser.chrome import AXE, EVERY_LOOK, LOOKS, NARROWEST, Look, audit, audit_looks, audit_phone, window
from tests.browser.hostile_pages import mails_of
from tests.browser.served import NOW, logged_in_as, serving_portal
from tests.bundles import PDF
from tests.fixtures.cast import make_cast, make_dealership
from tests.fixtures.worlds import World
from tests.sweeps.scenario import Scenario, access_of, address, furnish
from tests.uploads.made_files import PICTURE

pytestmark = pytest.mark.browser
Audit = Callable[..., None]
"""Goes to an address in its window and fails for what is wrong there in the looks."""
LONG_NAME = "Landmaschinen Schwarzenberger-Öttinger & Söhne GmbH & Co. KG"
LONG_WORD = "Norderfriedrichskoogeragrargenossenschaftslohnbetrieb2024001"
FILES = (
    "/health",
    "/d/{slug}/brand.css",
    "/d/{slug}/frame.css",
    "/d/{slug}/landing.css",
    "/account-group.csv",
    "/account-group.xlsx",
    "/transactions.csv",
    "/transactions.xlsx",
    "/statements.xlsx",
    "/staff/accounts.csv",
    "/staff/feed.csv",
    "/staff/activity.csv",
    "/staff/customise/brand.css",
    "/staff/accounts/invite.html",
    "/staff/customise/mails/preview.html",
)
"""GET routes that answer with a file, not with a page."""
SET_UP = ("/staff/customise", "/staff/landing-page", "/staff/settings", "/staff/users")
"""Pages in which exports have no part."""
ENDINGS = (
    "/pdf",
    ".pdf",
    ".zip",
    ".csv",
    ".xml",
    "/csv",
    "/xlsx",
    ".png",
    ".jpg",
    ".svg",
    "/{picture}",
    "/{attachment}",
    "/file",
    "/thumbnail",
)
EXTRA = {
    Audience.VISITOR: ["/login?done=out", "/login?next=/transactions"],
    Audience.CUSTOMER: [
        "/transactions?q=nothing+like+it",
        "/transactions?type=payment&status=history",
        "/transactions?sort=total&order=asc",
        "/account-group?account=1302&status=history",
        "/statements?period=own&from=2024-06-05&to=2024-06-01",
        "/staff/accounts",
    ],
    Audience.STAFF: [
        "/staff/accounts?q=nothing+like+it",
        "/staff/accounts?status=ineligible",
        "/staff/to-do?q=nothing",
        "/staff/document-requests/new?q=12",
        "/staff/document-requests/new?account=MTIwMA",
        "/transactions",
    ],
}


def pages_of(*audiences: Audience) -> list[str]:
    """The routes of these audiences that show pages, and their further states."""
    routes = [
        path
        for path, methods in app.routes.items()
        if "GET" in methods
        and access_of(app, path, "GET").audience in audiences
        and path not in FILES
        and not path.endswith(ENDINGS)
    ]
    return sorted(routes) + [path for audience in audiences for path in EXTRA.get(audience, [])]


@pytest.fixture(scope="module")
def scenario(aws: World, ids: Ids) -> Scenario:
    long = make_dealership(ids, NOW, name=LONG_NAME, prefix="long", phone="+49 (0)831 / 555 0100-4711")
    return furnish(aws, replace(make_cast(ids, NOW), ours=long), ids, NOW)


@pytest.fixture(scope="module")
def tokens(scenario: Scenario, ids: Ids) -> dict[str, str]:
    """One-time links that work, by the route that they open."""
    dealership = scenario.cast.ours
    offered = Membership(dealership.dealer.dealer_id, MembershipKind.CUSTOMER, "1200", "Mr A L Barlow", role=Role.ADMIN)
    invited = ids.ulid(NOW)
    link = invitations.create_invitation(
        IdentityScope(), email="new@farm.example", membership=offered, invitation_id=invited, now=NOW, ids=ids
    )
    reset = recovery.create_reset_link(IdentityScope(), email=dealership.user.email, request_id="r1", now=NOW, ids=ids)
    assert reset
    return {"/i/{token}": link.secret, "/reset/{token}": reset.link.secret}


@pytest.fixture(scope="module")
def served(scenario: Scenario, ids: Ids) -> Iterator[str]:  # noqa: ARG001 - what it serves
    with serving_portal(ids, NOW) as at:
        yield at


@pytest.fixture(scope="module")
def fresh(scenario: Scenario, ids: Ids) -> Scenario:
    """A dealer that has sent nothing yet."""
    bare = make_dealership(ids, NOW, name=LONG_NAME, prefix="brightfold", phone="")
    return replace(
        scenario, cast=replace(scenario.cast, ours=bare), keys={**scenario.keys, bare.dealer.dealer_id: ""}, sessions={}
    )


@contextmanager
def auditing(chromium: Browser, cookies: Sequence[Any] = ()) -> Iterator[Audit]:
    """Audits one page after the other in one window: one for each would start a process and fetch all assets anew."""
    seen: list[str] = []
    with window(chromium, cookies=cookies, seen=seen) as page:
        page.add_init_script(AXE)
        # What is fetched from another origin is given here.
        page.route("**/pdf?*", lambda route: route.fulfill(content_type="application/pdf", body=PDF))
        page.route("**/thumbnail", lambda route: route.fulfill(content_type="image/png", body=PICTURE))

        def audit_page(url: str, looks: Sequence[Look] = LOOKS) -> None:
            answer = page.goto(url)
            assert answer
            assert answer.status < 500
            audit_looks(page, looks)
            audit_phone(page)
            problems, seen[:] = seen.copy(), []
            assert not problems, problems

        yield audit_page


@pytest.fixture(scope="module")
def as_visitor(chromium: Browser) -> Iterator[Audit]:
    with auditing(chromium) as audit_page:
        yield audit_page


@pytest.fixture(scope="module")
def as_customer(chromium: Browser, scenario: Scenario, served: str) -> Iterator[Audit]:
    with auditing(chromium, logged_in_as("our customer", scenario, served)) as audit_page:
        yield audit_page


@pytest.fixture(scope="module")
def as_admin(chromium: Browser, scenario: Scenario, served: str) -> Iterator[Audit]:
    with auditing(chromium, logged_in_as("our admin", scenario, served)) as audit_page:
        yield audit_page


@pytest.mark.parametrize("path", pages_of(Audience.PUBLIC, Audience.VISITOR))
def test_pages_before_log_in(
    as_visitor: Audit, served: str, scenario: Scenario, tokens: dict[str, str], path: str
) -> None:
    for token in {tokens.get(path, ""), ""} if "{token}" in path else {""}:
        where = path.replace("{token}", token) if token else address(scenario, path, scenario.cast.ours)
        as_visitor(served + where)


def test_an_address_that_is_none_leads_on_to_a_page_of_ours(chromium: Browser, served: str) -> None:
    with window(chromium) as page:
        page.goto(served + "/nothing-here")
        page.wait_for_url("**/not-found")
        audit(page)


@pytest.mark.parametrize("path", pages_of(Audience.LOGGED_IN, Audience.MEMBER, Audience.CUSTOMER))
def test_a_customers_pages(as_customer: Audit, served: str, scenario: Scenario, path: str) -> None:
    as_customer(served + address(scenario, path, scenario.cast.ours))


@pytest.mark.parametrize("path", pages_of(Audience.LOGGED_IN, Audience.MEMBER, Audience.STAFF))
def test_the_dealers_pages(as_admin: Audit, served: str, scenario: Scenario, path: str) -> None:
    as_admin(served + address(scenario, path, scenario.cast.ours))


@pytest.mark.soak
@pytest.mark.parametrize("brand", BRANDS)
def test_every_page_in_three_brandings(
    chromium: Browser, served: str, scenario: Scenario, ids: Ids, brand: str
) -> None:
    dress(scenario.cast.ours, BRANDS[brand], now=NOW, ids=ids)
    audiences = {
        "": (Audience.PUBLIC, Audience.VISITOR),
        "our customer": (Audience.LOGGED_IN, Audience.MEMBER, Audience.CUSTOMER),
        "our admin": (Audience.STAFF,),
    }
    for who, theirs in audiences.items():
        with auditing(chromium, logged_in_as(who, scenario, served) if who else ()) as audit_page:
            for path in pages_of(*theirs):
                audit_page(served + address(scenario, path, scenario.cast.ours), EVERY_LOOK)


@pytest.mark.parametrize("who", ["our customer", "our admin"])
def test_pages_before_the_first_export(chromium: Browser, served: str, fresh: Scenario, who: str) -> None:
    audience = Audience.CUSTOMER if who == "our customer" else Audience.STAFF
    with auditing(chromium, logged_in_as(who, fresh, served)) as audit_page:
        for path in filter(changes_with_exports, pages_of(audience)):
            audit_page(served + address(fresh, path, fresh.cast.ours), LOOKS[-1:])


def changes_with_exports(path: str) -> bool:
    """What an address names comes with exports, too: without them it is not found."""
    return not path.startswith(SET_UP) and "{" not in path


def test_a_mail_is_no_wider_than_a_phone(chromium: Browser, scenario: Scenario) -> None:
    with window(chromium, width=NARROWEST, touch=True) as page:
        for mail in mails_of(scenario, LONG_WORD):
            page.set_content(mail.html)
            assert page.evaluate("document.documentElement.scrollWidth") == NARROWEST, mail.subject


def test_an_empty_file_is_refused_before_it_is_sent(chromium: Browser, served: str, scenario: Scenario) -> None:
    with window(chromium, cookies=logged_in_as("our admin", scenario, served)) as page:
        page.goto(served + "/staff/imports")
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.method))
        empty: Any = {"name": "ccx_ours.zip", "mimeType": "application/zip", "buffer": b""}
        page.locator("#file").set_input_files(empty)
        page.get_by_role("button", name="Upload", exact=True).click()
        expect(page.locator("[data-problem]")).to_contain_text("This file is empty.")
        assert "POST" not in sent


def test_without_scripts_the_page_says_what_the_storage_means(
    chromium: Browser, served: str, scenario: Scenario
) -> None:
    with window(chromium, scripts=False, cookies=logged_in_as("our admin", scenario, served)) as page:
        page.goto(served + "/staff/imports")
        for word in ("EntityTooSmall", "EntityTooLarge", "AccessDenied"):
            expect(page.get_by_text(word)).to_be_visible()
