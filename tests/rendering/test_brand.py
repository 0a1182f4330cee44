"""No choice of colour can make the text on it unreadable, and nothing but a colour gets into the stylesheet."""

import re
from dataclasses import asdict
from types import SimpleNamespace
from typing import cast, get_args
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dealers.appearance import Brand, FontName
from chalicelib.rendering.brand import (
    FONTS,
    INTER,
    MIN_CONTRAST,
    Look,
    brand_address,
    brand_css,
    brand_version,
    colour,
    contrast,
    fitted,
    icon_address,
    logo_address,
    needs_plate,
    readable_text,
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


@given(COLOURS, st.none() | COLOURS)
def test_a_chosen_text_colour_stays_where_it_reads_and_else_black_or_white_stands_in(
    background: str, wanted: str | None
) -> None:
    text = readable_text(background, wanted)
    assert contrast(text, background) >= MIN_CONTRAST
    assert text == wanted or text == text_colour(background)
    assert (text == wanted) == (wanted == text_colour(background)) or (wanted and contrast(wanted, background) >= 4.5)


def test_the_stylesheet_is_four_colours() -> None:
    css = brand_css(Brand(nav_bg="#ffff00", btn_bg="#ffffff"))
    assert css == ":root{--cc-nav-bg:#ffff00;--cc-nav-fg:#000000;--cc-btn-bg:#ffffff;--cc-btn-fg:#000000}\n"
    assert brand_version(Brand(nav_bg="#ffff00")) != brand_version(Brand(nav_bg="#ffff01"))
    assert brand_address("moorbeck", Brand()) == f"/d/moorbeck/brand.css?v={brand_version(Brand())}"


@given(COLOURS, st.none() | COLOURS, COLOURS, st.none() | COLOURS)
def test_whatever_is_chosen_the_stylesheet_reads(
    nav: str, nav_text: str | None, btn: str, btn_text: str | None
) -> None:
    css = brand_css(Brand(nav_bg=nav, nav_fg=nav_text, btn_bg=btn, btn_fg=btn_text))
    found = dict(re.findall(r"--cc-([a-z-]+):(#[0-9a-f]{6})", css))
    assert contrast(found["nav-bg"], found["nav-fg"]) >= MIN_CONTRAST
    assert contrast(found["btn-bg"], found["btn-fg"]) >= MIN_CONTRAST


def test_fonts_are_said_where_they_are_not_inter() -> None:
    assert "font" not in brand_css(Brand())
    assert "--cc-font-body:Figtree,Inter," in brand_css(Brand(font_body="figtree"))
    assert "--cc-font-head:Inter," in brand_css(Brand(font_body="figtree"))
    assert "--cc-font-head" not in brand_css(Brand(font_head="figtree", font_body="figtree"))
    assert '--cc-font-head:"Source Serif 4",' in brand_css(Brand(font_head="source-serif"))
    assert set(FONTS) == {INTER, *get_args(FontName)}
    with pytest.raises(KeyError):
        brand_css(cast("Look", SimpleNamespace(**{**asdict(Brand()), "font_body": "x;}"})))


def test_a_sample_is_dressed_alone() -> None:
    css = brand_css(Brand(), selector="[data-brand=draft]")
    assert css.startswith("[data-brand=draft]{")
    assert "--cc-font-body:Inter," in css
    assert "--cc-font-head:Inter," in css


def test_the_icon_of_a_tab_is_a_letter_in_the_bars_colours() -> None:
    svg = unquote(icon_address("<moorbeck>", Brand(nav_bg="#ffff00", nav_fg="#ffffff")))
    assert svg.startswith("data:image/svg+xml,<svg ")
    assert svg.endswith('fill="#000000">M</text></svg>')
    assert 'fill="#ffff00"' in svg
    assert "></text>" in unquote(icon_address("&", Brand()))


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
