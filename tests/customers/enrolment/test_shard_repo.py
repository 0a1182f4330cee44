"""Dealers from before there were shards: theirs are built from the records, once."""

from datetime import datetime

import pytest

from chalicelib.customers.enrolment import queries, repo, shard_repo
from chalicelib.customers.enrolment.model import Enrolment, State
from chalicelib.customers.enrolment.records import EnrolmentRecord
from chalicelib.customers.enrolment.shard_records import EnrolmentIndexRecord
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from tests.fixtures.calls import counted_calls
from tests.fixtures.worlds import World

OLD = [str(number) for number in range(40)]


@pytest.fixture
def scope(aws: World, now: datetime, ids: Ids) -> DealerScope:
    """A dealer with records and no shards."""
    assert aws.name
    made = DealerScope(ids.dealer_id(), "maria")
    with assume_scope(made):
        for ref in OLD:
            EnrolmentRecord(
                tenant_pk(made, "PORTAL"),
                f"A#{ref}",
                ref=ref,
                state="invited",
                email=f"{ref}@farm.example",
                invitation_id="01J",
                invited_by="maria",
                queued_at=now,
                invited_at=now,
            ).save()
    return made


def enrolled(ref: str, now: datetime) -> Enrolment:
    return Enrolment(ref, State.QUEUED, f"{ref}@farm.example", "01J", "maria@dealer.example", now)


def test_the_first_list_builds_them_with_one_query(scope: DealerScope) -> None:
    with counted_calls("dynamodb") as calls:
        assert set(queries.enrolments(scope).by_ref) == set(OLD)
    assert calls.count("Query") == 1
    with counted_calls("dynamodb") as calls:
        assert set(queries.enrolments(scope).by_ref) == set(OLD)
    assert calls == ["GetItem"]


def test_the_first_change_builds_them_too(scope: DealerScope, now: datetime) -> None:
    repo.put(scope, enrolled("new", now), before=None)
    assert set(queries.enrolments(scope).by_ref) == {*OLD, "new"}


def test_a_builder_that_comes_late_changes_nothing(scope: DealerScope, now: datetime) -> None:
    stale = [one.summary for one in repo.enrolments(scope)]
    before = repo.enrolment(scope, "7")
    assert before
    repo.put(scope, enrolled("7", now), before=before)
    versions = shard_repo.shard_versions(scope)
    shard_repo.build_shards(scope, stale)
    assert shard_repo.shard_versions(scope) == versions
    assert queries.enrolments(scope).by_ref["7"].state is State.QUEUED


def test_a_builder_that_was_killed_is_followed_by_another(scope: DealerScope) -> None:
    half = [one.summary for one in repo.enrolments(scope)][:20]
    shard_repo.build_shards(scope, half)
    with assume_scope(scope):
        EnrolmentIndexRecord(*shard_repo.index_key(scope)).delete()
    with counted_calls("dynamodb"):
        shard_repo.build_shards(scope, (one.summary for one in repo.enrolments(scope)))
    assert shard_repo.shard_versions(scope)


def test_a_dealer_without_enrolments_has_an_index_alone(aws: World, ids: Ids) -> None:
    assert aws.name
    scope = DealerScope(ids.dealer_id(), "maria")
    assert queries.enrolments(scope).by_ref == {}
    assert shard_repo.shard_versions(scope) == {}
    with counted_calls("dynamodb") as calls:
        assert queries.enrolments(scope).get("1200") is None
    assert calls == ["GetItem"]
