"""No choice of colour can make the text on it unreadable, and nothing but a colour gets into the stylesheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rendering.brand import (
    brand_css,
    brand_version,
    colour,
    contrast,
    fitted,
    logo_address,
    needs_plate,
    shows_on_paper,
    text_colour,
)

COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


@given(COLOURS)
def test_text_on_any_colour_reads(background: str) -> None:
    assert contrast(text_colour(background), background) >= 4.58


@pytest.mark.parametrize(
    ("background", "text"), [("#ffff00", "#000000"), ("#10302a", "#ffffff"), ("#d40000", "#ffffff")]
)
def test_the_pictures_brands(background: str, text: str) -> None:
    assert text_colour(background) == text


def test_the_stylesheet_is_four_colours() -> None:
    css = brand_css(nav="#FFFF00", button="#ffffff")
    assert css == ":root{--cc-nav-bg:#ffff00;--cc-nav-fg:#000000;--cc-btn-bg:#ffffff;--cc-btn-fg:#000000}\n"
    assert brand_version(nav="#ffff00", button="#ffffff") != brand_version(nav="#ffff01", button="#ffffff")


@pytest.mark.parametrize("text", ["", "red", "#fff", "#fffffff", "#ffffff;}", "url(x)", "#gggggg", "#ffffff\n}"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        colour(text)


@pytest.mark.parametrize(
    ("inks", "background", "plate"),
    [
        (["#14301f"], "#1f3d2b", True),
        (["#ffffff"], "#1f3d2b", False),
        (["#e08a2a"], "#1f3d2b", False),
        (["#e08a2a", "#14301f"], "#1f3d2b", True),  # a part of it would vanish
        (["#ffffff", "#14301f"], "#1f3d2b", False),  # a picture with a ground of its own, or one that no ground suits
        (["#ffffff"], "#ffff00", False),
        (["#1f3d2b"], "#ffff00", False),
        (["#ffff00"], "#ffffff", False),  # it shows no better on white than on white
    ],
)
def test_a_logo_that_would_vanish_stands_on_a_plate(inks: list[str], background: str, plate: bool) -> None:  # noqa: FBT001 - a column of the table
    assert needs_plate(inks, background) == plate


@given(st.lists(COLOURS, min_size=1, max_size=8), COLOURS)
def test_a_plate_never_makes_it_worse(inks: list[str], background: str) -> None:
    if needs_plate(inks, background):
        assert min(contrast(ink, "#ffffff") for ink in inks) > min(contrast(ink, background) for ink in inks)


def test_a_white_logo_is_not_seen_on_paper() -> None:
    assert not shows_on_paper(["#ffffff", "#f7f7f0"])
    assert shows_on_paper(["#ffffff", "#e08a2a"])


def test_a_logo_is_shown_in_its_own_proportions() -> None:
    assert fitted(480, 160, into=(112, 28)) == (84, 28)
    assert fitted(480, 16, into=(112, 28)) == (112, 4)
    assert fitted(480, 1, into=(112, 28)) == (112, 1)
    assert logo_address("moorbeck", "0123456789abcdef") == "/d/moorbeck/logo.png?v=0123456789abcdef"
