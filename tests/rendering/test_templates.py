"""Templates escape by default, stop at a missing name, and all compile."""

import pytest
from jinja2 import UndefinedError

from chalicelib.rendering.templates import environment, render


def test_every_template_compiles() -> None:
    names = environment().list_templates(extensions=["html", "txt"])
    assert len(names) > 15
    for name in names:
        environment().get_template(name)


def test_html_is_escaped_and_text_is_not() -> None:
    hostile = "<script>alert(1)</script>{{7*7}}"
    shown = (
        environment().from_string('{% from "parts/chip.html" import chip %}{{ chip(text, "x") }}').render(text=hostile)
    )
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in shown
    escapes = environment().autoescape
    assert callable(escapes)
    assert [escapes(name) for name in ("a.html", "mail/x/body.html", "mail/x/body.txt")] == [True, True, False]


def test_a_missing_name_stops() -> None:
    with pytest.raises(UndefinedError):
        render("errors/404.html", {"layout": "layout/auth.html"})
