from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError, select_autoescape
from markupsafe import Markup, escape

from chalicelib.kernel import i18n
from chalicelib.rendering.escaping import escape_to_text
from chalicelib.rendering.templates import made_with


@dataclass(frozen=True)
class Html:
    text: str

    def __html__(self) -> str:
        return self.text


class Name(str):
    """A text of another class."""

    __slots__ = ()


HOSTILE = st.text(alphabet=st.sampled_from("&<>'\"/{}%#a\0\u2028é😀"), max_size=40) | st.text(max_size=40)
VALUES = st.one_of(
    HOSTILE, HOSTILE.map(Markup), HOSTILE.map(Html), HOSTILE.map(Name), st.integers(), st.none(), st.booleans(),
    st.lists(HOSTILE, max_size=3), st.just(i18n.lazy_gettext("Log in to continue")),
)  # fmt: skip

# Every way in which Jinja puts out a value: alone, filtered, by macros, calls, blocks, includes, sets and loops.
TEMPLATES = {
    "base.html": "<title>{% block title %}{{ value }}{% endblock %}</title>{{ self.title() }}"
    "{% block main %}{% endblock %}",
    "part.html": "<i>{{ value }}{{ others|join(', ') }}</i>",
    "macros.html": """{% macro cell(v, class='x') -%}
<td class="{{ class }}">{{ v }}{% if caller is defined %}{{ caller() }}{% endif %}</td>
{%- endmacro %}""",
    "page.html": """{% extends "base.html" %}{% from "macros.html" import cell %}
{% block title %}{{ super() }}{{ value|upper }}{% endblock %}
{% block main %}{{ value }}{{ value ~ "<" }}{{ value|safe }}{{ value|e }}{{ value|string|length }}
{% set kept %}<b>{{ value }}</b>{% endset %}{{ kept }}{{ kept|length }}{{ cell(kept) }}{{ cell(value, value) }}
{% call cell(value) %}<u>{{ value }}</u>{% endcall %}{% filter upper %}{{ value }}{% endfilter %}
{% for other in others %}{{ loop.index }}{{ other }}{% else %}{{ value }}{% endfor %}
{% include "part.html" %}{{ "<%s>"|format(value) }}{{ _("Hello <%(v)s>", v=value) }}
{% autoescape false %}{{ value }}{% endautoescape %}{{ {"a": value}|tojson if value is string }}{% endblock %}""",
    "mail.txt": "{{ value }}{% for other in others %}{{ other }}{% endfor %}",
}


def stock() -> Environment:
    made = Environment(
        loader=DictLoader(TEMPLATES),
        autoescape=select_autoescape(("html", "svg", "xml"), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return made


OURS, STOCK = made_with(DictLoader(TEMPLATES)), stock()


@given(value=VALUES)
def test_it_is_what_markupsafe_gives(value: object) -> None:
    assert escape_to_text(value) == str(escape(value))


@given(value=VALUES, others=st.lists(VALUES, max_size=3))
@pytest.mark.parametrize("name", ["page.html", "part.html", "mail.txt"])
def test_a_template_gives_the_same_bytes_as_stock_jinja(name: str, value: object, others: list[object]) -> None:
    given_values = {"value": value, "others": others}
    assert OURS.get_template(name).render(given_values) == STOCK.get_template(name).render(given_values)


def test_a_template_makes_no_markup_of_each_value() -> None:
    assert OURS.get_template("part.html").root_render_func.__globals__["escape"] is escape_to_text


def test_a_missing_name_still_stops() -> None:
    with pytest.raises(UndefinedError):
        OURS.get_template("part.html").render(others=[])
