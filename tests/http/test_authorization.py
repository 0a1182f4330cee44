"""Each access lets in whom it names; everybody else gets what the audience says, and learns nothing more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib import services
from chalicelib.dealers.lifecycle_model import Suspension
from chalicelib.http.access import Audience
from chalicelib.identity.sessions import csrf_token
from chalicelib.services import Services
from tests.http.conftest import ACCESSES, a_dealer, signature
from tests.web.client import Visitor

Visit = Callable[[str], Visitor]
LOGIN, SWITCHER = "/login?next=/{}", "/accounts"
WHO = ("", "undecided", "viewer", "payer", "customer", "staff", "service_manager", "admin")
EXPECTED: dict[str, tuple[int | str, ...]] = {
    "public": (200,) * 8,
    "visitor": (200,) * 8,
    "logged_in": (LOGIN, 200, 200, 200, 200, 200, 200, 200),
    "member": (LOGIN, SWITCHER, 200, 200, 200, 200, 200, 200),
    "member_invoices": (LOGIN, SWITCHER, 200, 200, 200, 200, 200, 200),
    "member_payments": (LOGIN, SWITCHER, 404, 404, 404, 404, 404, 404),
    "customer": (LOGIN, SWITCHER, 200, 200, 200, 404, 404, 404),
    "customer_pay": (LOGIN, SWITCHER, 403, 200, 200, 404, 404, 404),
    "customer_admin": (LOGIN, SWITCHER, 403, 403, 200, 404, 404, 404),
    "customer_invoices": (LOGIN, SWITCHER, 200, 200, 200, 404, 404, 404),
    "customer_payments": (LOGIN, SWITCHER, 404, 404, 404, 404, 404, 404),
    "staff": (LOGIN, SWITCHER, 404, 404, 404, 200, 200, 200),
    "staff_service_manager": (LOGIN, SWITCHER, 404, 404, 404, 403, 200, 200),
    "staff_admin": (LOGIN, SWITCHER, 404, 404, 404, 403, 403, 200),
    "staff_payments": (LOGIN, SWITCHER, 404, 404, 404, 404, 404, 404),
    "api_key": (401,) * 8,
    "api_key_payments": (401,) * 8,
    "webhook": (401,) * 8,
}
"""What each of WHO gets: a status, or where they are sent."""
KEY = {"authorization": "Bearer good-key"}


def test_every_audience_is_in_the_table() -> None:
    assert set(EXPECTED) == set(ACCESSES)
    assert {access.audience for access in ACCESSES.values()} == set(Audience)


@pytest.mark.parametrize("name", EXPECTED)
def test_who_gets_in(visit: Visit, name: str) -> None:
    for who, expected in zip(WHO, EXPECTED[name], strict=True):
        got = visit(who).get(f"/{name}")
        wanted = (303, expected.format(name)) if isinstance(expected, str) else (expected, "")
        assert (got.status, got.location) == wanted, who


@pytest.mark.parametrize("name", EXPECTED)
def test_who_may_post(visit: Visit, name: str) -> None:
    for who, expected in zip(WHO[1:], EXPECTED[name][1:], strict=True):
        got = visit(who).post(f"/{name}", {"csrf": csrf_token(who)})
        assert got.location == expected if isinstance(expected, str) else got.status == expected, who


def test_a_session_that_has_ended_is_nobody_and_its_cookie_goes(visit: Visit) -> None:
    visitor = visit("expired")
    assert visitor.get("/customer").location == "/login?done=ended&next=/customer"
    assert not visitor.cookies


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("https://portal.example/customer?q=a+b", "&next=/customer%3Fq%3Da%2Bb"),
        ("https://portal.example//evil.example", ""),
        ("https://portal.example.evil.example/customer", ""),
        ("http://portal.example/customer", ""),
        ("https://portal.example", ""),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_a_form_of_an_ended_session_says_that_nothing_was_sent_and_leads_back(
    visit: Visit, referer: str, back: str
) -> None:
    assert visit("").post("/customer", headers={"referer": referer}).location == f"/login?done=unsent{back}"


def test_htmx_is_told_to_leave_the_page_and_comes_back_to_what_it_asked_for(visit: Visit) -> None:
    got = visit("").get("/customer", htmx=True)
    assert (got.status, got.headers["hx-redirect"]) == (401, "/login?next=/customer")
    there = {"hx-request": "true", "hx-current-url": "https://portal.example/customer?q=a"}
    got = visit("expired").get("/customer?q=ab", headers=there)
    assert got.headers["hx-redirect"] == "/login?done=ended&next=/customer%3Fq%3Dab"


def test_the_address_to_come_back_to_keeps_its_filters(visit: Visit) -> None:
    assert (
        visit("").get("/customer?type=invoice&q=a+b").location == "/login?next=/customer%3Ftype%3Dinvoice%26q%3Da%2Bb"
    )


@pytest.mark.parametrize("header", ["", "Basic good-key", "Bearer bad-key", "Bearer"])
def test_an_upload_client_needs_its_key(visit: Visit, header: str) -> None:
    got = visit("").get("/api_key", headers={"authorization": header})
    assert got.status == 401
    assert got.json["message"].startswith("This API key is not known")


def test_an_upload_client_with_its_key_has_its_dealers_scope_and_needs_no_token(visit: Visit) -> None:
    got = visit("").post("/api_key", headers=KEY | {"sec-fetch-site": "cross-site"})
    assert got.json["scope"] == "ImportScope"


def test_a_key_opens_no_module_that_its_dealer_has_switched_off(visit: Visit) -> None:
    assert visit("").get("/api_key_payments", headers=KEY).status == 404


@pytest.mark.parametrize(("sent", "status"), [(signature(b'{"id":1}'), 200), (signature(b'{"id":2}'), 401), ("", 401)])
def test_a_webhook_is_let_in_by_its_signature_alone(visit: Visit, sent: str, status: int) -> None:
    headers = {"signature": sent, "content-type": "application/json", "sec-fetch-site": "cross-site"}
    got = visit("").call("POST", "/webhook", body='{"id":1}', headers=headers)
    assert got.status == status
    assert got.json.get("scope") == ("ImportScope" if status == 200 else None)


@pytest.mark.parametrize(("who", "scope"), [("customer", "CustomerScope"), ("staff", "DealerScope")])
@pytest.mark.parametrize("as_member", [False, True])
def test_the_scope_is_made_from_the_session(visit: Visit, who: str, scope: str, *, as_member: bool) -> None:
    path = "member" if as_member else who
    got = visit(who).get(f"/{path}?dealer_id=bbbbbbbbbb", headers={"x-dealer-id": "bbbbbbbbbb"})
    assert got.json["scope"] == scope


@pytest.mark.parametrize("name", EXPECTED)
def test_nobody_gets_in_where_the_portal_is_suspended(visit: Visit, portal: Services, name: str) -> None:
    """By no access that needs a dealer, for anybody who asks; what is anybody's or the person's own goes on."""
    stands = Suspension(datetime(2024, 6, 5, tzinfo=UTC), "unpaid", "help@portal.example")
    with services.use(replace(portal, dealer_of=lambda _: a_dealer(suspension=stands))):
        for who in WHO:
            for get in (True, False):
                visitor = visit(who)
                call = visitor.get if get else visitor.post
                before = EXPECTED[name][WHO.index(who)]
                got = call(f"/{name}", headers=KEY if name.startswith("api_key") else None)
                if name in {"public", "visitor", "logged_in"} or isinstance(before, str) or name == "webhook":
                    assert got.status != 403 or "not available" not in got.html
                else:
                    assert got.status in {403, 404}, who
                    assert b"CustomerScope" not in got.body
        signed = visit("").post("/webhook", {}, headers={"signature": signature(b"")})
        assert signed.status == 403
