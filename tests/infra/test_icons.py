"""The icon font holds what pages name, and is what infra/icons.py makes."""

import re

from fontTools.ttLib import TTFont

from infra import icons

ANEW = "run `.venv/bin/python -m infra.icons`"


def test_the_stylesheet_is_of_the_icons_in_use() -> None:
    assert icons.CSS.read_text() == icons.stylesheet(icons.used()), ANEW


def test_the_font_has_a_glyph_for_each_of_them() -> None:
    assert set(TTFont(icons.FONT).getBestCmap()) >= set(icons.used().values()), ANEW


def test_every_icon_that_a_class_names_exists() -> None:
    named = {name for text in icons.sources() for name in re.findall(r"\bbi bi-([a-z0-9-]+)\b(?!-)", text)}
    assert named
    assert named <= icons.known().keys()


def test_an_icon_that_a_template_chooses_is_there() -> None:
    assert {"arrow-down", "arrow-up"} <= icons.used().keys()
