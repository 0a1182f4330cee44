"""Contact preferences, on the page Account details."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.customers.consents import repo
from chalicelib.dealers import queries as dealers
from chalicelib.feed import operations as feed
from chalicelib.feed import queries as items
from chalicelib.feed.model import Taker
from chalicelib.kernel.channels import Channel
from chalicelib.kernel.ids import Ids
from chalicelib.ledger import repo as ledger
from chalicelib.web.customer.contact_preferences import CHOSEN
from tests.fixtures.cast import Cast
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.web.client import Visitor

HERE = "/details"
FORM = f"{HERE}/contact-preferences"


def exported(cast: Cast, run: int = 1, **facts: Any) -> None:
    account = an_account([a_row("127070", total=770)], run=run, facts=a_facts(balance=770, **facts))
    publish(cast.ours.import_scope, [account], run=run)
    dealers.forget_published(cast.ours.scope)
    ledger.forget()


def ticked(customer: Visitor) -> set[str]:
    fields = customer.get(HERE).form(FORM).fields
    return {channel.value for channel in Channel if fields.get(channel)}


def test_a_customer_chooses_and_sees_whose_answer_counts(customer: Visitor, cast: Cast) -> None:
    exported(cast, marketing_email=True, marketing_sms=False)
    page = customer.get(HERE)
    assert "How Moorbeck Machinery may send you offers and news." in page.text
    assert page.text.count("From the records of Moorbeck Machinery") == 2
    assert ticked(customer) == {"email"}
    customer.submit(FORM, sms="yes", email="")
    text = customer.follow().text
    assert "Your choice of 5 Jun 2024; the records of Moorbeck Machinery still say yes" in text
    assert "Your choice of 5 Jun 2024; the records of Moorbeck Machinery still say no" in text
    assert ticked(customer) == {"sms"}
    exported(cast, run=2, marketing_email=False, marketing_sms=True)
    text = customer.get(HERE).text
    assert text.count("Your choice of 5 Jun 2024") == 2
    assert "still say" not in text


def test_saving_what_is_there_already_changes_nothing(customer: Visitor, cast: Cast) -> None:
    exported(cast, marketing_email=True)
    customer.get(HERE)
    customer.submit(FORM)
    assert "Nothing has changed" in customer.follow().text
    assert repo.choices(cast.ours.scope, "1200") == []
    assert items.waiting(cast.ours.scope, limit=9).items == ()


def test_what_the_dealer_changes_later_is_shown_with_the_choice(
    customer: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    exported(cast, marketing_sms=False)
    customer.get(HERE)
    customer.submit(FORM, sms="yes")
    (item,) = items.waiting(cast.ours.scope, limit=9).items
    feed.choose_taker(cast.ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    long_ago = now - timedelta(days=30)
    feed.acknowledge(cast.ours.import_scope, item_ids=[item.item_id], now=long_ago, ids=ids)
    assert "Changed by Moorbeck Machinery after your choice of 5 Jun 2024" in customer.get(HERE).text
    assert ticked(customer) == set()


def test_without_an_export_a_choice_can_be_made(customer: Visitor, cast: Cast) -> None:
    assert "No details yet" in customer.get(HERE).text
    customer.submit(FORM, post="yes")
    assert "Saved" in customer.follow().text
    assert ticked(customer) == {"post"}
    assert [one.granted for one in repo.choices(cast.ours.scope, "1200")] == [True]


def test_nobody_chooses_all_day(customer: Visitor, cast: Cast) -> None:
    exported(cast)
    for _ in range(CHOSEN.maximum):
        customer.get(HERE)
        assert customer.submit(FORM, sms="yes").status == 303
        customer.get(HERE)
        assert customer.submit(FORM, sms="").status == 303
    customer.get(HERE)
    assert customer.submit(FORM, sms="yes").status == 429
    assert [one.granted for one in repo.choices(cast.ours.scope, "1200")] == [False]


def test_however_often_nothing_changed_a_consent_can_be_withdrawn(customer: Visitor, cast: Cast) -> None:
    exported(cast, marketing_email=True)
    for _ in range(CHOSEN.maximum + 1):
        customer.get(HERE)
        assert customer.submit(FORM).status == 303
    customer.get(HERE)
    assert customer.submit(FORM, email="").status == 303
    assert [one.granted for one in repo.choices(cast.ours.scope, "1200")] == [False]


def test_an_export_that_comes_while_the_page_is_open_is_not_overruled(customer: Visitor, cast: Cast) -> None:
    exported(cast, marketing_email=True)
    customer.get(HERE)
    exported(cast, run=2, marketing_email=False)
    customer.submit(FORM, post="yes")
    assert [one.channel for one in repo.choices(cast.ours.scope, "1200")] == [Channel.POST]
    assert ticked(customer) == {"post"}


@pytest.mark.parametrize("value", ["on", "no", "yes yes"])
def test_only_a_tick_is_a_yes(customer: Visitor, cast: Cast, value: str) -> None:
    exported(cast)
    customer.get(HERE)
    customer.submit(FORM, sms=value)
    assert repo.choices(cast.ours.scope, "1200") == []
