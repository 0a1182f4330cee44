from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.customers.enrolment import queries, repo, shard_repo
from chalicelib.customers.enrolment.model import AccountUser, Enrolment, State
from chalicelib.customers.enrolment.repo import EnrolmentChange
from chalicelib.customers.enrolment.shards import SHARDS, enrolment_shard
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope
from chalicelib.store.audit import audit_row
from chalicelib.store.outbox import outbox_item
from tests.fixtures.calls import counted_calls, listening
from tests.fixtures.worlds import World


@pytest.fixture
def scope(aws: World, ids: Ids) -> DealerScope:
    assert aws.name
    return DealerScope(ids.dealer_id(), "maria")


def enrolled(ref: str, now: datetime, state: State = State.QUEUED) -> Enrolment:
    return Enrolment(ref, state, f"{ref}@farm.example", "01J", "maria@dealer.example", now)


def invitations(scope: DealerScope, refs: list[str], now: datetime, ids: Ids) -> list[EnrolmentChange]:
    """As operations make them: each with its audit row and its outbox item."""
    return [
        EnrolmentChange(
            enrolled(ref, now),
            None,
            (
                audit_row(scope, ids=ids, now=now, actor="maria", event="invitation.queued", subject=ref),
                outbox_item(scope, kind="test", payload={"ref": ref}, now=now, ids=ids),
            ),
        )
        for ref in refs
    ]


def lists_agree(scope: DealerScope) -> bool:
    """Whether a list says of every account what its record says."""
    truth = {one.ref: one.summary for one in repo.enrolments(scope)}
    return queries.enrolments(scope).by_ref == truth


def test_all_that_is_known_of_an_enrolment_is_kept(scope: DealerScope, now: datetime) -> None:
    whole = replace(
        enrolled("7", now, State.ACTIVE),
        invited_at=now,
        expires_at=now,
        activated_at=now,
        era="01HX",
        dismissed_era="01HY",
        repeats=2,
    )
    for one in (whole, enrolled("8", now)):
        repo.put(scope, one, before=None)
        assert repo.enrolment(scope, one.ref) == one


def test_five_hundred_invitations_write_each_shard_about_once(scope: DealerScope, now: datetime, ids: Ids) -> None:
    changes = invitations(scope, list(map(str, range(500))), now, ids)
    repo.put(scope, enrolled("first", now), before=None)
    before = shard_repo.shard_versions(scope) or {}
    with counted_calls("dynamodb") as calls:
        assert repo.put_all(scope, changes) == set()
    assert Counter(calls)["TransactWriteItems"] <= 20
    after = shard_repo.shard_versions(scope) or {}
    assert sum(after.values()) - sum(before.values()) <= SHARDS + 20
    assert len(repo.enrolments(scope)) == 501
    assert lists_agree(scope)


def test_more_of_one_shard_than_a_transaction_holds(scope: DealerScope, now: datetime, ids: Ids) -> None:
    refs = [str(n) for n in range(20_000) if enrolment_shard(str(n)) == 5][:70]
    assert repo.put_all(scope, invitations(scope, refs, now, ids)) == set()
    assert (shard_repo.shard_versions(scope) or {}) == {5: 3}
    assert lists_agree(scope)


def test_of_many_only_those_that_changed_in_between_are_refused(scope: DealerScope, now: datetime, ids: Ids) -> None:
    repo.put(scope, enrolled("7", now), before=None)
    assert repo.put_all(scope, invitations(scope, ["6", "7", "8"], now, ids)) == {"7"}
    assert {one.ref for one in repo.enrolments(scope)} == {"6", "7", "8"}
    assert lists_agree(scope)


def test_a_change_of_what_is_no_longer_so_is_refused(scope: DealerScope, now: datetime) -> None:
    queued = enrolled("7", now)
    repo.put(scope, queued, before=None)
    repo.put(scope, replace(queued, state=State.CANCELLED), before=queued)
    with pytest.raises(ConflictError):
        repo.put(scope, replace(queued, state=State.INVITED), before=queued)
    assert queries.enrolments(scope).by_ref["7"].state is State.CANCELLED


def test_a_shard_that_changes_between_read_and_write_is_read_again(scope: DealerScope, now: datetime) -> None:
    one, other = [str(n) for n in range(5_000) if enrolment_shard(str(n)) == 9][:2]
    repo.put(scope, enrolled(one, now), before=None)
    rivals = [enrolled(other, now)]

    def write_first(**_: Any) -> None:
        if rivals:
            repo.put(scope, rivals.pop(), before=None)

    with listening("dynamodb", "before-call.dynamodb.TransactWriteItems", write_first, first=True):
        queued = enrolled(one, now)
        repo.put(scope, replace(queued, state=State.INVITED), before=queued)
    assert {ref: found.state for ref, found in queries.enrolments(scope).by_ref.items()} == {
        one: State.INVITED,
        other: State.QUEUED,
    }
    assert lists_agree(scope)


def test_enrolments_of_chosen_accounts_come_together(scope: DealerScope, now: datetime) -> None:
    for ref in ("1", "2"):
        repo.put(scope, enrolled(ref, now), before=None)
    with counted_calls("dynamodb") as calls:
        assert set(repo.enrolments_of(scope, ["1", "2", "nobody"])) == {"1", "2"}
    assert calls == ["BatchGetItem"]


def test_what_is_of_the_first_era_lies_as_before_there_were_eras(aws: World, scope: DealerScope, now: datetime) -> None:
    repo.put(scope, Enrolment("1200", State.ACTIVE, "a@b.example", "01HX", "maria", now), before=None)
    repo.add_user(scope, AccountUser("p1", "a@b.example", now), ref="1200")
    dealer_id = scope.dealer_id
    for pk, sk in ((f"D#{dealer_id}#PORTAL", "A#1200"), (f"D#{dealer_id}#A#1200", "USER#p1")):
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        item = aws.root("dynamodb").get_item(TableName=aws.settings.table_name, Key=key)["Item"]
        assert "era" not in item
    found = repo.enrolment(scope, "1200")
    assert found
    assert found.era == ""
    assert [user.era for user in repo.users(scope, "1200")] == [""]
