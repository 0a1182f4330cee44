from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from chalicelib.alerts import operations, queries, repo
from chalicelib.alerts.model import Alert, Entry
from chalicelib.dealers.model import Module
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope
from tests.alerts.made import an_entry, notified
from tests.fixtures.calls import beside_a_transaction
from tests.fixtures.cast import Cast

MODULES = frozenset({Module.MESSAGES})


@pytest.fixture
def scope(cast: Cast) -> CustomerScope:
    return cast.ours.customer.customer_scope


def unread(scope: CustomerScope) -> set[str]:
    return {entry.entry_id for entry in queries.entries(scope, MODULES) if not entry.is_read}


def test_an_entry_is_stored_whole_and_once(cast: Cast, scope: CustomerScope, now: datetime, ids: Ids) -> None:
    alert = Alert("message_answered", "1200", "", "/messages/1", {"subject": "Größe – “x”", "words": ""})
    entry = Entry(ids.ulid(now), alert)
    for _ in range(2):
        operations.add(cast.ours.import_scope, entry, person_id=scope.person_id)
    assert queries.entries(scope, MODULES) == [entry]
    assert queries.entries(cast.ours.other_customer.customer_scope, MODULES) == []


def test_all_that_was_shown_is_marked_and_what_came_since_is_not(
    cast: Cast, scope: CustomerScope, now: datetime, ids: Ids
) -> None:
    first, second = (notified(cast.ours, now + timedelta(minutes=minute), ids) for minute in range(2))
    other = notified(cast.ours, now, ids, ref="1201")
    newest = notified(cast.ours, now + timedelta(minutes=2), ids)
    assert operations.mark_all_read(scope, MODULES, up_to=second) == 2
    assert operations.mark_all_read(scope, MODULES, up_to=second) == 0
    assert unread(scope) == {newest}
    kept = {entry.entry_id: entry.is_read for entry in repo.bell(cast.ours.scope, scope.person_id).entries}
    assert kept == {first: True, second: True, other: False, newest: False}, "of another account nothing was shown"


def test_one_is_marked_alone(cast: Cast, scope: CustomerScope, now: datetime, ids: Ids) -> None:
    first, second = notified(cast.ours, now, ids), notified(cast.ours, now, ids)
    for _ in range(2):
        assert operations.mark_read(scope, first, MODULES).alert.path == "/messages"
    assert unread(scope) == {second}
    other = notified(cast.ours, now, ids, ref="1201")
    for missing in (other, "0" * 26):
        with pytest.raises(NotFoundError):
            operations.mark_read(scope, missing, MODULES)


def test_an_entry_that_comes_at_the_same_moment_is_not_lost(
    cast: Cast, scope: CustomerScope, now: datetime, ids: Ids
) -> None:
    first, other = notified(cast.ours, now, ids), an_entry(ids, now)
    come = partial(operations.add, cast.ours.import_scope, other, person_id=scope.person_id)
    with beside_a_transaction(come, of="BELL"):
        operations.mark_read(scope, first, MODULES)
    assert unread(scope) == {other.entry_id}


def test_staff_who_look_see_nobodys_notifications(cast: Cast, scope: CustomerScope, now: datetime, ids: Ids) -> None:
    notified(cast.ours, now, ids)
    looking = replace(scope, viewed_by=scope.person_id)
    assert queries.entries(looking, MODULES) == []
    assert queries.unread(looking, MODULES) == 0
    assert queries.unread(scope, MODULES) == 1


def test_nothing_is_kept_of_somebody_who_is_forgotten(
    cast: Cast, scope: CustomerScope, now: datetime, ids: Ids
) -> None:
    notified(cast.ours, now, ids)
    for _ in range(2):
        operations.forget_person(cast.ours.scope, person_id=scope.person_id)
    assert queries.entries(scope, MODULES) == []
