import pytest
from chalice.app import Response

from chalicelib.web.frame import cookies

ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"


def test_cookies_are_of_this_host_alone_and_several_stay_apart() -> None:
    response = cookies.clear_session(cookies.set_session(Response(""), "s" * 43))
    assert response.headers["Set-Cookie"] == [
        f"__Host-session={'s' * 43}; {ATTRIBUTES}",
        f"__Host-session=; {ATTRIBUTES}; Max-Age=0",
    ]


def test_a_single_header_is_not_overwritten_unseen() -> None:
    with pytest.raises(TypeError, match="always a list"):
        cookies.set_session(Response("", {"Set-Cookie": "a=b"}), "secret")
