"""A customer's user who is kept from an area finds none of its pages, no link to one, and no mail of it."""

import re
from collections.abc import Iterator

import pytest

from app import app
from chalicelib.customers.colleagues import repo
from chalicelib.customers.colleagues.model import Grant, Rights, State, person_key
from chalicelib.http.access import Access, Audience
from chalicelib.kernel.areas import ALL_AREAS, NEEDS, Area
from chalicelib.kernel.roles import Role
from tests.sweeps.scenario import Scenario, access_of, address, post

pytestmark = pytest.mark.usefixtures("no_limit_reached")

OF_CUSTOMERS = sorted(
    (method, resource)
    for resource, methods in app.routes.items()
    for method in methods
    if method in {"GET", "POST"} and access_of(app, resource, method).audience is Audience.CUSTOMER
)
LINK = re.compile(r'(?:href|action|formaction|hx-get|hx-post|src)="(/[^"?#]*)')


@pytest.fixture(scope="module")
def paths(scenario: Scenario) -> dict[tuple[str, str], str]:
    """Of each route what our customer has."""
    return {(method, resource): address(scenario, resource, scenario.cast.ours) for method, resource in OF_CUSTOMERS}


@pytest.fixture
def everything_again(scenario: Scenario) -> Iterator[None]:
    """Whatever a test took from the customer, the next one's has it all."""
    yield
    give(scenario, Rights())


def give(scenario: Scenario, rights: Rights) -> None:
    """These are what our customer may do from now on."""
    ours = scenario.cast.ours
    key = person_key(ours.customer.person_id)
    before = repo.grant(ours.scope, "1200", key)
    new = Grant(key, ours.customer.email, rights, State.ACTIVE, version=before.version if before else 0)
    repo.put(ours.scope, new, ref="1200", seen=None)


def kept_from(area: Area) -> frozenset[Area]:
    """All that go with it."""
    return ALL_AREAS - {area, *(one for one, needed in NEEDS.items() if needed is area)}


def access_of_path(path: str) -> Access | None:
    """What the route of a link declares."""
    found = [
        resource
        for resource in app.routes
        if "GET" in app.routes[resource] and re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(resource)), path)
    ]
    exact = min(found, key=lambda one: one.count("{"), default=None)
    return access_of(app, exact, "GET") if exact else None


@pytest.mark.usefixtures("everything_again")
@pytest.mark.parametrize("area", list(Area))
def test_what_somebody_is_kept_from_is_not_found(
    scenario: Scenario, paths: dict[tuple[str, str], str], area: Area
) -> None:
    given = kept_from(area)
    refused, links = 0, set[str]()
    ours = scenario.callers()["our customer"]
    give(scenario, Rights(Role.VIEW, given))
    for (method, resource), path in paths.items():
        access = access_of(app, resource, method)
        with scenario.visiting(ours) as visitor:
            about_area = area is Area.MESSAGES and "{notification}" in resource  # the one there is says of an answer
            if about_area or not access.areas <= given:
                refused += 1
                seen = post(visitor, path) if method == "POST" else visitor.get(path)
                assert seen.status == 404, f"{method} {resource}: {seen.status}"
            elif method == "GET":
                seen = visitor.get(path)
                expected = {403} if access.role and not Role.VIEW.includes(access.role) else {200, 303}
                assert seen.status in expected, f"{resource}: {seen.status}"
                links |= set(LINK.findall(seen.text)) if "text/html" in seen.headers["content-type"] else set()
    assert refused
    reached = {link: access_of_path(link) for link in links}
    dead = {link for link, access in reached.items() if access and not access.areas <= given}
    assert not dead


@pytest.mark.usefixtures("everything_again")
def test_who_sees_all_areas_is_let_in_as_before(scenario: Scenario) -> None:
    give(scenario, Rights(Role.VIEW))
    with scenario.visiting(scenario.callers()["our customer"]) as visitor:
        assert visitor.get("/transactions").status == 200
        assert visitor.get("/details/change?field=phone").status == 403


@pytest.mark.usefixtures("everything_again")
@pytest.mark.parametrize("state", [State.ENDED, State.CANCELLED])
def test_who_has_no_access_any_more_finds_nothing_with_a_session_that_is_open(scenario: Scenario, state: State) -> None:
    ours = scenario.cast.ours
    with scenario.visiting(scenario.callers()["our customer"]) as visitor:
        assert visitor.get("/transactions").status == 200
        key = person_key(ours.customer.person_id)
        before = repo.grant(ours.scope, "1200", key)
        gone = Grant(key, ours.customer.email, Rights(), state, version=before.version if before else 0)
        repo.put(ours.scope, gone, ref="1200", seen=None)
        for path in ("/transactions", "/details", "/profile", "/notifications"):
            assert visitor.get(path).status == 404, path
