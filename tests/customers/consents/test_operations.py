from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from chalicelib.customers import eras
from chalicelib.customers.consents import operations, queries, repo
from chalicelib.customers.consents.model import NOTHING_EXPORTED, Choice, Exported, Source
from chalicelib.feed import operations as feed
from chalicelib.feed import queries as items
from chalicelib.feed.model import ItemState, Taker
from chalicelib.feed.payloads import ConsentChosen
from chalicelib.kernel.channels import Channel
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.store.transactions import TransactionRefusedError
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast, Dealership
from tests.fixtures.trail import audited

Choose = Callable[..., list[Choice]]


@pytest.fixture
def ours(cast: Cast) -> Dealership:
    return cast.ours


@pytest.fixture
def choose(ours: Dealership, now: datetime, ids: Ids) -> Choose:
    def make(
        *granted: Channel, exported: Exported = NOTHING_EXPORTED, at: datetime = now, ref: str = "1200"
    ) -> list[Choice]:
        """A form with these ticks alone, each of which the reader has set or taken away."""
        return operations.choose(
            ours.customer.customer_scope,
            ref=ref,
            account_name="Mr A L Barlow",
            exported=exported,
            changed={channel: channel in granted for channel in Channel},
            chosen_by=ours.customer.email,
            now=at,
            ids=ids,
        )

    return make


def waiting(ours: Dealership) -> list[tuple[str, str, str]]:
    found = [item.data for item in items.waiting(ours.scope, limit=99).items]
    return sorted((one.channel.value, one.granted, one.before) for one in found if isinstance(one, ConsentChosen))


def test_one_transaction_writes_choices_items_and_an_audit_row(ours: Dealership, choose: Choose, now: datetime) -> None:
    said = Exported(as_at=now.date(), granted={Channel.EMAIL: True, Channel.SMS: False})
    with counted_calls("dynamodb") as calls:
        new = choose(Channel.SMS, Channel.POST, exported=said)
    assert calls.count("TransactWriteItems") == 1
    assert [(one.channel, one.granted) for one in new] == [
        (Channel.EMAIL, False),
        (Channel.SMS, True),
        (Channel.POST, True),
    ]
    assert waiting(ours) == [("email", "no", "yes"), ("post", "yes", ""), ("sms", "yes", "no")]
    assert {item.account_name for item in items.waiting(ours.scope, limit=9).items} == {"Mr A L Barlow"}
    (entry,) = audited(ours.scope, now, "consent.")
    assert (entry.event, entry.subject, entry.detail) == (
        "consent.changed",
        "1200",
        {"channels": {"email": "no", "sms": "yes", "post": "yes"}},
    )


def test_what_stays_as_it_counts_is_no_choice(ours: Dealership, choose: Choose, now: datetime) -> None:
    said = Exported(as_at=now.date(), granted={Channel.EMAIL: True, Channel.SMS: False})
    assert choose(Channel.EMAIL, exported=said) == []
    assert len(choose(Channel.EMAIL, Channel.PHONE, exported=said)) == 1
    assert choose(Channel.EMAIL, Channel.PHONE, exported=said) == []
    assert waiting(ours) == [("phone", "yes", "")]


def test_what_the_reader_left_alone_is_no_choice_whatever_an_export_says_meanwhile(
    ours: Dealership, now: datetime, ids: Ids
) -> None:
    """The page showed a yes; the export that came while it was open says no."""
    said = Exported(as_at=now.date(), granted={Channel.EMAIL: False})
    new = operations.choose(
        ours.customer.customer_scope,
        ref="1200",
        account_name="",
        exported=said,
        changed={Channel.POST: True},
        chosen_by=ours.customer.email,
        now=now,
        ids=ids,
    )
    assert [(one.channel, one.granted) for one in new] == [(Channel.POST, True)]


def test_a_newer_choice_withdraws_one_that_waits(ours: Dealership, choose: Choose, now: datetime) -> None:
    (first,) = choose(Channel.SMS)
    (second,) = choose(at=now + timedelta(minutes=1))
    assert waiting(ours) == [("sms", "no", "")]
    ended = items.item(ours.scope, first.item_id)
    assert ended
    assert (ended.state, ended.settled_by) == (ItemState.WITHDRAWN, ours.customer.person_id)
    assert repo.choices(ours.scope, "1200") == [second]


def test_what_was_taken_stays_taken(ours: Dealership, choose: Choose, now: datetime, ids: Ids) -> None:
    (first,) = choose(Channel.SMS)
    feed.choose_taker(ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    feed.acknowledge(ours.import_scope, item_ids=[first.item_id], now=now, ids=ids)
    choose()
    taken = items.item(ours.scope, first.item_id)
    assert taken
    assert taken.state is ItemState.TAKEN
    assert waiting(ours) == [("sms", "no", "")]


def test_after_it_was_taken_a_later_export_counts(ours: Dealership, choose: Choose, now: datetime, ids: Ids) -> None:
    (first,) = choose(Channel.SMS)
    feed.choose_taker(ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    feed.acknowledge(ours.import_scope, item_ids=[first.item_id], now=now, ids=ids)
    scope = ours.customer.customer_scope
    for days, source in ((2, Source.PORTAL), (3, Source.EXPORT)):
        said = Exported(as_at=now.date() + timedelta(days=days), granted={Channel.SMS: False})
        assert queries.own_consents(scope, "1200", said)[1].source is source


def test_of_two_choices_at_once_the_later_withdraws_the_other(
    ours: Dealership, choose: Choose, now: datetime, ids: Ids
) -> None:
    """Otherwise the earlier item would go on waiting, and the dealer's system might enter it last."""
    scope = ours.customer.customer_scope
    (first,) = choose(Channel.SMS)
    begun = Choice(
        channel=Channel.SMS,
        granted=False,
        person_id=scope.person_id,
        chosen_by="may@farm.example",
        chosen_at=now,
        item_id=ids.ulid(now),
    )
    with pytest.raises(TransactionRefusedError):
        repo.put(scope, "1200", [begun], before=[], also=[])
    assert repo.choices(scope, "1200") == [first]


def test_nobody_chooses_for_another_account(choose: Choose) -> None:
    with pytest.raises(NotFoundError):
        choose(Channel.SMS, ref="1201")


def test_a_choice_ends_with_its_era(ours: Dealership, choose: Choose, now: datetime, ids: Ids) -> None:
    (first,) = choose(Channel.SMS)
    eras.start_era(ours.import_scope, ref="1200", era=ids.ulid(now), reason="other name", now=now, ids=ids)
    with pytest.raises(NotFoundError):
        choose()
    for _ in range(2):
        operations.forget_earlier(ours.import_scope, ref="1200", now=now, ids_of=lambda _: ids)
    assert waiting(ours) == []
    assert repo.choices(ours.scope, "1200") == []
    ended = items.item(ours.scope, first.item_id)
    assert ended
    assert (ended.state, ended.settled_by) == (ItemState.WITHDRAWN, "import")
    found = audited(ours.scope, now, "consent.")
    assert sorted(entry.event for entry in found) == ["consent.changed", "consent.ended"]
