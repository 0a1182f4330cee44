"""Every text of a template or of its scripts goes through gettext, and Babel finds it."""

import pytest
from jinja2 import FileSystemLoader

from chalicelib.rendering.templates import made_with
from infra.package.jinja_templates import is_template
from infra.setup.paths import ROOT
from tests.rendering.bare_python import in_python
from tests.rendering.bare_text import in_script, in_template, report

TEMPLATES = ROOT / "templates"
ENVIRONMENT = made_with(FileSystemLoader(TEMPLATES))
PROGRAM = ROOT / "chalicelib"
NO_LABELS = {"store", "mail", "notifications", "triggers"}
"""A single word with a capital is a vendor's key there."""
CODES = {
    "kernel/currencies.py",
    *(f"einvoices/{name}.py" for name in ("cii", "facturx", "icc", "make", "ubl", "units", "xml")),
}
"""Modules that hold codes alone, or write files for programs."""
ACKNOWLEDGED = {
    "ccx/csv_rows.py": {"unexpected end of data"},  # the csv module's words
    "ccx/source_formats.py": {
        "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec",
        "or",
    },  # English, where nothing else is
    "http/access.py": {", role", ", module", ", area", ", body"},  # the list of acknowledged routes
    "http/headers.py": {"connect-src", "img-src data:", "form-action", "frame-src"},
    "identity/passwords.py": {"nobody has this password"},  # hashed, never shown
    "ingest/repo.py": {"import"},  # of the audit trail
    "mail/messages.py": {"Customer Connect"},
    "mail/sender.py": {"Customer Connect <portal@customer-connect.example>"},
    "notifications/delivery.py": {"no answer from the mail service"},  # for the operator
    "notifications/feedback.py": {"Successfully validated SNS topic for Amazon SES event publishing."},  # SES's words
    "rendering/brand.py": {
        "Inter,",
        'system-ui,"Segoe UI",Roboto,Arial,sans-serif',
        '"Source Serif 4",Georgia,"Times New Roman",serif',
    },  # families of fonts
    "rendering/format.py": {"Md"},  # the CLDR's skeleton of day and month in digits
    "rendering/invoice_pdf.py": {"Customer Connect"},
    "kernel/links.py": {"Cf", "Cn", "Cs"},  # of Unicode
    "rendering/pdf_text.py": {"Helvetica", "Cc", "Cf"},  # a font, and Unicode's categories
    "uploads/checks/office.py": {"Type", "External"},  # XML
    "identity/passkeys/ceremony.py": {"Customer Connect"},
    "settings.py": {"Customer Connect <portal@customer-connect.example>"},
    "kernel/origin.py": {
        *("Edge", "Opera", "Firefox", "Chrome", "Safari"),
        *("Android", "Windows", "Mac", "Mac OS", "Linux"),
    },
}
"""Literals that look like texts and are none, or are the same in every language."""


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


def test_no_module_has_bare_text() -> None:
    found, acknowledged = [], set()
    for path in sorted(PROGRAM.rglob("*.py")):
        name = path.relative_to(PROGRAM)
        if str(name) in CODES:
            continue
        for bare in in_python(path.read_text("utf-8"), labels=name.parts[0] not in NO_LABELS):
            if bare.text in ACKNOWLEDGED.get(str(name), ()):
                acknowledged.add((str(name), bare.text))
            else:
                found.append((f"chalicelib/{name}", bare))
    assert report(iter(found)) == ""
    assert acknowledged == {(name, text) for name, texts in ACKNOWLEDGED.items() for text in texts}, "an old entry"


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('raise NotFoundError("The PDF has not arrived yet")', ["The PDF has not arrived yet"]),
        ('raise InvalidError(text, {"name": "Enter a name"})', ["Enter a name"]),
        ('redirect(HOME, flash=f"{count} invitations on the way")', ["invitations on the way"]),
        ('page(request, "x.html", label="Log in")', ["Log in"]),
        ('STATES = {State.HELD: ("Held", "pause-circle")}', ["Held"]),
        ('Column(label="V.A.T.")', ["V.A.T."]),
        ('def f(*, what: str = "A date") -> str: return Kind(what="The day")', ["A date", "The day"]),
        ('_("To %(who)s", who="A friend")', ["A friend"]),
        ('def f(label: str = "Paid") -> str: return f"Due {day}"', ["Due", "Paid"]),
    ],
)
def test_bare_text_of_a_module_is_found(source: str, texts: list[str]) -> None:
    assert sorted(one.text for one in in_python(source)) == texts


@pytest.mark.parametrize(
    "source",
    [
        '"""A module about it."""\nTEXT = lazy_gettext("Held")',
        'def f(x: "Thing") -> "Other thing":\n    """Does this."""\n    return _("Due %(day)s", day=day)',
        'fmt.plural(3, "%(num)s row", "%(num)s rows")',
        'raise ValueError("not a path of the portal")',
        'msg = "not a web address"\nraise ValueError(msg)',
        'logger.warning("Some words", kind=kind)',
        'def f(*, description: str = "A date") -> Kind: return Kind(description="The day")',
        'Response("", {"Content-Type": "text/plain; charset=utf-8", "Location": path})',
        'values = event["Records"], "age-1", "transactions.csv"',
    ],
)
def test_what_is_no_text_of_a_module_is_not(source: str) -> None:
    assert in_python(source) == []


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
        "<title>Customer Connect</title><script>let x = 'Some words';</script><code>upload.pyz</code>",
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
