"""What is stored of somebody's rights, and what their requests reach by it."""

from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.customers.colleagues import queries, repo
from chalicelib.customers.colleagues.model import Grant, Rights, State, person_key
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.customers.scopes import customer_scope
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.areas import Area
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import CustomerScope
from tests.bundles import customer
from tests.customers.accounts import account, publish
from tests.fixtures.cast import Cast
from tests.ingest.conftest import line
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline

__all__ = ["line"]

pytestmark = pytest.mark.usefixtures("aws")


def give(cast: Cast, rights: Rights, state: State = State.ACTIVE) -> Grant:
    ours = cast.ours
    key = person_key(ours.customer.person_id)
    before = repo.grant(ours.scope, "1200", key)
    new = Grant(key, ours.customer.email, rights, state, version=before.version if before else 0)
    repo.put(ours.scope, new, ref="1200", seen=repo.grants(ours.scope, "1200").version)
    return new


def scope_of(cast: Cast) -> CustomerScope:
    return customer_scope(cast.ours.customer.person_id, cast.ours.customer.membership)[0]


def test_rights_are_read_back_as_they_were_written(cast: Cast) -> None:
    rights = Rights(Role.PAY, frozenset({Area.DOCUMENTS, Area.INVOICES}), frozenset({"12#0", "1 201"}))
    written = give(cast, rights)
    found = repo.grants(cast.ours.scope, "1200")
    assert found.by_key == {written.key: replace(written, version=1)}
    assert found.version == 1


def test_a_change_counts_at_the_next_request(cast: Cast) -> None:
    publish(cast.ours.import_scope, [account("1200")])
    assert scope_of(cast).role is Role.ADMIN
    give(cast, Rights(Role.VIEW, frozenset({Area.MESSAGES})))
    scope = scope_of(cast)
    assert (scope.role, scope.areas) == (Role.VIEW, frozenset({Area.MESSAGES}))
    give(cast, Rights(), State.ENDED)
    with pytest.raises(NotFoundError):
        scope_of(cast)


def test_only_chosen_accounts_of_the_group_are_reached(line: ImportPipeline) -> None:
    masters = {"1000": "", "1001": "1000", "1002": "1000"}
    customers = [customer(ref, master_account_ref=master) for ref, master in masters.items()]
    line.take_in(export(line, customers, ledger(3, 1)[1]))
    membership = Membership(line.scope.dealer_id, MembershipKind.CUSTOMER, "1000", role=Role.ADMIN)

    def reached(version: int, *accounts: str) -> tuple[set[str], str | None]:
        rights = Rights(Role.VIEW, accounts=frozenset(accounts))
        new = Grant(person_key("ida"), "i@farm.example", rights, State.ACTIVE, version=version)
        repo.put(line.scope, new, ref="1000", seen=None)
        scope = customer_scope("ida", membership)[0]
        return set(scope.account_refs), scope.account_ref

    assert customer_scope("ida", membership)[0].account_refs == {"1000", "1001", "1002"}
    assert reached(0, "1000", "1002") == ({"1000", "1002"}, "1000")
    assert reached(1, "1002") == ({"1002"}, "1002")
    with pytest.raises(NotFoundError):
        reached(2, "1003")


def test_of_two_changes_of_the_same_moment_one_is_refused(cast: Cast) -> None:
    scope, new = cast.ours.scope, Grant("p1", "a@farm.example", Rights(), State.ACTIVE)
    seen = repo.grants(scope, "1200").version
    repo.put(scope, new, ref="1200", seen=seen)
    with pytest.raises(ConflictError):
        repo.put(scope, replace(new, key="p2"), ref="1200", seen=seen)
    with pytest.raises(ConflictError):
        repo.put(scope, new, ref="1200", seen=None)


def test_only_those_who_are_given_the_area_and_the_account_are_mailed(cast: Cast, now: datetime) -> None:
    ours = cast.ours
    users = [AccountUser("hilda", "h@farm.example", now), AccountUser("ida", "i@farm.example", now)]
    for user in users:
        enrolments.add_user(ours.scope, user, ref="1200")
    rights = Rights(Role.VIEW, frozenset({Area.MESSAGES}), frozenset({"1201"}))
    repo.put(ours.scope, Grant("pida", "i@farm.example", rights, State.ACTIVE), ref="1200", seen=0)

    def given(area: Area, account_ref: str) -> list[str]:
        found = queries.given(ours.scope, "1200", users, areas={area}, account_ref=account_ref)
        return [user.person_id for user in found]

    assert given(Area.INVOICES, "1201") == ["hilda"]
    assert given(Area.MESSAGES, "1201") == ["hilda", "ida"]
    assert given(Area.MESSAGES, "1200") == ["hilda"]
    assert queries.given(ours.scope, "1200", [], areas={Area.MESSAGES}, account_ref="1200") == []
