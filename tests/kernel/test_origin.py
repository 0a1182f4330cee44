import pytest

from chalicelib.kernel.origin import MAX_ADDRESS_LENGTH, Origin, origin_of, stored_origin
from chalicelib.kernel.scopes import CustomerScope, DealerScope

WINDOWS, LINUX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) ", "Mozilla/5.0 (X11; Linux x86_64) "


@pytest.mark.parametrize(
    ("user_agent", "browser", "system"),
    [
        (f"{WINDOWS}Gecko/20100101 Firefox/127.0", "Firefox", "Windows"),
        (f"{WINDOWS}AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge", "Windows"),
        (f"{LINUX}AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36", "Chrome", "Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari", "iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36", "Chrome", "Android"),
        ("curl/8.7.1", "", ""),
        ("", "", ""),
    ],
)
def test_a_browser_is_known_by_its_name_alone(user_agent: str, browser: str, system: str) -> None:
    assert origin_of("203.0.113.7", user_agent) == Origin("203.0.113.7", browser, system)


def test_an_address_is_no_longer_than_one_can_be() -> None:
    assert origin_of("x" * 9_000, "").address == "x" * MAX_ADDRESS_LENGTH


def test_it_is_stored_as_a_list_and_older_rows_have_none() -> None:
    origin = Origin("203.0.113.7", "Firefox", "Windows")
    assert stored_origin(list(origin)) == origin
    assert stored_origin(None) is None


def test_it_makes_no_other_scope_and_is_not_in_what_is_logged_of_one() -> None:
    origin = Origin("203.0.113.7")
    here = DealerScope("a" * 10, "P", origin=origin)
    assert here == DealerScope("a" * 10, "P")
    assert hash(here) == hash(DealerScope("a" * 10, "P"))
    assert "203.0.113.7" not in repr(here)
    assert "203.0.113.7" not in repr(CustomerScope("a" * 10, "P", frozenset({"1"}), origin=origin))
