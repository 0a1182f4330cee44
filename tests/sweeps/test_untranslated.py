"""Shown in a language in which every message is wrapped, a page has no other text than its data."""

import re
from calendar import month_name
from collections.abc import Iterator

import pytest

from app import app
from chalicelib.ingest.entities import ENTITIES
from tests.alerts.made import WORDS
from tests.fixtures.cast import Dealership, Member
from tests.pseudo_locale import pseudo_locale, unwrapped
from tests.sweeps.canary_exports import LONG_NAME, canary, only_ours, transaction
from tests.sweeps.scenario import OFFERS, PRIVACY, TERMS, Caller, Scenario, address

IN_ENGLISH = {"/staff/imports/format"}
"""The declarations of the export format, which docs/export-format.md has word for word."""
CALLERS = ["anonymous", "our customer", "our other customer", "our staff", "our admin"]
OPENED = {
    "anonymous": {"/login", "/forgot", "/d/{slug}", "/d/{slug}/login", "/i/{token}", "/reset/{token}"},
    "our customer": {"/transactions", "/invoices/{account}/{kind}/{transaction}", "/downloads/{download}", "/accounts"},
    "our other customer": {"/transactions", "/invoices/{account}/{kind}/{transaction}"},  # the second is not found
    "our staff": {"/staff/accounts", "/staff/accounts/{account}", "/staff/imports/api-keys"},  # the third is forbidden
    "our admin": {
        "/staff/accounts",
        "/staff/imports/{run}",
        "/staff/downloads/{download}",
        "/staff/imports/api-keys",
        "/account/sessions",
    },
}
"""Some of what each caller must have got as a page, so that the sweep sweeps."""
COLUMNS = "|".join(sorted((name for entity in ENTITIES for name in entity.schema.by_name), key=len, reverse=True))
SAME_EVERYWHERE = (
    r'<a href="http[^"]+" style="[^"]+">|</a>|'
    r"https?://\S+|Deutsch|English \(United Kingdom\)|Customer Connect|CSV|XLSX|[kM]B|GBP|ccx_[\w-]+…|"
    rf"\d{{1,2}} [A-Z][a-z]{{2}}( \d{{4}})?|({'|'.join(month_name[1:])}) \d{{4}}|[A-Z][a-z]{{2,3}} \d{{4}}|"
    rf"ST-\d{{4}}-\d\d|[BEFGW]\d{{3}}_[A-Z_]+|[a-z_]+\.csv|\b({COLUMNS})\b"
)
"""HTML of a button, names, languages as their readers call them, currencies, units, the beginning of a key, dates that
Babel words, codes and names of the export format."""
ACTORS = ("cast", "tests")
"""Who acted in the rows of the audit trail."""
_LETTER = re.compile(r"[^\W\d_]")


def untranslated(scenario: Scenario, caller: Caller) -> Iterator[tuple[str, list[str]]]:
    """Each page that this caller gets, of any status, with its texts that are neither a message nor data."""
    dealership = scenario.cast.ours
    with pseudo_locale(), scenario.visiting(caller) as visitor:
        for resource in sorted(path for path, methods in app.routes.items() if "GET" in methods):
            page = visitor.get(address(scenario, resource, dealership))
            if page.headers.get("content-type", "").startswith("text/html") and page.html:
                yield (
                    resource,
                    [text for text in unwrapped(page.html) if is_bare(text, data(dealership, caller.member))],
                )


def is_bare(text: str, known: str) -> bool:
    """Whether there are letters in it beside what `known` matches and what is the same everywhere."""
    return bool(_LETTER.search(re.sub(f"{known}|{SAME_EVERYWHERE}", " ", text)))


def data(dealership: Dealership, member: Member | None) -> str:
    """The dealer's and the reader's own names, and the references and texts of the exports."""
    dealer, customers = dealership.dealer, (dealership.customer, dealership.other_customer)
    initials = "".join(word[0] for word in dealer.name.split())
    emails = [one.email for one in (*filter(None, (member,)), *dealership.people)]
    emails += [email[:2].upper() for email in emails]
    names = [one.membership.account_name for one in customers]
    own = (dealer.name, dealer.tagline, ", ".join(dealer.address), initials, dealer.slug, dealer.contact_email)
    people = WORDS, *dealer.address, *names, *emails, *ACTORS, OFFERS, PRIVACY, TERMS
    known = (only_ours(dealership), transaction(dealership), LONG_NAME, *filter(None, own), *people)
    account = rf"\d+|{re.escape(only_ours(dealership))}"
    ours = rf"{canary(dealership)}( of ({account})| laptop|@farm\d+\.example|\.(csv|pdf|png|zip))?"
    return "|".join((ours, *map(re.escape, known)))


@pytest.mark.parametrize("name", CALLERS)
def test_every_page_is_wholly_translated(scenario: Scenario, name: str) -> None:
    found = dict(untranslated(scenario, scenario.callers()[name]))
    assert found.keys() >= OPENED[name]
    assert {path: texts for path, texts in found.items() if texts and path not in IN_ENGLISH} == {}


@pytest.mark.parametrize(
    ("text", "bare"), [("Moorbeck Machinery, 5 Jun 2024", False), ("Moorbeck Machinery owes", True), ("£7.70", False)]
)
def test_a_text_beside_data_is_bare(text: str, *, bare: bool) -> None:
    assert is_bare(text, "Moorbeck Machinery") is bare
