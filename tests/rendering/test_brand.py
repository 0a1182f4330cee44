"""No choice of colour can make the text on it unreadable, and nothing but a colour gets into the stylesheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rendering.brand import brand_css, brand_version, colour, contrast, text_colour

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
