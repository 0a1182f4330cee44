"""Staff who see the portal as a customer reach that customer's pages, change nothing, and see no other's."""

from typing import Any

import pytest

from app import app
from chalicelib.http.access import Audience
from chalicelib.kernel.errors import READ_ONLY
from chalicelib.kernel.keys import link_part
from tests.fixtures.worlds import World
from tests.sweeps.canary_exports import canary
from tests.sweeps.scenario import Scenario, access_of, address, post
from tests.sweeps.test_extra_fields import FORMS, items
from tests.web.client import Visitor

pytestmark = pytest.mark.usefixtures("no_limit_reached")

OF_CUSTOMERS = sorted(
    (method, resource)
    for resource, methods in app.routes.items()
    for method in methods
    if method in {"GET", "POST"} and access_of(app, resource, method).audience is Audience.CUSTOMER
)
KEPT_BY_LOOKING = ("LIMIT#", "S#")
"""What anybody's look leaves: how often they came, and when last."""


def seeing(visitor: Visitor) -> None:
    """This member of staff sees the portal as account 1200."""
    path = f"/staff/accounts/{link_part('1200')}/see-as"
    assert post(visitor, path, {"reason": "asked on the phone"}).status == 303


def changed(aws: World, before: dict[tuple[str, str], dict[str, Any]]) -> set[tuple[str, str]]:
    after = items(aws)
    keys = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    return {key for key in keys if not key[0].startswith(KEPT_BY_LOOKING)}


@pytest.mark.parametrize("resource", [resource for method, resource in OF_CUSTOMERS if method == "GET"])
def test_they_see_what_the_customer_sees_and_nothing_is_written(scenario: Scenario, aws: World, resource: str) -> None:
    made = scenario.callers()
    path = address(scenario, resource, scenario.cast.ours)
    with scenario.visiting(made["our staff"], fresh=True) as visitor:
        seeing(visitor)
        before = items(aws)
        seen = visitor.get(path)
        assert not changed(aws, before)
    with scenario.visiting(made["our customer"], fresh=True) as visitor:
        theirs = visitor.get(path)
    personal = ("download" in resource, "notification" in resource)  # a file that one person waited for, their bell
    is_personal = any(personal) and seen.status == 404
    is_made = resource.endswith((".pdf", ".xlsx")) and seen.status == 403  # a file that is put into the bucket first
    assert seen.status == theirs.status or is_personal or is_made
    assert canary(scenario.cast.rival).encode() not in seen.everything


@pytest.mark.parametrize("resource", [resource for method, resource in OF_CUSTOMERS if method == "POST"])
def test_no_form_of_a_customer_is_taken_from_them(scenario: Scenario, aws: World, resource: str) -> None:
    path, fields = address(scenario, resource, scenario.cast.ours), FORMS[resource](scenario)
    with scenario.visiting(scenario.callers()["our staff"], fresh=True) as visitor:
        seeing(visitor)
        before = items(aws)
        page = post(visitor, path, fields)
        assert page.status == 403
        assert str(READ_ONLY) in page.text
        assert not changed(aws, before)
