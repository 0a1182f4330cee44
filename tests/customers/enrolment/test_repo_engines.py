"""Writers at once on engines that isolate transactions, which moto does not."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.customers.enrolment import queries, repo
from chalicelib.customers.enrolment.model import Enrolment, State
from chalicelib.customers.enrolment.repo import EnrolmentChange
from chalicelib.customers.enrolment.shards import enrolment_shard
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope
from tests.fixtures.worlds import World


@pytest.fixture
def scope(engine: World, ids: Ids) -> DealerScope:
    assert engine.name
    return DealerScope(ids.dealer_id(), "maria")


def enrolled(ref: str, now: datetime) -> Enrolment:
    return Enrolment(ref, State.QUEUED, f"{ref}@farm.example", "01J", "maria@dealer.example", now)


def test_a_mail_worker_and_staff_write_the_same_shard_at_once(scope: DealerScope, now: datetime) -> None:
    refs = [str(n) for n in range(10_000) if enrolment_shard(str(n)) == 9][:60]
    sent, more = refs[:30], refs[30:]
    assert repo.put_all(scope, [EnrolmentChange(enrolled(ref, now), None) for ref in sent]) == set()

    def mail() -> None:
        for ref in sent:
            queued = enrolled(ref, now)
            repo.put(scope, replace(queued, state=State.INVITED, invited_at=now), before=queued)

    def invite() -> None:
        for ref in more:
            repo.put(scope, enrolled(ref, now), before=None)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(mail), pool.submit(invite)]:
            done.result()
    found = queries.enrolments(scope).by_ref
    assert {found[ref].state for ref in sent} == {State.INVITED}
    assert {found[ref].state for ref in more} == {State.QUEUED}
    assert found == {one.ref: one.summary for one in repo.enrolments(scope)}
