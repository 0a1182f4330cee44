"""The language of pages: which ones a dealer offers, and that a choice stays with the person."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote

import pytest

from chalicelib import services
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.operations import change_settings, settings_fingerprint
from chalicelib.http import cookies
from chalicelib.identity import repo
from chalicelib.identity.model import FactorKind
from chalicelib.identity.repo import writes
from chalicelib.kernel import i18n
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.texts import RecordingTextSender
from chalicelib.notifications.deps import read_by
from chalicelib.notifications.dispatch import send_due
from chalicelib.profiles.queries import own_profile
from tests.fixtures.cast import Cast
from tests.identity.second_factors import give_email_codes, give_sms_codes
from tests.pseudo_locale import pseudo_locale
from tests.web.auth.conftest import LoginPages

HOME, SETTINGS = "/account/language", "/staff/settings"


def offer(cast: Cast, languages: tuple[str, ...] | None, now: datetime, ids: Ids) -> None:
    names = {"languages": languages}
    seen = settings_fingerprint(dealers.dealer(cast.ours.scope, fresh=True), names)
    change_settings(cast.ours.admin.staff_scope, names, seen=seen, now=now, ids=ids)


@pytest.fixture
def german(pages: LoginPages) -> Iterator[None]:  # noqa: ARG001 - whose services these are
    """German is installed: each message is wrapped."""
    installed = replace(services.current(), languages=lambda: (i18n.SOURCE_LOCALE, "de"))
    with services.use(installed), pseudo_locale("de"), i18n.activated(i18n.SOURCE_LOCALE):
        yield


@pytest.mark.usefixtures("german")
def test_a_choice_is_offered_by_the_dealer_and_kept_with_the_person(cast: Cast, pages: LoginPages) -> None:
    admin = pages.logged_in(cast.ours.admin)
    form = admin.get(SETTINGS)
    assert "Deutsch" in form.text
    admin.submit(SETTINGS, language="de")
    assert dealers.dealer(cast.ours.scope, fresh=True).languages == ("en-GB", "de")
    customer = pages.logged_in(cast.ours.customer)
    assert customer.get("/profile").links["Language"] == HOME
    customer.get(HOME)
    customer.submit(HOME, language="de")
    assert unquote(customer.cookies[cookies.FLASH]) == "⟦Pages are in this language from now on⟧"
    assert "⟦Account details⟧" in customer.get("/details").text
    again = pages.logged_in(cast.ours.customer)
    assert "⟦Account details⟧" in again.get("/details").text
    assert "⟦Language chosen⟧" in again.get("/account/activity").text
    assert "⟦" not in pages.logged_in(cast.ours.other_customer).get("/details").text
    again.get(HOME)
    assert again.submit(HOME, language="fr").status == 404


@pytest.mark.usefixtures("german")
def test_mails_to_a_person_are_in_the_language_that_they_chose(
    cast: Cast, pages: LoginPages, now: datetime, ids: Ids
) -> None:
    offer(cast, ("en-GB", "de"), now, ids)
    customer = pages.logged_in(cast.ours.customer)
    customer.get(HOME)
    customer.submit(HOME, language="de")
    forgot = f"/d/{cast.ours.dealer.slug}/forgot"
    for one in (cast.ours.customer, cast.ours.other_customer):
        visitor = pages.visitor()
        visitor.get(forgot)
        visitor.submit(forgot, email=one.email)
    send_due(IdentityScope(), deps=services.current().mail_deps)
    sent = {mail.to: mail for mail in pages.mail.sent}
    assert sent[cast.ours.customer.email].subject.startswith("⟦")
    assert '<html lang="de">' in sent[cast.ours.customer.email].html
    assert "⟦" not in sent[cast.ours.other_customer.email].text
    assert read_by(dealers.dealer(cast.ours.scope, fresh=True), cast.outsider_email).locale == "en-GB"


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("kind", [FactorKind.EMAIL, FactorKind.SMS])
def test_codes_for_somebody_of_two_dealers_are_of_the_one_where_they_log_in_and_in_their_language(
    cast: Cast, pages: LoginPages, now: datetime, ids: Ids, kind: FactorKind
) -> None:
    offer(cast, ("en-GB", "de"), now, ids)
    member, texts = cast.ours.customer, RecordingTextSender()
    customer = pages.logged_in(member)
    customer.get(HOME)
    customer.submit(HOME, language="de")
    elsewhere = replace(member.membership, dealer_id=cast.rival.dealer.dealer_id)
    repo.commit(IdentityScope(), [writes.put_membership(member.person_id, elsewhere, now)])
    if kind is FactorKind.EMAIL:
        give_email_codes(member, now=now, ids=ids)
    else:
        give_sms_codes(member, "+447400123456", now=now, ids=ids)
    with services.use(replace(services.current(), texts=texts)):
        path = f"/d/{cast.ours.dealer.slug}/login"
        assert pages.log_in(pages.visitor(), member.email, path=path).location == "/login/code"
        send_due(IdentityScope(), deps=services.current().mail_deps)
    if kind is FactorKind.EMAIL:
        (said,) = (mail.subject for mail in pages.mail.sent if mail.about["kind"] == "security_code")
        assert cast.ours.dealer.name in said
    else:  # brackets leave no room for the name
        said = texts.sent[-1].text
    assert said.startswith("⟦")


@pytest.mark.usefixtures("german")
def test_what_is_wrong_in_the_settings_of_languages_is_said_and_kept(cast: Cast, pages: LoginPages) -> None:
    admin = pages.logged_in(cast.ours.admin)
    admin.get(SETTINGS)
    page = admin.submit(SETTINGS, locale="fr", language="de")
    assert page.status == 422
    assert "Choose one of the list" in page.text
    assert 'value="de" checked' in page.html
    admin.get(SETTINGS)
    admin.submit(SETTINGS, locale="de", language="en-GB")
    made = dealers.dealer(cast.ours.scope, fresh=True)
    assert (made.locale, made.languages) == ("de", ("de", "en-GB"))
    assert "⟦Account details⟧" in pages.logged_in(cast.ours.customer).get("/details").text
    assert "⟦" in pages.visitor().get(f"/d/{cast.ours.dealer.slug}/login").text


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("ticked", "said", "checked"),
    [
        ([], "Their changes are in the form: Languages to choose.", True),
        (["en-GB"], "In another window you saved: “Deutsch, English (United Kingdom)”.", False),
    ],
)
def test_of_two_admins_the_second_keeps_the_languages_of_the_first_or_is_told(
    cast: Cast,
    pages: LoginPages,
    ticked: list[str],
    said: str,
    checked: bool,  # noqa: FBT001
) -> None:
    first, second = pages.logged_in(cast.ours.admin), pages.logged_in(cast.ours.admin)
    second.get(SETTINGS)
    first.get(SETTINGS)
    first.submit(SETTINGS, language="de")
    page = second.submit(SETTINGS, phone="01632 960 055", language=ticked)
    assert page.status == 409
    assert said in page.text
    assert ('value="de" checked' in page.html) is checked


@pytest.mark.usefixtures("german")
def test_another_language_moves_no_dealer_to_another_country(cast: Cast, pages: LoginPages) -> None:
    admin = pages.logged_in(cast.ours.admin)
    admin.get(SETTINGS)
    admin.submit(SETTINGS, locale="de")
    made = dealers.dealer(cast.ours.scope, fresh=True)
    assert (made.locale, made.country, made.home_country) == ("de", "GB", "GB")
    customer = pages.logged_in(cast.ours.customer)
    customer.get("/profile")
    customer.submit("/profile", title="mr", first_name="Al", last_name="Barlow", phone="01632 960114")
    assert own_profile(cast.ours.customer.customer_scope).details.phone == "+441632960114"
    assert customer.get("/profile").form("/profile").fields["phone"] == "01632 960114"
    admin.get(SETTINGS)
    admin.submit(SETTINGS, locale="en-GB")
    assert dealers.dealer(cast.ours.scope, fresh=True).country is None  # which older releases know


@pytest.mark.usefixtures("german")
def test_where_a_dealer_no_longer_offers_it_pages_are_in_the_dealers_own(
    cast: Cast, pages: LoginPages, now: datetime, ids: Ids
) -> None:
    offer(cast, ("en-GB", "de"), now, ids)
    customer = pages.logged_in(cast.ours.customer)
    customer.get(HOME)
    customer.submit(HOME, language="de")
    assert "⟦" in customer.get("/details").text
    offer(cast, None, now, ids)
    assert "⟦" not in customer.get("/details").text
    assert "has its pages and emails in one language" in customer.get(HOME).text


def test_with_one_language_installed_there_is_nothing_to_choose(cast: Cast, pages: LoginPages) -> None:
    with services.use(replace(services.current(), languages=lambda: (i18n.SOURCE_LOCALE,))):
        admin = pages.logged_in(cast.ours.admin)
        assert "Languages to choose" not in admin.get(SETTINGS).text
        assert "has its pages and emails in one language" in admin.get(HOME).text
        assert "Language" not in admin.get("/profile").links


def test_a_german_dealer_has_german_pages_and_mails(cast: Cast, pages: LoginPages) -> None:
    admin = pages.logged_in(cast.ours.admin)
    admin.get(SETTINGS)
    admin.submit(SETTINGS, locale="de")
    assert "Meine Buchungen" in pages.logged_in(cast.ours.customer).get("/transactions").text
    assert "Kundenkonten" in admin.get("/staff/accounts").text
    visitor = pages.visitor()
    visitor.get(f"/d/{cast.ours.dealer.slug}/forgot")
    visitor.submit(f"/d/{cast.ours.dealer.slug}/forgot", email=cast.ours.customer.email)
    send_due(IdentityScope(), deps=services.current().mail_deps)
    (mail,) = (one for one in pages.mail.sent if one.about["kind"] == "password_reset")
    assert mail.subject == "Neues Passwort für Moorbeck Machinery festlegen"
    assert '<html lang="de">' in mail.html
