"""Every text of a template or of its scripts goes through gettext, and Babel finds it."""

import pytest
from jinja2 import FileSystemLoader

from chalicelib.rendering.templates import made_with
from infra.package.jinja_templates import is_template
from infra.setup.paths import ROOT
from tests.rendering.bare_text import in_script, in_template, report

TEMPLATES = ROOT / "templates"
ENVIRONMENT = made_with(FileSystemLoader(TEMPLATES))


def test_no_template_has_bare_text() -> None:
    names = ENVIRONMENT.list_templates(filter_func=is_template)
    assert len(names) > 50
    found = (
        (f"templates/{name}", bare)
        for name in names
        for bare in in_template(name, (TEMPLATES / name).read_text("utf-8"), ENVIRONMENT)
    )
    assert report(found) == ""


def test_no_script_has_text() -> None:
    scripts = sorted((TEMPLATES / "assets" / "js").glob("*.js"))
    assert scripts
    found = ((str(path.relative_to(ROOT)), bare) for path in scripts for bare in in_script(path.read_text("utf-8")))
    assert report(found) == ""


@pytest.mark.parametrize(
    ("source", "bare"),
    [
        ("<p>\nPay now</p>", (2, "Pay now")),
        ("<p>{% if due %}Due {{ day }}{% endif %}</p>", (1, "Due")),
        ('<a class="btn" title="Pay {{ x }}">', (1, "Pay")),
        ('<button aria-label="Close"></button>', (1, "Close")),
        ('<input placeholder="Find it">', (1, "Find it")),
        ('<div data-lost="The connection was lost">', (1, "The connection was lost")),
        ('<meta name="description" content="What you owe">', (1, "What you owe")),
        ('<p>{{ "agree" if same else "" }}</p>', (1, "agree")),
        ('<p>{{ name ~ " of it" }}</p>', (1, "of it")),
        ('<p>\n{{ figure("Balance", 1) }}</p>', (2, "Balance")),
        ('{{ figure(_("Balance"), note="not used yet") }}', (1, "not used yet")),
        ('{% set columns = [{"label": "Inv. Date"}] %}', (1, "Inv. Date")),
        ("{% call note() %}<div>Stop</div>{% endcall %}", (1, "Stop")),
        ("{% macro ask(keep='Keep it') %}{{ keep }}{% endmacro %}", (1, "Keep it")),
        ('{{ _("To %(who)s", who="a Friend") }}', (1, "a Friend")),
        ("<pre>x</pre><p title=\"{{ 'Go' if x else y }}\">", (1, "Go")),
    ],
)
def test_bare_text_is_found(source: str, bare: tuple[int, str]) -> None:
    assert [(one.line, one.text) for one in in_template("x.html", source, ENVIRONMENT)] == [bare]


@pytest.mark.parametrize(
    "source",
    [
        '<p>{{ _("Pay now") }}</p>',
        "<p>{% trans day=x %}Pay <b>now</b>, by {{ day }}{% endtrans %}</p>",
        '{{ ngettext("%(num)s row", "%(num)s rows", 3) }}',
        """<a class="btn {{ 'btn-primary ms-auto' if x else 'page-narrow' }}" href="/x" title="{{ _('Pay') }}">–</a>""",
        '{{ chip(_("Active"), "check-circle", "ok", class="num col-lg") }}',
        "{% if status == 'on_stop' %}<td>·&nbsp;12%</td>{% endif %}",
        '<td class="tick"{% if x %} data-slot="tick"><i></i>{% else %}>{% endif %}</td>',
        "<title>Customer Connect</title><script>let x = 'Some words';</script><code>upload.py</code>",
        "<!-- a note -->{# another note #}",
    ],
)
def test_what_is_translated_or_no_text_is_not(source: str) -> None:
    assert in_template("x.html", source, ENVIRONMENT) == []


def test_a_mail_is_all_text() -> None:
    source = '{{ _("Dear %(to)s", to=to) }},\n\nPay <now>\n{{ link }}\n'
    assert [(one.line, one.text) for one in in_template("x.txt", source, ENVIRONMENT)] == [(3, ", Pay <now>")]


def test_words_in_a_script_are_found() -> None:
    lines = (
        'say("It was lost.");',
        'button.textContent = "Hide"; // "A comment of words"',
        'find(".tick input[type=checkbox]").className = "bi bi-eye";',
    )
    assert [(one.line, one.text) for one in in_script("\n".join(lines))] == [(1, "It was lost."), (2, "Hide")]


def test_the_report_names_file_and_line() -> None:
    bare = in_template("x.html", "<p>\nPay now</p>", ENVIRONMENT)
    assert report(("templates/x.html", one) for one in bare) == "templates/x.html:2: Pay now"
