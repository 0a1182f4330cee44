"""A list that refreshes itself leaves alone what the user is doing in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from chalicelib.kernel.ids import Ids
from tests.browser.chrome import window
from tests.browser.served import NOW, serving_portal
from tests.fixtures.cast import make_cast
from tests.fixtures.worlds import World

pytestmark = pytest.mark.browser
SWITCH = """
<form id="form" hx-post="/switched" hx-target="this" hx-swap="outerHTML"><button id="switch">{label}</button></form>
"""
LIST = f"""
<div id="live" hx-get="/refreshed" hx-trigger="every 50ms" hx-disinherit="*" hx-select="#live" hx-swap="outerHTML">
{SWITCH.format(label="Off")}
</div>
"""
ADD = """
(list) => {
  document.querySelector("main").insertAdjacentHTML("beforeend", list);
  htmx.process(document.getElementById("live"));
}
"""


@pytest.fixture
def served(aws: World, ids: Ids) -> Iterator[str]:
    assert aws.name
    make_cast(ids, NOW)
    with serving_portal(ids, NOW) as at:
        yield at


def first(requests: list[Route], page: Page) -> Route:
    """Taken out of those that wait for an answer, as soon as there is one."""
    while not requests:
        page.wait_for_timeout(10)
    return requests.pop(0)


def test_a_refresh_never_undoes_what_the_user_does(chromium: Browser, served: str) -> None:
    """One that was asked for before the click and comes after it, and one that is due while the click is sent."""
    refreshes: list[Route] = []
    clicks: list[Route] = []
    with window(chromium) as page:
        page.goto(f"{served}/login")
        page.route("**/refreshed", lambda route: refreshes.append(route))  # noqa: PLW0108 - Playwright wants a function of Python
        page.route("**/switched", lambda route: clicks.append(route))  # noqa: PLW0108
        page.evaluate(ADD, LIST)
        refresh = first(refreshes, page)
        switch = page.locator("#switch")
        switch.press("Enter")
        click = first(clicks, page)
        page.evaluate("window.pressed = document.getElementById('form')")
        refresh.fulfill(body=LIST)
        page.wait_for_timeout(200)
        assert page.evaluate("window.pressed.isConnected"), "replaced while it waited for its answer"
        assert not refreshes, "asked while a click was under way"
        click.fulfill(body=SWITCH.format(label="On"))
        expect(switch).to_have_text("On")
        expect(switch).to_be_focused()
        first(refreshes, page).fulfill(body=LIST.replace("Off", "On again"))
        expect(switch).to_have_text("On again")
        page.unroute_all(behavior="ignoreErrors")
