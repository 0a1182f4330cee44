"""An account whose number was another customer's shows its present era alone."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.customers import account_activity
from chalicelib.customers.account_activity import own_refs
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope
from tests.fixtures.cast import Cast
from tests.fixtures.trail import TrailWriter

EVENTS = ("change.asked", "file.accepted")


@pytest.fixture
def trail(cast: Cast, now: datetime, ids: Ids) -> TrailWriter:
    return TrailWriter(cast.ours.scope, ids, now, "P")


def read(scope: CustomerScope, now: datetime) -> list[str]:
    found = account_activity.account_activity(scope, events=EVENTS, since=now - timedelta(days=90), now=now, limit=50)
    return [str(entry.detail.get("name", entry.detail.get("field"))) for entry in found.entries]


def test_nothing_of_the_earlier_customer_is_shown(cast: Cast, trail: TrailWriter, now: datetime, ids: Ids) -> None:
    """The export suggests the new era first; until staff decide, the account is the earlier customer's."""
    suggested, decided = now - timedelta(days=20), now - timedelta(days=10)
    era, before, after = ids.ulid(suggested), ids.ulid(decided - timedelta(days=1)), ids.ulid(now - timedelta(days=1))
    trail.note("change.asked", at=suggested - timedelta(days=5), field="before the export", request=before)
    trail.note("change.asked", at=decided - timedelta(days=1), field="before the decision", request=before)
    trail.note("change.asked", at=decided, field="at the moment of the decision")
    trail.note("account.era_started", at=decided, era=era)
    trail.note("file.accepted", at=decided + timedelta(minutes=1), name="checked late", file=before)
    trail.note("file.accepted", at=now, name="theirs", file=after)
    scope = cast.ours.customer.customer_scope
    assert read(replace(scope, eras={"1200": era}), now) == ["theirs"]
    assert len(read(scope, now)) == 5, "without an era, all of it"


def test_an_era_that_began_long_ago_hides_nothing_of_the_last_days(
    cast: Cast, trail: TrailWriter, now: datetime, ids: Ids
) -> None:
    long_ago = now - timedelta(days=300)
    trail.note("account.era_started", at=long_ago, era=ids.ulid(long_ago))
    trail.note("change.asked", at=now - timedelta(days=80), field="theirs", request=ids.ulid(now))
    scope = replace(cast.ours.customer.customer_scope, eras={"1200": ids.ulid(long_ago)})
    assert read(scope, now) == ["theirs"]


def test_of_a_group_it_is_the_current_account_and_of_a_portal_customer_both() -> None:
    added = "~01HZZZZZZZZZZZZZZZZZZZZZZZ"
    group = CustomerScope("a" * 10, "P", frozenset({"1200", "1201", "1202"}), account_ref="1201")
    assert own_refs(group) == ["1201"]
    assert own_refs(CustomerScope("a" * 10, "P", frozenset({added, "1200"}), account_ref="1200")) == ["1200", added]
    assert own_refs(CustomerScope("a" * 10, "P", frozenset({added}))) == [added]


@pytest.mark.parametrize("era", ["", "01HZZZZZZZZZZZZZZZZZZZZZZZ"])
def test_a_long_trail_is_read_to_its_bound_and_nothing_is_shown_of_what_is_not_certain(
    cast: Cast, trail: TrailWriter, now: datetime, monkeypatch: pytest.MonkeyPatch, era: str
) -> None:
    trail.note("change.asked", at=now - timedelta(days=30), field="beyond", request=trail.ids.ulid(now))
    for n in range(6):
        trail.note("import.published", "import 1", at=now - timedelta(days=n))
    monkeypatch.setattr(account_activity, "MAX_READ", 2)
    scope = replace(cast.ours.customer.customer_scope, eras={"1200": era} if era else {})
    found = account_activity.account_activity(scope, events=EVENTS, since=now - timedelta(days=90), now=now, limit=9)
    assert found.entries == []
    assert now - timedelta(days=4) < found.complete_since < now
