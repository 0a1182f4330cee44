import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_the_running_portal_answers_a_browser(page: Page) -> None:
    answer = page.goto("/login")
    assert answer
    assert answer.ok
    assert page.get_by_role("button", name="Log In", exact=True).is_visible()
