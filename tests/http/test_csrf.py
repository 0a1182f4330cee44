"""No other site can send our forms: the token must fit, and the browser must say that the call began here."""

from collections.abc import Callable

import pytest

from chalicelib.http import cookies
from chalicelib.identity.sessions import csrf_token
from tests.web.client import Visitor

Visit = Callable[[str], Visitor]
GOOD = {"csrf": csrf_token("customer")}
TOKEN = "d" * 43


@pytest.mark.parametrize(
    "fields", [{}, {"csrf": ""}, {"csrf": csrf_token("staff")}, {"csrf": GOOD["csrf"] + "0"}, {"csrf": "é"}]
)
def test_a_missing_or_foreign_token_is_refused(visit: Visit, fields: dict[str, str]) -> None:
    got = visit("customer").post("/customer", fields)
    assert got.status == 403
    assert "Nothing has changed" in got.text


def test_the_token_may_come_in_a_header(visit: Visit) -> None:
    assert visit("customer").post("/customer", headers={"x-csrf-token": GOOD["csrf"]}).status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_call_that_began_elsewhere_is_refused(visit: Visit, site: str) -> None:
    assert visit("customer").post("/customer", GOOD, headers={"sec-fetch-site": site}).status == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://portal.example", 200),
        ("", 200),
        ("null", 200),
        ("https://evil.example", 403),
        ("http://portal.example", 403),
        ("https://portal.example.evil.example", 403),
    ],
)
def test_old_browsers_send_their_origin(visit: Visit, origin: str, status: int) -> None:
    headers = {"sec-fetch-site": "", "origin": origin}
    assert visit("customer").post("/customer", GOOD, headers=headers).status == status


def test_before_log_in_the_form_repeats_the_csrf_cookie(visit: Visit) -> None:
    visitor = visit("")
    visitor.cookies[cookies.CSRF] = TOKEN
    assert visitor.post("/visitor", {"csrf": TOKEN}).status == 200
    assert visitor.post("/visitor", {"csrf": "e" * 43}).status == 403
    assert visitor.post("/visitor").status == 403


@pytest.mark.parametrize("cookie", ["", "short", "d" * 44])
def test_a_csrf_cookie_that_is_none_fits_nothing(visit: Visit, cookie: str) -> None:
    visitor = visit("")
    visitor.cookies[cookies.CSRF] = cookie
    assert visitor.post("/visitor", {"csrf": cookie}).status == 403


def test_a_page_before_log_in_gives_the_csrf_cookie_and_its_twin(visit: Visit) -> None:
    visitor = visit("")
    shown = visitor.get("/fail/notfound")
    token = visitor.cookies[cookies.CSRF]
    assert f'content="{token}"' in shown.html
    assert visitor.post("/visitor", {"csrf": token}).status == 200
    assert visitor.get("/fail/notfound").cookies == []


def test_somebody_logged_in_is_not_let_in_by_a_csrf_token(visit: Visit) -> None:
    visitor = visit("customer")
    visitor.cookies[cookies.CSRF] = TOKEN
    assert visitor.post("/visitor", {"csrf": TOKEN}).status == 403
