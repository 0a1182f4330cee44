from typing import Any

import pytest

from chalicelib.dealers.ageing_setting import AgeingSetting
from chalicelib.dealers.appearance import Brand
from chalicelib.dealers.model import Dealer, Module, Profile
from chalicelib.dealers.operations import profile_of
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.schemas import adapter
from tests.dealers.profiles import a_profile

FIELDS: dict[str, Any] = {
    "slug": "moorbeck",
    "code": "MOOR-1",
    "name": " Moorbeck Machinery Ltd ",
    "contact_email": "maria@moorbeck.example",
    "address": ["Beck Lane", "Castleton"],
}


def test_a_profile_needs_little_and_trims() -> None:
    profile = profile_of(FIELDS)
    assert profile.name == "Moorbeck Machinery Ltd"
    assert (profile.locale, profile.time_zone, profile.currency) == ("en-GB", "Europe/London", "GBP")
    assert profile.ageing == AgeingSetting("calendar_month", "invoice")


def test_every_process_stores_the_same_settings_alike() -> None:
    profile = profile_of({**FIELDS, "modules": list(Module)})
    assert adapter(Profile).dump_python(profile, mode="json")["modules"] == sorted(Module)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "Moorbeck"),
        ("slug", "-moorbeck"),
        ("slug", "moor\nbeck"),
        ("slug", "a/b"),
        ("slug", "a" * 41),
        ("code", "M"),
        ("code", "MOOR 1"),
        ("name", " "),
        ("contact_email", "maria"),
        ("contact_email", "maria@moorbeck.example\nBcc: x@y"),
        ("address", []),
        ("currency", "GBX"),
        ("currency", "gbp"),
        ("time_zone", "Europe/Yorkshire"),
        ("locale", "english"),
        ("user_allowance", 0),
        ("modules", ["invoices", "telepathy"]),
        ("ageing", {"method": "moon"}),
        ("brand", {"nav_bg": "red"}),
        ("brand", {"nav_bg": "#FFFFFF"}),
        ("brand", {"nav_bg": "#fff;background:url(x)"}),
        ("brand", {"nav_bg": "#ffffff\n}"}),
        ("help_text", "x" * 601),
        ("help_links", [{"label": "Parts", "address": "javascript:alert(1)"}]),
        ("help_links", [{"label": "Parts", "address": "http://parts.example"}]),
        ("help_links", [{"label": "", "address": "https://parts.example"}]),
        ("help_links", [{"label": "Parts", "address": "https://parts.example"}] * 7),
        ("dealer_id", "aaaaaaaaaa"),
    ],
)
def test_each_wrong_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(InvalidError) as refused:
        profile_of({**FIELDS, field: value})
    assert [name.split(".")[0] for name in refused.value.fields] == [field]


def test_colours_are_six_hex_digits() -> None:
    assert profile_of({**FIELDS, "brand": {"nav_bg": "#012def"}}).brand == Brand(nav_bg="#012def")


def test_a_dealer_is_its_profile_and_its_id(ids: Ids) -> None:
    profile = a_profile(ids, tagline="Since 1951")
    dealer = Dealer.of("aaaaaaaaaa", profile)
    assert (dealer.dealer_id, dealer.slug, dealer.tagline) == ("aaaaaaaaaa", profile.slug, "Since 1951")
