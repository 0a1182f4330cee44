"""Profile, for staff and for customers: fields, messages at the field, two windows, and where the names show then."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import unquote

import pytest

from app import app
from chalicelib import services, settings
from chalicelib.dealers import queries as dealers
from chalicelib.http import cookies
from chalicelib.identity.rate_limits import Limit
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import RecordingSender
from chalicelib.profiles import queries
from chalicelib.services import Services
from chalicelib.web import profile
from chalicelib.web.customer import contact_preferences
from tests.fixtures.cast import Cast, LogIn, Member
from tests.fixtures.staff import listed
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.tasks.made import opened
from tests.web.client import Page, Visitor

HOME = "/profile"
ANNA = {
    "title": "ms",
    "first_name": "Anna",
    "last_name": "Reed",
    "line1": "Beck Lane",
    "city": "Castleton",
    "postcode": "YO21 6XX",
    "phone": "01632 960 014",
    "mobile": "+44 7700 900118",
}


@pytest.fixture(autouse=True)
def served(now: datetime, ids: Ids) -> Iterator[None]:
    with services.use(Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: now, ids=ids)):
        yield


def visitor_of(member: Member, log_in: LogIn) -> Visitor:
    visitor = Visitor(app)
    visitor.cookies[cookies.SESSION] = log_in(member).secret
    return visitor


@pytest.fixture
def staff(cast: Cast, log_in: LogIn, now: datetime) -> Visitor:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)
    return visitor_of(cast.ours.user, log_in)


@pytest.fixture
def customer(cast: Cast, log_in: LogIn) -> Visitor:
    publish(cast.ours.import_scope, [an_account([a_row("127070", total=770)], facts=a_facts(balance=770))])
    dealers.forget_published(cast.ours.scope)
    return visitor_of(cast.ours.customer, log_in)


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def save(visitor: Visitor, **fields: str) -> Page:
    visitor.get(HOME)
    return visitor.submit(HOME, **fields)


def shown(visitor: Visitor) -> dict[str, str]:
    return visitor.get(HOME).form(HOME).fields


def test_a1_14_the_profile_icon_opens_it_with_the_log_in_email_and_change_password(staff: Visitor, cast: Cast) -> None:
    page = staff.get("/staff/accounts")
    assert page.links[f"USProfile, {cast.ours.user.email}"] == HOME
    page = staff.get(HOME)
    assert cast.ours.user.email in page.text
    assert page.links["Change Password"] == "/account/password"
    assert page.links["Where you are logged in"] == "/account/sessions"


@pytest.mark.parametrize("who", ["staff", "customer"])
def test_a1_15_the_fields_are_saved_and_numbers_shown_in_national_form(
    who: str, request: pytest.FixtureRequest
) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    assert save(visitor, **ANNA).location == HOME
    assert flash(visitor) == "Saved"
    found = shown(visitor)
    assert {name: found[name] for name in ANNA} == {**ANNA, "phone": "01632 960014", "mobile": "07700 900118"}
    save(visitor)
    assert flash(visitor) == "Nothing has changed"
    save(visitor, phone="", line1="")
    assert (shown(visitor)["phone"], shown(visitor)["line1"]) == ("", "")


def test_a1_15_required_fields_are_marked_and_asked_for_and_what_was_typed_stays(staff: Visitor) -> None:
    page = staff.get(HOME)
    for label in ("Title", "First Name", "Last Name"):
        assert f"{label} *" in page.text
    page = save(staff, **{**ANNA, "title": "", "last_name": " ", "mobile": "7700"})
    assert page.status == 422
    assert "There are 3 problems" in page.text
    for name, said in (
        ("title", "Choose your title"),
        ("last_name", "Enter your last name"),
        ("mobile", "Enter your mobile number, such as 07400 123456"),
    ):
        assert said in page.text
        assert f'id="{name}-error"' in page.html
    assert page.form(HOME).fields["first_name"] == "Anna"
    assert page.form(HOME).fields["mobile"] == "7700"
    assert shown(staff)["first_name"] == ""


def test_a1_15_a_number_without_a_digit_is_refused_at_its_field(customer: Visitor) -> None:
    page = save(customer, **{**ANNA, "mobile": "07700 90011"})
    assert page.status == 422
    assert page.html.count("Check the number: it has a digit too few or too many") == 2  # in the summary, at the field
    assert page.form(HOME).fields["mobile"] == "07700 90011"


def test_a1_16_a_customer_sets_contact_preferences_on_the_same_form(customer: Visitor) -> None:
    page = customer.get(HOME)
    for label in ("Email", "Text message (SMS)", "Phone", "Post"):
        assert label in page.text
    assert customer.submit(HOME, **ANNA, **{"consent-phone": "yes"}).location == HOME
    page = customer.get(HOME)
    assert "Your choice of 5 Jun 2024" in page.text
    assert page.form(HOME).fields["consent-phone"] == "yes"
    assert "Your choice of 5 Jun 2024" in customer.get("/details").text
    customer.get(HOME)
    customer.submit(HOME, **{"consent-phone": ""})
    assert flash(customer) == "Saved"
    assert not shown(customer).get("consent-phone")


def test_a1_16_where_no_more_may_be_chosen_today_nothing_is_saved_and_all_stays_in_the_form(
    customer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_preferences, "CHOSEN", Limit("consent.person", 0, 86_400))
    page = save(customer, **{**ANNA, "consent-post": "yes"})
    assert page.status == 429
    assert "Nothing was saved." in page.text
    fields = page.form(HOME).fields
    assert (fields["first_name"], fields["consent-post"]) == ("Anna", "yes")
    assert shown(customer)["first_name"] == ""


def test_a1_16_ticks_of_a_form_that_was_refused_stay(customer: Visitor) -> None:
    page = save(customer, **{**ANNA, "title": "", "consent-post": "yes"})
    assert page.status == 422
    assert page.form(HOME).fields["consent-post"] == "yes"
    assert not shown(customer).get("consent-post")


def test_staff_have_no_contact_preferences(staff: Visitor) -> None:
    assert "Contact preferences" not in staff.get(HOME).text


def test_a1_17_cancel_returns_to_the_dashboard(staff: Visitor, customer: Visitor) -> None:
    assert staff.get(HOME).links["Cancel"] == "/staff/accounts"
    assert customer.get(HOME).links["Cancel"] == "/transactions"


def test_cancel_leads_back_to_where_the_reader_came_from_also_after_saving(customer: Visitor) -> None:
    base = settings.load().base_url
    page = customer.get(HOME, headers={"referer": f"{base}/details"})
    assert page.links["Cancel"] == "/details"
    assert customer.submit(HOME, title="").status == 422
    assert customer.page
    assert customer.page.links["Cancel"] == "/details"
    assert customer.submit(HOME, **ANNA).location == f"{HOME}?back=/details"
    assert customer.follow().links["Cancel"] == "/details"
    for other in (f"{base}/profile/photo", f"{base}/account/security", "https://evil.example/x", f"{base}/staff/to-do"):
        assert customer.get(HOME, headers={"referer": other}).links["Cancel"] == "/transactions", other
    assert customer.get(f"{HOME}?back=//evil.example").links["Cancel"] == "/transactions"
    for own in ("/account/passkeys", "/account/password"):
        assert customer.get(own).links["Back"] == HOME, own
    for own in ("/account/security", "/account/sessions"):
        assert customer.get(own).links["Profile"] == HOME, own


def test_of_two_windows_the_second_is_told_and_may_save_again(staff: Visitor, cast: Cast) -> None:
    staff.get(HOME)
    old = staff.get(HOME).form(HOME).fields
    staff.submit(HOME, **ANNA)
    page = staff.post(HOME, {**old, **ANNA, "city": "York"})
    assert page.status == 409
    assert "changed in another window" in page.text
    assert page.form(HOME).fields["city"] == "York"
    assert queries.own_profile(cast.ours.user.staff_scope).details.city == "Castleton"
    assert staff.submit(HOME).location == HOME
    assert shown(staff)["city"] == "York"


def test_the_name_shows_on_users_activity_and_to_do_beside_the_email(
    staff: Visitor, cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    save(staff, **ANNA)
    email = cast.ours.user.email
    page = staff.get("/staff/users")
    assert f"Anna Reed{email}" in page.text
    assert f"Anna Reed ({email})" in staff.get("/staff/activity").text
    assert "Profile changed" in staff.get("/staff/activity?about=profile").text
    assert "Title, First Name, Last Name" in staff.get("/staff/activity?about=profile").text
    admin = visitor_of(cast.ours.admin, log_in)
    opened(cast.ours.scope, now, ids)
    assert f"Anna Reed ({email})" in admin.get("/staff/to-do").text
    assert "Anna Reed" in admin.get(f"/staff/users/{cast.ours.user.person_id}").text


def test_the_head_of_each_page_has_the_initials_of_who_is_logged_in(staff: Visitor, cast: Cast, log_in: LogIn) -> None:
    save(staff, **ANNA)
    assert '<span class="avatar" aria-hidden="true">AR</span>' in staff.get("/staff/users").html
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret  # somebody else in the same browser
    assert ">AR</span>" not in staff.get("/staff/users").html


def test_what_a_customer_does_reads_as_the_customers_in_activity(customer: Visitor, staff: Visitor) -> None:
    save(customer, **ANNA)
    page = staff.get("/staff/activity?about=profile")
    assert "The customer" in page.text
    assert "Castleton" not in page.text


def test_nobody_changes_their_profile_all_day(staff: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "SAVED", profile.SAVED.__class__("profile.person", 2, 86_400))
    for city in ("Whitby", "York"):
        assert save(staff, **ANNA | {"city": city}).status == 303
    assert save(staff, **ANNA | {"city": "Leeds"}).status == 429
    assert shown(staff)["city"] == "York"
