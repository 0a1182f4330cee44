"""What the menu counts at Messages: conversations of the account with news for the person."""

from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.alerts import queries
from chalicelib.alerts.conversations import repo as conversations
from chalicelib.alerts.conversations.records import ThreadHeadsRecord
from chalicelib.kernel.areas import Area
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.messages import operations
from chalicelib.messages import queries as messages
from chalicelib.tasks import queries as tasks
from tests.fixtures.cast import Cast, Dealership
from tests.messages.made import Talk, asked
from tests.uploads.document_requests.made import known


@pytest.fixture
def ours(cast: Cast, now: datetime) -> Dealership:
    return known(cast.ours, now)


@pytest.fixture
def talk(ours: Dealership, now: datetime, ids: Ids) -> Talk:
    queries.forget()
    return asked(ours, now, ids)


def unread(scope: CustomerScope) -> int:
    return queries.unread_conversations(scope, "1200")


def read(scope: CustomerScope, talk: Talk) -> None:
    operations.note_reading(scope, messages.own_conversation(scope, talk.thread_id), now=talk.now)


def test_what_somebody_else_wrote_counts_until_it_was_read(
    ours: Dealership, talk: Talk, now: datetime, ids: Ids
) -> None:
    mine = ours.customer.customer_scope
    colleague = replace(mine, person_id=ids.ulid(now))
    assert (unread(mine), unread(colleague)) == (0, 1)
    talk.note()
    assert unread(mine) == 0
    talk.answer()
    other = asked(ours, now, ids)
    assert unread(mine) == 1
    other.answer()
    assert (unread(mine), unread(colleague)) == (2, 2)
    read(mine, talk)
    assert (unread(mine), unread(colleague)) == (1, 2)
    talk.write("Thank you")
    assert (unread(mine), unread(colleague)) == (1, 2)


def test_of_another_era_or_account_nothing_counts(ours: Dealership, talk: Talk) -> None:
    talk.answer()
    mine = ours.customer.customer_scope
    assert unread(mine) == 1
    assert unread(replace(mine, eras={"1200": "01ARZ3NDEKTSV4RRFFQ69G5FAV"})) == 0
    assert queries.unread_conversations(ours.other_customer.customer_scope, "1201") == 0


def test_what_the_person_is_kept_from_does_not_count(ours: Dealership, talk: Talk, now: datetime, ids: Ids) -> None:
    """The first conversation is about an invoice."""
    talk.answer()
    asked(ours, now, ids, about=None).answer()
    mine = ours.customer.customer_scope
    assert unread(mine) == 2
    assert unread(replace(mine, areas=frozenset({Area.MESSAGES}))) == 1


def test_what_was_kept_before_areas_were_counts_for_those_who_have_all(ours: Dealership, talk: Talk) -> None:
    talk.answer()
    mine = ours.customer.customer_scope
    items = conversations.items(mine, "1200", mine.person_id)
    (heads,) = (one for one in items.values() if isinstance(one, ThreadHeadsRecord))
    heads.areas = None
    assert conversations.unread(mine, "1200", items) == 1
    assert conversations.unread(replace(mine, areas=frozenset({Area.MESSAGES})), "1200", items) == 0


def test_only_the_newest_are_kept(ours: Dealership, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "MAX_HEADS", 2)
    talks = [asked(ours, now, ids, subject=f"{n}") for n in range(3)]
    for one in talks:
        one.answer()
    assert unread(ours.customer.customer_scope) == 2
    for one in talks:
        read(ours.customer.customer_scope, one)
    assert unread(ours.customer.customer_scope) == 0


def test_staff_see_how_many_wait_for_them(ours: Dealership, talk: Talk) -> None:
    assert tasks.open_counts(ours.scope) == (1, 1)
    talk.answer()
    assert tasks.open_counts(ours.scope) == (0, 0)
