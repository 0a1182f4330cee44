"""Themes, and what differs between two looks."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dealers.appearance import Brand, Logo
from chalicelib.dealers.branding.model import CUSTOM, PINE, THEMES, Theme, changes, theme_of, themed
from chalicelib.dealers.drafts.model import fingerprint
from chalicelib.rendering.brand import DEFAULT_BUTTON, DEFAULT_NAV, contrast, readable_text

COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")
BRANDS = st.builds(Brand, nav_bg=COLOURS, nav_fg=st.none() | COLOURS, btn_bg=COLOURS, btn_fg=st.none() | COLOURS)
LOGO = Logo("0123456789abcdef", 200, 40, ("#ff0000",))


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_a_theme_is_known_again_whatever_the_logo(theme: Theme) -> None:
    own = themed(Brand(logo=LOGO), theme.name)
    assert theme_of(own) == theme.name
    assert own.logo == LOGO
    assert theme_of(replace(own, nav_bg="#123456")) == CUSTOM
    assert contrast(readable_text(own.nav_bg), own.nav_bg) >= 4.5


def test_the_portals_own_is_pine_and_what_is_no_theme_changes_nothing() -> None:
    assert (PINE.brand.nav_bg, PINE.brand.btn_bg) == (DEFAULT_NAV, DEFAULT_BUTTON)
    assert themed(Brand(logo=LOGO), "nothing") == Brand(logo=LOGO)


def test_white_that_was_chosen_where_it_is_white_anyway_is_the_same_theme() -> None:
    assert theme_of(replace(PINE.brand, nav_fg="#ffffff")) == "pine"


@given(BRANDS, BRANDS)
def test_looks_that_differ_say_in_what_and_have_other_names(one: Brand, other: Brand) -> None:
    assert bool(changes(one, other)) == (one != other)
    assert (fingerprint(one) == fingerprint(other)) == (one == other)


def test_a_logo_is_named_by_its_version() -> None:
    named = replace(LOGO, shows_name=True)
    assert changes(Brand(), Brand(logo=LOGO)) == {"logo": ("", LOGO.version)}
    assert changes(Brand(logo=LOGO), Brand(logo=named)) == {"logo": (LOGO.version, f"{LOGO.version}*")}
