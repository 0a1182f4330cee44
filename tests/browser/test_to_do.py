"""The staff's to-do list in Chromium: ticks, the bar that counts them, and filters that follow the typing."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.kernel.ids import Ids
from chalicelib.tasks import repo
from chalicelib.tasks.kinds import CHANGE
from tests.browser.chrome import WIDTHS, audit, window
from tests.browser.served import NOW, serving_portal, session_cookie
from tests.fixtures.cast import Dealership, make_cast
from tests.fixtures.worlds import World
from tests.sweeps.scenario import Scenario
from tests.tasks.made import opened

pytestmark = pytest.mark.browser
PAPER = 794
"""A4 upright in pixels, as media queries see it."""


@pytest.fixture
def scenario(aws: World, request: pytest.FixtureRequest) -> Scenario:
    assert aws.name
    ids = Ids(random_bytes=Random(request.node.nodeid).randbytes)
    made = Scenario(make_cast(ids, NOW), ids, NOW)
    ours = made.cast.ours.scope
    opened(ours, NOW - timedelta(days=8), ids, reason="The account number is not known in the branch of Castleton")
    opened(ours, NOW - timedelta(days=3), ids, reason="Too long", ref="1201", name="John Frost Imports")
    opened(ours, NOW, ids, kind=CHANGE, value="07700 900 118")
    return made


@pytest.fixture
def served(scenario: Scenario) -> Iterator[str]:
    with serving_portal(scenario.ids, NOW) as at:
        yield at


def test_a_printed_list_keeps_each_due_date_on_a_line(chromium: Browser, served: str, scenario: Scenario) -> None:
    session = session_cookie(scenario.log_in(scenario.cast.ours.user), served)
    with window(chromium, width=PAPER, cookies=[session]) as page:
        page.goto(f"{served}/staff/to-do")
        page.emulate_media(media="print")
        for due in page.locator(".due").all():
            assert due.evaluate("it => it.clientHeight < 2 * parseFloat(getComputedStyle(it).fontSize)")


def assigned(ours: Dealership) -> list[str]:
    return sorted(task.assigned_to or "" for task in repo.tasks(ours.scope))


@pytest.mark.parametrize("width", WIDTHS)
def test_tasks_are_found_ticked_and_taken(chromium: Browser, served: str, scenario: Scenario, width: int) -> None:
    me = scenario.cast.ours.user.person_id
    session = session_cookie(scenario.log_in(scenario.cast.ours.user), served)
    with window(chromium, width=width, cookies=[session]) as page:
        page.goto(f"{served}/staff/to-do")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        audit(page)
        bar = page.get_by_role("region", name="Selected tasks")
        expect(bar).to_be_hidden()
        page.get_by_role("checkbox").nth(0).check()
        page.get_by_role("checkbox").nth(1).check()
        expect(bar.get_by_role("button", name="Assign 2 tasks")).to_be_visible()
        audit(page)
        bar.get_by_role("button", name="Assign 2 tasks").click()
        expect(page.get_by_role("status").filter(has_text="2 tasks assigned")).to_be_visible()
        assert assigned(scenario.cast.ours) == ["", me, me]
        page.get_by_label("Search").fill("07700")
        expect(page.get_by_role("status").filter(has_text="1 open")).to_be_visible()
        page.get_by_role("button", name="Take").click()
        expect(page.get_by_role("status").filter(has_text="1 task is yours")).to_be_visible()
        assert assigned(scenario.cast.ours) == [me, me, me]
