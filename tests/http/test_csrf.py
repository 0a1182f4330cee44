"""No other site can send our forms: the token must fit, and the browser must say that the call began here."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.http import cookies
from chalicelib.http.csrf import mask, unmask
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
    (masked,) = re.findall(r'name="csrf-token" content="([^"]+)"', shown.html)
    assert unmask(masked) == token
    assert visitor.post("/visitor", {"csrf": token}).status == 200
    assert visitor.get("/fail/notfound").cookies == []


def test_somebody_logged_in_is_not_let_in_by_a_csrf_token(visit: Visit) -> None:
    visitor = visit("customer")
    visitor.cookies[cookies.CSRF] = TOKEN
    assert visitor.post("/visitor", {"csrf": TOKEN}).status == 403


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_masked_token_is_that_token_again_and_looks_different_with_each_pad(secret: bytes, pad: bytes) -> None:
    tokens = secret.hex(), urlsafe_b64encode(secret).rstrip(b"=").decode()
    for token in tokens:
        masked = [mask(token, one) for one in (pad.hex(), f"{pad.hex()}0")]
        assert [unmask(one) for one in masked] == [token, token]
        assert len({one.partition(".")[2] for one in masked}) == 2


@pytest.mark.parametrize("text", ["", "short", "é.é", "!.!", "d" * 43, "pad.////", "." * 300, f"pad.{'A' * 300}"])
def test_what_is_not_masked_is_no_token(visit: Visit, text: str) -> None:
    assert unmask(text) != GOOD["csrf"]
    assert visit("customer").post("/customer", {"csrf": text}).status == 403


@pytest.mark.parametrize("pad", ["pad", "another"])
def test_a_masked_token_is_good(visit: Visit, pad: str) -> None:
    masked = mask(GOOD["csrf"], pad * 10)
    assert visit("customer").post("/customer", {"csrf": masked}).status == 200


def test_a_mask_of_another_token_is_refused(visit: Visit) -> None:
    foreign = mask(csrf_token("staff"), "pad")
    assert visit("customer").post("/customer", {"csrf": foreign}).status == 403
