"""Settings, through the pages: what customers see of them, what is refused at its field, two admins at once."""

import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote

import pytest

from app import app
from chalicelib import services
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.ageing_setting import AgeingSetting
from chalicelib.dealers.model import Dealer, HelpLink, Seller
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.web.presenters.settings import entered
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.staff import listed
from tests.identity.second_factors import give_app
from tests.web.client import Visitor

HOME = "/staff/settings"
GOOD = {
    "phone": "01632 960 099",
    "phone_note": "Press Option 1",
    "support_email": "Parts@Moorbeck.example",
    "sales_email": "Sales@moorbeck.example",
    "opening_hours": "Mon to Fri 8:00 to 17:30\nSat 8:00 to 12:00",
    "tagline": "Farm machinery since 1952",
    "help_text": "Ask for Maria.",
    "link_label_0": "Parts shop",
    "link_address_0": "https://parts.moorbeck.example/shop",
    "link_label_1": "Breakdown",
    "link_address_1": "01632 960 100",
    "link_label_2": "Accounts",
    "link_address_2": "accounts@moorbeck.example",
    "document_version": "11/12/2025",
    "ageing_method": "days",
    "ageing_basis": "due",
    "statement_style": "open_item",
    "statement_day": "5",
    "idle_minutes": "45",
}


@pytest.fixture
def admin(staff: Visitor, cast: Cast, log_in: LogIn) -> Visitor:
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    return staff


def now_set(cast: Cast) -> Dealer:
    return dealers.dealer(cast.ours.scope, fresh=True)


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def test_what_is_saved_is_seen_by_customers_and_in_activity(admin: Visitor, cast: Cast, log_in: LogIn) -> None:
    assert "Settings" in admin.get("/staff/accounts").links
    admin.get(HOME)
    assert admin.submit(HOME, **GOOD).location == HOME
    assert flash(admin) == "Saved. Your customers see it now."
    saved = now_set(cast)
    assert (saved.phone_in_full, saved.support_email) == ("01632 960 099, Press Option 1", "parts@moorbeck.example")
    assert (saved.sales_email, saved.document_version, saved.idle) == ("sales@moorbeck.example", "11/12/2025", 45)
    assert saved.ageing == AgeingSetting("days", "due")
    assert saved.help_links == (
        HelpLink("Parts shop", "https://parts.moorbeck.example/shop"),
        HelpLink("Breakdown", "tel:01632960100"),
        HelpLink("Accounts", "mailto:accounts@moorbeck.example"),
    )
    customer = Visitor(app)
    customer.cookies[cookies.SESSION] = log_in(cast.ours.customer).secret
    foot = customer.get("/details")
    for words in (
        "01632 960 099, Press Option 1",
        "Mon to Fri 8:00 to 17:30",
        "Ask for Maria.",
        "Document Version: 11/12/2025",
    ):
        assert words in foot.text
    assert foot.links["sales@moorbeck.example"] == "mailto:sales@moorbeck.example"
    assert foot.links["Breakdown"] == "tel:01632960100"
    assert "Farm machinery since 1952" in customer.get("/accounts").text
    assert "01632 960 099" in Visitor(app).get(f"/d/{cast.ours.dealer.slug}/login").text
    trail = admin.get("/staff/activity?about=settings").text
    assert "Settings changed" in trail
    assert "Support number, After dialling" in trail


def test_the_form_shows_what_is_so_and_an_empty_field_takes_it_away(admin: Visitor, cast: Cast) -> None:
    admin.get(HOME)
    admin.submit(HOME, **GOOD)
    fields = admin.get(HOME).form(HOME).fields
    shown = {"link_address_1": "tel:01632960100", "link_address_2": "mailto:accounts@moorbeck.example"}
    wanted = {**GOOD, **shown, "support_email": "parts@moorbeck.example", "sales_email": "sales@moorbeck.example"}
    assert {name: fields[name] for name in GOOD} == wanted
    admin.submit(
        HOME,
        **dict.fromkeys((*GOOD,), "")
        | {"ageing_method": "days", "ageing_basis": "due", "idle_minutes": "30"}
        | {"statement_style": "no", "statement_day": "1"},
    )
    emptied = now_set(cast)
    assert (emptied.phone, emptied.phone_note, emptied.opening_hours) == ("", None, None)
    assert (emptied.sales_email, emptied.document_version, emptied.idle_minutes) == (None, None, None)
    assert emptied.help_links == ()


def test_saving_again_changes_nothing(admin: Visitor) -> None:
    admin.get(HOME)
    admin.submit(HOME, **GOOD)
    admin.get(HOME)
    assert admin.submit(HOME).location == HOME
    assert flash(admin) == "Nothing has changed."


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("phone", "call us", "Enter a phone number"),
        ("phone", "0" * 40, "40 of 32 characters: shorten it by 8"),
        ("support_email", "parts at moorbeck", "Enter an email address"),
        ("opening_hours", "x" * 201, "201 of 200 characters: shorten it by 1"),
        ("tagline", "x" * 161, "161 of 160 characters: shorten it by 1"),
        ("help_text", "x" * 601, "601 of 600 characters: shorten it by 1"),
        ("link_address_0", "javascript:alert(1)", "Enter an address that begins with https://"),
        ("link_address_0", "http://parts.example", "Enter an address that begins with https://"),
        ("link_address_0", "", "Say where the link leads"),
        ("link_label_0", "", "Say what the link leads to"),
        ("ageing_method", "weeks", "Choose one of the list"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(
    admin: Visitor, cast: Cast, field: str, typed: str, said: str
) -> None:
    before = now_set(cast)
    admin.get(HOME)
    page = admin.submit(HOME, **{**GOOD, field: typed})
    assert page.status == 422
    assert said in page.text
    assert f'id="{field}-error"' in page.html
    assert page.form(HOME).fields["tagline" if field != "tagline" else "phone"] in GOOD.values()
    assert now_set(cast) == before


def test_of_two_admins_the_second_is_told_and_loses_nothing_that_was_entered(admin: Visitor, cast: Cast) -> None:
    stale = dict(admin.get(HOME).form(HOME).fields)
    admin.submit(HOME, **GOOD)
    page = admin.post(HOME, {**stale, "phone": "01632 960 055", "document_version": "Mine"})
    assert page.status == 409
    assert "The settings were changed since you opened this page." in page.text
    assert "Saving again replaces what was saved with yours: Support number, Document Version." in page.text
    assert "In another window you saved: “01632 960 099”." in page.text
    assert 'id="phone-error"' in page.html
    fields = page.form(HOME).fields
    assert (fields["phone"], fields["document_version"]) == ("01632 960 055", "Mine")
    others = [name for name in GOOD if name not in {"phone", "document_version"}]
    saved = entered(now_set(cast))
    assert {name: fields[name] for name in others} == {name: saved[name] for name in others}
    told = page.text.split("Their changes are in the form: ")[1].split(".")[0]
    assert {"Help links", "Opening hours"} <= set(told.split(", "))
    assert now_set(cast).phone == "01632 960 099"
    before = now_set(cast)
    assert admin.submit(HOME).location == HOME
    assert now_set(cast) == replace(before, phone="01632 960 055", document_version="Mine")


@pytest.mark.parametrize("was", ["", "[]", "nonsense", '{"phone": 1}'])
def test_without_what_the_form_began_from_all_of_it_counts_as_changed(admin: Visitor, cast: Cast, was: str) -> None:
    stale = dict(admin.get(HOME).form(HOME).fields)
    admin.submit(HOME, **GOOD)
    page = admin.post(HOME, {**stale, "was": was})
    assert page.status == 409
    assert "Their changes are in the form" not in page.text
    assert "In another window you saved: “01632 960 099”." in page.text
    assert now_set(cast).phone == "01632 960 099"


def test_they_are_for_admins(staff: Visitor) -> None:
    assert staff.get(HOME).status == 403
    assert "Settings" not in staff.get("/staff/accounts").links


def test_a_rivals_settings_stay_theirs(admin: Visitor, cast: Cast) -> None:
    before = dealers.dealer(cast.rival.scope, fresh=True)
    admin.get(HOME)
    admin.submit(HOME, **GOOD)
    assert dealers.dealer(cast.rival.scope, fresh=True) == before


def test_an_admin_says_who_must_use_a_second_factor(admin: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    fields = admin.get(HOME).form(HOME).fields
    assert (fields["staff_second_factor"], fields["customers_second_factor"]) == ("no", "no")
    admin.submit(HOME, customers_second_factor="yes")
    dealer = now_set(cast)
    assert (dealer.staff_need_second_factor, dealer.customers_need_second_factor) == (False, True)
    assert "Customers must use a second factor" in admin.get("/staff/activity?about=settings").text
    admin.get(HOME)
    assert admin.submit(HOME, staff_second_factor="perhaps").status == 422
    admin.get(HOME)
    page = admin.submit(HOME, staff_second_factor="yes")
    assert (page.status, "Set up your own second factor first" in page.text) == (422, True)
    give_app(cast.ours.admin, now=now, ids=ids)
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)
    assert "1 of your users has none now." in admin.get(HOME).text
    admin.submit(HOME, customers_second_factor="no", staff_second_factor="yes")
    assert "1 of your users has no second factor, and sets one up at their next click or login." in flash(admin)
    dealer = now_set(cast)
    assert (dealer.staff_second_factor, dealer.customers_second_factor) == (None, None)  # stored only where it differs
    assert dealer.staff_need_second_factor


@pytest.mark.parametrize(("referer", "page_of"), [(f"{HOME}?x=1", f"{HOME}?x=1"), ("", "")])
def test_the_answer_names_the_page_of_its_form_where_that_is_known(admin: Visitor, referer: str, page_of: str) -> None:
    fields = {**admin.get(HOME).form(HOME).fields, **GOOD, "support_email": "nobody"}
    base = services.current().settings.base_url
    page = admin.post(HOME, fields, headers={"referer": f"{base}{referer}"} if referer else {})
    assert page.status == 422
    assert re.findall(r'<meta name="form-page" content="([^"]*)">', page.html) == ([page_of] if page_of else [])


def test_what_e_invoices_say_of_the_dealer_is_set_and_checked(admin: Visitor, cast: Cast) -> None:
    admin.get(HOME)
    wrong = {
        "vat_number": "none",
        "seller_country": "UK!",
        "seller_iban": "GB29NWBK60161331926818",
        "seller_endpoint": "5012345678901",
        "seller_endpoint_scheme": "0088",
    }
    page = admin.submit(HOME, **wrong)
    assert page.status == 422
    for words in (
        "Enter a V.A.T. number, such as GB 123 4567 89",
        "Enter the two letters of a country, such as GB",
        "Enter an IBAN, such as GB29 NWBK 6016 1331 9268 19",
    ):
        assert words in page.text
    assert now_set(cast).seller is None
    right = {
        "vat_number": "GB 123 4567 89",
        "seller_country": "gb",
        "seller_iban": "GB29 NWBK 6016 1331 9268 19",
        "seller_endpoint": "5012345678901",
    }
    page = admin.submit(HOME, **right)
    assert "Enter a number of this kind, without spaces" in page.text
    assert admin.submit(HOME, seller_endpoint="5012345678900").location == HOME
    saved = now_set(cast)
    assert saved.vat_number == "GB 123 4567 89"
    assert saved.seller == Seller(
        country="GB", iban="GB29NWBK60161331926819", endpoint_scheme="0088", endpoint="5012345678900"
    )
    admin.get(HOME)
    page = admin.submit(HOME, seller_endpoint_scheme="")
    assert "Say which kind of number this is" in page.text
    empty = dict.fromkeys(("seller_country", "seller_iban", "seller_endpoint", "seller_endpoint_scheme"), "")
    assert admin.submit(HOME, **empty).location == HOME
    assert now_set(cast).seller is None


def test_days_of_reminders_are_chosen_and_checked(admin: Visitor, cast: Cast) -> None:
    assert now_set(cast).payment_reminders is None
    admin.get(HOME)
    admin.submit(HOME, remind_before="1, 7", remind_after="14 3")
    assert now_set(cast).payment_reminders == (-7, -1, 3, 14)
    fields = admin.get(HOME).form(HOME).fields
    assert (fields["remind_before"], fields["remind_after"]) == ("7, 1", "3, 14")
    for wrong in ("soon", "31", "1 2 3 4 5", "7, 7", "-1"):
        page = admin.submit(HOME, remind_before=wrong)
        assert page.status == 422
        assert "Enter up to 4 different numbers from 0 to 30, such as 7, 14" in page.text
        assert page.form(HOME).fields["remind_before"] == wrong
    assert admin.submit(HOME, remind_before="", remind_after="").status == 303
    assert now_set(cast).payment_reminders is None
