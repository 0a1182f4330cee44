"""Shown in a language in which every message is wrapped, a page has no other text than its data."""

from collections.abc import Iterator

import pytest

from app import app
from tests.fixtures.cast import House
from tests.pseudo_locale import pseudo_locale, unwrapped
from tests.sweeps.scenario import Stage, address, canary

WHOLE = {
    "anonymous": {"/login", "/forgot", "/d/{slug}", "/d/{slug}/login"},
    "our customer": {"/forgot", "/account/password"},
    "our admin": {"/forgot", "/account/password", "/staff/imports/api-keys"},
}
"""Pages whose texts all come from templates. The others still show texts of the program that are no messages yet."""


def untranslated(stage: Stage, caller: str) -> Iterator[tuple[str, list[str]]]:
    """Each page that this caller can open, with its texts that are neither a message nor data of the dealer."""
    house = stage.cast.ours
    member = stage.callers()[caller].member
    data = (canary(house), *_names(house), *([member.email, member.email[:2].upper()] if member else []))
    with pseudo_locale(), stage.visiting(stage.callers()[caller]) as visitor:
        for resource in sorted(path for path, methods in app.routes.items() if "GET" in methods):
            page = visitor.get(address(stage, resource, house))
            if page.status == 200 and page.headers["content-type"].startswith("text/html"):
                yield resource, [text for text in unwrapped(page.html) if not any(known in text for known in data)]


def _names(house: House) -> tuple[str, ...]:
    """The dealer, the product, the customer's account in the bar, and the beginning of a key."""
    return house.dealer.name, "Customer Connect", "Mr A L Barlow, 1200", "ccx_"


@pytest.mark.parametrize("caller", WHOLE)
def test_a_page_of_templates_is_wholly_translated(stage: Stage, caller: str) -> None:
    found = dict(untranslated(stage, caller))
    assert found.keys() >= WHOLE[caller]
    assert {path: found[path] for path in WHOLE[caller] if found[path]} == {}


@pytest.mark.parametrize(("caller", "path"), [("our customer", "/transactions"), ("our admin", "/staff/accounts")])
def test_a_page_with_data_is_in_the_dealers_language(stage: Stage, caller: str, path: str) -> None:
    """No text of its template is among what is left."""
    found = dict(untranslated(stage, caller))[path]
    assert not {"Search", "Balance", "Overdue", "Description", "Customer #", "Invite"} & set(found)
