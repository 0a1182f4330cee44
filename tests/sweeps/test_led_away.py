"""On no route does a header or a field of the request say where a link, a redirect or a form leads (threats 7, 18)."""

from itertools import cycle, islice
from urllib.parse import quote, urlencode, urlsplit

import pytest

from app import app
from chalicelib.http import cookies
from chalicelib.http.access import Audience
from chalicelib.identity.sessions import csrf_token
from tests.fixtures.figures import RecordFigure
from tests.sweeps.scenario import Scenario, access_of, address
from tests.web.client import OWN_PAGE, Page
from tests.web.tricks import HOSTILE_HOSTS, NOT_OURS

EVIL = b"evil.example"
NAMES = ("next", "back", "url", "return", "redirect", "to", "goto", "done")
"""Names under which some page reads a place to go on to, or might."""
ROUTES = sorted((path, method) for path, methods in app.routes.items() for method in methods if method != "HEAD")
HEADERS = {name: value for headers in HOSTILE_HOSTS for name, value in headers.items()}
TURNS = 2
"""So often each route is called: each time every name has another trick."""


def called(scenario: Scenario, resource: str, method: str, *, fields: dict[str, str], headers: dict[str, str]) -> Page:
    audience = access_of(app, resource, method).audience
    named = {
        Audience.CUSTOMER: "our customer",
        Audience.API_KEY: "our upload client",
        Audience.VISITOR: "anonymous",
    }
    caller = scenario.callers()[named.get(audience, "our admin")]
    path = f"{address(scenario, resource, scenario.cast.ours)}?{urlencode(fields, quote_via=quote)}"
    with scenario.visiting(caller, fresh=method == "POST" and audience is Audience.LOGGED_IN) as visitor:
        if method != "POST":
            return visitor.call(method, path, headers=headers)
        visitor.cookies[cookies.CSRF] = "d" * 43
        secret = visitor.cookies.get(cookies.SESSION)
        body = urlencode({**fields, "csrf": csrf_token(secret) if secret else "d" * 43})
        return visitor.call("POST", path, body=body, headers=OWN_PAGE | headers)


@pytest.mark.parametrize(("resource", "method"), ROUTES)
def test_no_header_names_the_host(scenario: Scenario, resource: str, method: str) -> None:
    assert EVIL not in called(scenario, resource, method, fields={}, headers=HEADERS).everything


@pytest.mark.parametrize(("resource", "method"), ROUTES)
def test_no_field_leads_away(scenario: Scenario, resource: str, method: str) -> None:
    tricks = cycle(NOT_OURS)
    for _ in range(TURNS):
        fields = dict(zip(NAMES, islice(tricks, len(NAMES)), strict=True))
        page = called(scenario, resource, method, fields=fields, headers={})
        link = urlsplit(page.location)
        assert not link.netloc or "X-Amz-Signature" in link.query, page.location
        assert not page.location.startswith(("//", "/\\", "\\")), page.location
        if "text/html" in page.headers.get("content-type", ""):
            assert not [form for form in page.forms if "evil" in urlsplit(form.action).netloc]


def test_the_count(figures: RecordFigure) -> None:
    fields = len(ROUTES) * TURNS * len(NAMES)
    figures(f"led away: {len(ROUTES)} routes, {len(HEADERS)} headers of other hosts, {fields} fields, none followed")
    assert len(HEADERS) == 7
