from datetime import datetime, timedelta

import pytest

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store import bulk_lanes
from chalicelib.store.bulk_lanes import LEASED_FOR, give_back, lease
from chalicelib.store.outbox import BULK_LANES
from tests.fixtures.worlds import World


@pytest.fixture
def scope(aws: World, ids: Ids) -> TenantScope:
    assert aws.name
    return TenantScope(ids.dealer_id())


def test_a_lane_is_one_workers_until_given_back_or_expired(scope: TenantScope, now: datetime) -> None:
    held = lease(scope, 3, at_most=200, now=now)
    assert held
    assert lease(scope, 3, at_most=200, now=now + timedelta(seconds=1)) is None
    assert lease(scope, 4, at_most=200, now=now)
    give_back(scope, held, used=200)
    again = lease(scope, 3, at_most=200, now=now + timedelta(seconds=2))
    assert again
    after = lease(scope, 3, at_most=200, now=now + timedelta(seconds=3) + LEASED_FOR)
    assert after
    give_back(scope, again, used=0)  # by the worker that was thought dead
    assert lease(scope, 3, at_most=200, now=now + timedelta(seconds=4) + LEASED_FOR) is None


def test_what_was_not_used_of_a_days_items_is_left(
    scope: TenantScope, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_lanes, "MAX_PER_DAY", 10 * BULK_LANES)
    allowed = []
    for used in (4, 3, 3, 0):
        held = lease(scope, 0, at_most=6, now=now)
        assert held
        allowed.append(held.allowance)
        give_back(scope, held, used=used)
    assert allowed == [6, 6, 3, 0]
    tomorrow = lease(scope, 0, at_most=6, now=now + timedelta(days=1))
    assert tomorrow
    assert tomorrow.allowance == 6
