"""Redirects stay in the portal, files keep their names, a toast says what was done once."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.http import cookies
from chalicelib.http.responses import download, is_local_path, redirect, see_other_external
from tests.web.client import Visitor

Visit = Callable[[str], Visitor]
TRICKS = [
    "",
    "login",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/%0d%0a\r\nSet-Cookie: a=b",
    "/\tevil",
    "/ evil",
    " /evil",
    "/a\\..\\b",
    "///evil.example",
    "/\u2028",
]


@pytest.mark.parametrize("path", TRICKS)
def test_redirect_tricks_are_refused(path: str) -> None:
    assert not is_local_path(path)
    with pytest.raises(ValueError, match="not a path of the portal"):
        redirect(path)


@pytest.mark.parametrize("path", ["/", "/transactions?q=a%20b&next=//x", "/i/abc_-#top"])
def test_own_paths_are_kept(path: str) -> None:
    assert redirect(path).headers["Location"] == path


@given(st.text(alphabet="/\\.:@?#a \t\r\n", max_size=8))
def test_what_is_allowed_never_leaves_the_portal(path: str) -> None:
    if is_local_path(path):
        assert path.startswith("/")
        assert path[1:2] not in {"/", "\\"}
        assert not set(path) & set("\\\t\r\n ")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/x", "ftp://x"])
def test_only_web_addresses_lead_outside(url: str) -> None:
    with pytest.raises(ValueError, match="not a web address"):
        see_other_external(url)


def test_a_presigned_link_is_not_told_where_it_came_from() -> None:
    response = see_other_external("https://files.example/x?y")
    assert (response.status_code, response.headers["Referrer-Policy"]) == (303, "no-referrer")


def test_a_file_keeps_its_name_and_cannot_break_the_header() -> None:
    response = download("a,é\r\n".encode(), 'März "1".csv', "text/csv; charset=utf-8")
    assert (
        response.headers["Content-Disposition"]
        == "attachment; filename=\"M_rz__1_.csv\"; filename*=UTF-8''M%C3%A4rz%20%221%22.csv"
    )
    assert response.body == "a,é\r\n"
    assert download(b"\x00\xff", "a.xlsx", "application/octet-stream").body == b"\x00\xff"


def test_a_toast_is_shown_once(visit: Visit) -> None:
    visitor = visit("")
    visitor.get("/fail/notfound")
    visitor.post("/flash", {"csrf": visitor.cookies[cookies.CSRF]})
    assert "3 invitations sent." in visitor.get("/fail/notfound").text
    assert "3 invitations sent." not in visitor.get("/fail/notfound").text


def test_a_script_that_sends_a_form_is_told_where_to_go(visit: Visit) -> None:
    """It goes there itself, and the page there says its toast."""
    visitor = visit("")
    visitor.get("/fail/notfound")
    form = {"csrf": visitor.cookies[cookies.CSRF]}
    told = visitor.post("/flash", form, headers={"X-Sent-By-Script": "true"})
    assert (told.status, told.headers["hx-redirect"], told.location) == (200, "/visitor", "")
    assert "3 invitations sent." in visitor.get("/fail/notfound").text
    assert visitor.post("/flash", form).status == 303
