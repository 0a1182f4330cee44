import pytest
from chalice.app import Response

from chalicelib.http import cookies
from chalicelib.identity.devices import MAX_PEOPLE

ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", {}),
        ("a=1", {"a": "1"}),
        ("a=1; b=x-_y.z%20;c=", {"a": "1", "b": "x-_y.z%20", "c": ""}),
        ("a=1; a=2", {"a": "2"}),
        ("a=b=c", {"a": "b=c"}),
        ("a", {}),
        ("; =x;;a=1 ;", {"a": "1"}),
        ('a="x"; b=y z; c=\u00e9; d=\\; e=,; f=1', {"f": "1"}),
        ("a=1\nb=2", {}),
    ],
)
def test_a_cookie_header_is_read_pair_by_pair(header: str, found: dict[str, str]) -> None:
    assert cookies.read(header) == found


def test_cookies_are_of_this_host_alone_and_several_stay_apart() -> None:
    response = cookies.clear_session(cookies.set_session(Response(""), "s" * 43))
    assert response.headers["Set-Cookie"] == [
        f"__Host-session={'s' * 43}; {ATTRIBUTES}",
        f"__Host-session=; {ATTRIBUTES}; Max-Age=0",
    ]


def test_the_device_cookie_holds_a_few_secrets_for_half_a_year() -> None:
    one, two = "s" * 43, "t" * 43
    response = cookies.set_devices(Response(""), (one, two))
    assert response.headers["Set-Cookie"] == [f"__Host-device={one}.{two}; {ATTRIBUTES}; Max-Age=15552000"]
    assert cookies.devices(f"{one}.{two}") == (one, two)
    assert cookies.devices(f"{one}.short.{'u' * 44}.{two}.") == (one, two)
    assert cookies.devices(".".join([one] * 400)) == (one,) * MAX_PEOPLE
    assert cookies.devices("") == ()


def test_a_single_header_is_not_overwritten_unseen() -> None:
    with pytest.raises(TypeError, match="always a list"):
        cookies.set_session(Response("", {"Set-Cookie": "a=b"}), "secret")
