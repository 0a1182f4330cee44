"""What a landing page may say, and where it may lead."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dealers.appearance import Brand
from chalicelib.dealers.landing.model import (
    BANNER_FRAME,
    MAX_LINK,
    PAGE_BYTES,
    TILE_FRAME,
    TILES,
    Landing,
    Slot,
    SlotContent,
    branded,
    changed_parts,
    checked_link,
)
from chalicelib.kernel.errors import InvalidError
from chalicelib.web.staff.landing_page import PAGE_WITHOUT_PICTURES


@pytest.mark.parametrize(
    "typed",
    [
        "https://www.example.com",
        " https://shop.example.com:8443/a/b?c=d&e=%20#f ",
        "https://xn--bcher-kva.example/",
        "HTTPS://WWW.EXAMPLE.COM/A",
        "",
    ],
)
def test_a1_29_a_slot_leads_to_an_address_with_https(typed: str) -> None:
    assert checked_link(typed) == typed.strip()


@pytest.mark.parametrize(
    "typed",
    [
        "http://www.example.com/",
        "//www.example.com/",
        "www.example.com",
        "javascript:alert(1)",
        "data:text/html,x",
        "https:www.example.com",
        "https://",
        "https:///x",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://example",
        "https://exa mple.com/",
        "https://example.com\\@evil.example/",
        "https://evil.example\\.example.com/",
        "https://example.com/\njavascript:alert(1)",
        "https://example.com/\x00",
        'https://example.com/"onclick="alert(1)',
        "https://bücher.example/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://-a.example/",
        f"https://example.com/{'a' * MAX_LINK}",
    ],
)
def test_a1_29_what_leads_anywhere_else_is_refused_with_what_to_enter(typed: str) -> None:
    with pytest.raises(InvalidError, match=r"https://|Shorten"):
        checked_link(typed)


@pytest.mark.parametrize("typed", ["https://user@example.com/", "https://user:secret@example.com/"])
def test_a1_29_a_link_holds_no_password(typed: str) -> None:
    with pytest.raises(InvalidError, match="Leave out the user name"):
        checked_link(typed)


@given(st.text(max_size=400))
def test_a1_29_whatever_is_taken_can_be_stored_and_begins_with_https(typed: str) -> None:
    for text in (typed, f"https://{typed}", f"https://example.com/{typed}"):
        try:
            taken = checked_link(text)
        except InvalidError:
            continue
        assert SlotContent(link=taken.replace("HTTPS", "https")).link.startswith("https://") or not taken


def test_a1_28_its_own_colours_take_the_place_of_the_portals_and_their_text_is_chosen_anew() -> None:
    brand = Brand(nav_bg="#111111", nav_fg="#eeeeee", btn_bg="#222222", btn_fg="#dddddd", font_head="figtree")
    assert branded(brand, Landing()) == brand
    found = branded(brand, Landing(header="#ffff00"))
    assert (found.nav_bg, found.nav_fg, found.btn_bg, found.btn_fg) == ("#ffff00", None, "#222222", "#dddddd")
    assert branded(brand, Landing(button="#ffffff")).btn_fg is None
    assert found.font_head == "figtree"


def test_a1_31_what_differs_is_named() -> None:
    landing = Landing(title="Welcome").with_slot(Slot.SECOND, SlotContent(words="Book"))
    assert changed_parts(Landing(), landing) == ["second", "title"]


def test_a1_29_all_four_pictures_at_their_heaviest_keep_the_pages_budget() -> None:
    heaviest = BANNER_FRAME.most_bytes + len(TILES) * TILE_FRAME.most_bytes
    assert heaviest + PAGE_WITHOUT_PICTURES <= PAGE_BYTES


@pytest.mark.parametrize("wrong", [{"header": "red"}, {"title": "x" * 71}, {"share": "fourth"}, {"more": 1}])
def test_a1_28_what_is_stored_is_bounded(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Landing(**wrong)
