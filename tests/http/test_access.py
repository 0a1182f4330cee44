"""Each permission lets in whom it names; everybody else gets what the enum says, and learns nothing more."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from chalicelib.http.access import Permission
from chalicelib.http.routing import Pages
from chalicelib.identity.sessions import csrf_token
from tests.web.client import Visitor

Visit = Callable[[str], Visitor]
LOGIN = "/login?next=/{}"
EXPECTED: dict[str, dict[str, int | str]] = {
    "public": {"": 200, "customer": 200, "staff": 200, "admin": 200, "undecided": 200},
    "visitor": {"": 200, "customer": 200, "staff": 200, "admin": 200, "undecided": 200},
    "person": {"": LOGIN, "customer": 200, "staff": 200, "admin": 200, "undecided": 200},
    "customer": {"": LOGIN, "customer": 200, "staff": 404, "admin": 404, "undecided": "/accounts"},
    "staff": {"": LOGIN, "customer": 404, "staff": 200, "admin": 200, "undecided": "/accounts"},
    "staff_admin": {"": LOGIN, "customer": 404, "staff": 403, "admin": 200, "undecided": "/accounts"},
    "agent": {"": 401, "customer": 401, "staff": 401, "admin": 401, "undecided": 401},
}


def test_every_permission_is_in_the_table() -> None:
    assert set(EXPECTED) == set(Permission)


@pytest.mark.parametrize("permission", EXPECTED)
def test_who_gets_in(visit: Visit, permission: str) -> None:
    for who, expected in EXPECTED[permission].items():
        got = visit(who).get(f"/{permission}")
        wanted = (303, expected.format(permission)) if isinstance(expected, str) else (expected, "")
        assert (got.status, got.location) == wanted, who


@pytest.mark.parametrize("permission", [p for p in EXPECTED if p != "agent"])
def test_who_may_post(visit: Visit, permission: str) -> None:
    for who, expected in EXPECTED[permission].items():
        visitor = visit(who)
        got = visitor.post(f"/{permission}", {"csrf": csrf_token(who)}) if who else None
        if got and isinstance(expected, int):
            assert got.status == expected, who
        elif got:
            assert got.location == expected


def test_a_session_that_has_ended_is_nobody_and_its_cookie_goes(visit: Visit) -> None:
    visitor = visit("expired")
    assert visitor.get("/customer").location == "/login?next=/customer"
    assert not visitor.cookies


def test_a_posted_form_of_nobody_leads_to_the_log_in_page_without_a_way_back(visit: Visit) -> None:
    assert visit("").post("/customer").location == "/login"


def test_htmx_is_told_to_leave_the_page(visit: Visit) -> None:
    got = visit("").get("/customer", htmx=True)
    assert (got.status, got.headers["hx-redirect"]) == (401, "/login")


def test_the_address_to_come_back_to_keeps_its_filters(visit: Visit) -> None:
    assert (
        visit("").get("/customer?type=invoice&q=a+b").location == "/login?next=/customer%3Ftype%3Dinvoice%26q%3Da%2Bb"
    )


@pytest.mark.parametrize("header", ["", "Basic good-key", "Bearer bad-key", "Bearer"])
def test_an_agent_needs_its_key(visit: Visit, header: str) -> None:
    got = visit("").get("/agent", headers={"authorization": header})
    assert got.status == 401
    assert got.json["message"].startswith("This API key is not known")


def test_an_agent_with_its_key_has_its_dealers_scope_and_needs_no_token(visit: Visit) -> None:
    got = visit("").post("/agent", headers={"authorization": "Bearer good-key", "sec-fetch-site": "cross-site"})
    assert got.json["scope"] == "ImportScope"


@pytest.mark.parametrize("who", ["customer", "staff"])
def test_the_scope_is_made_from_the_session(visit: Visit, who: str) -> None:
    got = visit(who).get(f"/{who}?dealer_id=bbbbbbbbbb", headers={"x-dealer-id": "bbbbbbbbbb"})
    assert got.json["scope"] == {"customer": "CustomerScope", "staff": "DealerScope"}[who]


def test_a_route_without_a_permission_is_refused_at_once() -> None:
    pages = Pages("here")
    with pytest.raises(TypeError, match="/x: None is not a Permission"):
        pages.get("/x", cast("Any", None))
    with pytest.raises(TypeError, match=r"/x: declare it with get\(\) or post\(\)"):
        pages.route("/x")
