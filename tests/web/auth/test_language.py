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
from chalicelib.kernel import i18n
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.deps import read_by
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import Cast
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
    assert "has its pages and mails in one language" in customer.get(HOME).text


def test_with_one_language_installed_there_is_nothing_to_choose(cast: Cast, pages: LoginPages) -> None:
    admin = pages.logged_in(cast.ours.admin)
    assert "Languages to choose" not in admin.get(SETTINGS).text
    assert "has its pages and mails in one language" in admin.get(HOME).text
    assert "Language" not in admin.get("/profile").links
    assert i18n.installed_languages() == ("en-GB",)
