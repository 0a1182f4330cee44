"""Each scheduled function with 200 dealers of which 3 have work, its calls counted."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import State
from chalicelib.identity import repo as identity
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications import schedules
from chalicelib.notifications.identity_outbox import deliver_identity_outbox
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import House, make_crowd
from tests.fixtures.worlds import World
from tests.notifications.fakes import Clock, Post, queue_invitation

DEALERS = 200
NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def busy(aws: World) -> list[House]:
    """Three dealers with people, and as many as make 200."""
    return make_crowd(aws, Ids(Random(200).randbytes), NOW, dealers=DEALERS)


def test_outboxes_cost_one_read_a_dealer(busy: list[House], post: Post) -> None:
    schedules.send_outboxes(tools=post.tools)  # what the test before left
    for house in busy:
        queue_invitation(house, post)
    with counted_calls("dynamodb") as calls:
        assert schedules.send_outboxes(tools=post.tools) == 3
    reads = Counter(calls)
    assert reads["Query"] == 1 + DEALERS
    assert reads["GetItem"] <= 3 * 5  # the state twice, the current link, the dealer
    with counted_calls("dynamodb") as calls:
        assert schedules.send_outboxes(tools=post.tools) == 0
    assert Counter(calls) == {"Query": 1 + DEALERS}


def test_expiry_costs_one_read_a_dealer(busy: list[House], now: datetime, ids: Ids) -> None:
    post = Post(Clock(now), ids)
    for house in busy:
        queued = queue_invitation(house, post, ref="old")
        for ref, left in (("old", 0), ("new", 1)):
            before = queued if ref == "old" else None
            end = now + timedelta(seconds=left)
            invited = replace(queued, ref=ref, state=State.INVITED, expires_at=end)
            enrolments.put(house.scope, invited, before=before)
    with counted_calls("dynamodb") as calls:
        assert schedules.expire_invitations(now=now) == 3
    assert Counter(calls) == {"Query": 1 + DEALERS, "GetItem": 6, "TransactWriteItems": 3}
    states = {ref: p.state for ref, p in enrolments.portals(busy[0].scope).items()}
    assert (states["old"], states["new"]) == (State.EXPIRED, State.INVITED)
    assert schedules.expire_invitations(now=now) == 0


def test_identitys_outbox_is_one_read_for_all_dealers(busy: list[House], post: Post) -> None:  # noqa: ARG001
    for work in identity.outbox(IdentityScope()):
        identity.forget(IdentityScope(), work)
    with counted_calls("dynamodb") as calls:
        assert deliver_identity_outbox(tools=post.tools) == 0
    assert calls == ["Query"]


def test_one_dealers_trouble_stays_its_own(busy: list[House], post: Post) -> None:
    seen: list[str] = []

    def work(scope: ImportScope) -> int:
        seen.append(scope.dealer_id)
        if scope.dealer_id == busy[0].dealer.dealer_id:
            raise RuntimeError("its data are odd")
        return 1

    assert schedules.for_each_dealer(work) == DEALERS - 1
    assert len(seen) == DEALERS
    assert post.recipients == []
