"""Who may invite, change and end, and what becomes of an invitation that is withdrawn as it is accepted."""

from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.customers import eras
from chalicelib.customers.colleagues import operations, queries, repo, transitions
from chalicelib.customers.colleagues.model import Manager, Rights, State
from chalicelib.customers.colleagues.transitions import Joining
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.customers.scopes import customer_scope
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.areas import Area
from chalicelib.kernel.errors import ConflictError, ForbiddenError, InvalidError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.store import outbox
from tests.customers.accounts import account, publish
from tests.customers.colleagues.made import ACCOUNT, as_admin, colleague, enrolled, invited
from tests.fixtures.calls import beside_a_transaction
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("aws")

VIEW = Rights(Role.VIEW, frozenset({Area.MESSAGES}))


def test_who_is_no_admin_any_more_manages_nobody(cast: Cast, now: datetime, ids: Ids) -> None:
    """Also where their request was let in before that changed."""
    ours = cast.ours
    first, second = enrolled(ours, now), colleague(ours, Rights(), ids=ids, now=now)
    scope = first.customer_scope
    by = as_admin(first)
    people = queries.people(ours.scope, "1200", "")
    theirs = next(one for one in people if one.email == first.email)
    change = operations.change_rights(
        second.customer_scope, ACCOUNT, key=theirs.key, version=0, rights=VIEW, by=as_admin(second), now=now, ids=ids
    )
    assert change.email == first.email
    with pytest.raises(ForbiddenError):
        operations.invite(scope, ACCOUNT, email="h@farm.example", rights=VIEW, by=by, now=now, ids=ids)
    with pytest.raises(ForbiddenError):
        operations.end(scope, ACCOUNT, key=f"p{second.person_id}", by=by, now=now, ids=ids)


def test_the_dealer_keeps_the_only_person_from_invoices_and_gives_them_back(
    cast: Cast, now: datetime, ids: Ids
) -> None:
    ours = cast.ours
    publish(ours.import_scope, [account("1200")])
    only = enrolled(ours, now)
    by = Manager(ours.user.person_id, "", of_dealer=True)
    (one,) = queries.people(ours.scope, "1200", "")

    def change(version: int, rights: Rights) -> None:
        operations.change_rights(
            ours.user.staff_scope, ACCOUNT, key=one.key, version=version, rights=rights, by=by, now=now, ids=ids
        )

    change(0, VIEW)
    assert customer_scope(only.person_id, only.membership)[0].areas == {Area.MESSAGES}
    with pytest.raises(ConflictError):
        change(0, Rights())
    change(1, Rights())
    assert customer_scope(only.person_id, only.membership)[0].role is Role.ADMIN


def test_a_withdrawn_invitation_joins_nobody(cast: Cast, now: datetime, ids: Ids) -> None:
    """Who has accepted it at the same moment finds nothing, and is no user of the account."""
    ours = cast.ours
    publish(ours.import_scope, [account("1200")])
    first = enrolled(ours, now)
    waiting = invited(ours, ids=ids, now=now)
    operations.withdraw(first.customer_scope, ACCOUNT, key=waiting.key, by=as_admin(first), now=now, ids=ids)
    user = AccountUser("hilda", waiting.email, now, "", waiting.invitation_id)
    assert transitions.join(ours.import_scope, user, ref="1200", ids_of=lambda _: ids) is Joining.WITHDRAWN
    assert "hilda" not in {one.person_id for one in enrolments.users(ours.scope, "1200")}
    assert not transitions.advance(
        ours.import_scope, ref="1200", invitation_id=waiting.invitation_id, state=State.INVITED
    )


@pytest.mark.parametrize("meanwhile", [False, True])
def test_who_accepts_as_another_era_begins_joins_nothing(
    cast: Cast, now: datetime, ids: Ids, *, meanwhile: bool
) -> None:
    """Nor are the admins told that they did: the grant is accepted where the account is still in that era."""
    ours = cast.ours
    publish(ours.import_scope, [account("1200")])
    enrolled(ours, now)
    waiting = invited(ours, ids=ids, now=now)
    user = AccountUser("hilda", waiting.email, now, "", waiting.invitation_id)

    def begin() -> None:
        assert eras.start_era(ours.import_scope, ref="1200", era=ids.ulid(now), reason="sold", now=now, ids=ids)

    def join() -> Joining:
        return transitions.join(ours.import_scope, user, ref="1200", ids_of=lambda _: ids)

    if meanwhile:
        with pytest.raises(ConflictError), beside_a_transaction(begin, of=waiting.key):
            join()
    else:
        begin()
    assert join() is Joining.ERA_OVER
    found = repo.grant(ours.scope, "1200", waiting.key)
    assert found
    assert (found.state, found.person_id) == (State.QUEUED, "")
    assert transitions.JOINED not in {item.kind for item in outbox.items(ours.scope)}
    assert "hilda" not in {one.person_id for one in enrolments.users(ours.scope, "1200")}


def test_who_is_invited_again_after_their_end_has_access_again(cast: Cast, now: datetime, ids: Ids) -> None:
    """What ended counts for the invitation of before alone."""
    ours = cast.ours
    publish(ours.import_scope, [account("1200")])
    enrolled(ours, now)
    again = colleague(ours, VIEW, ids=ids, now=now)
    by = Manager(ours.user.person_id, "", of_dealer=True)
    operations.end(ours.user.staff_scope, ACCOUNT, key=f"p{again.person_id}", by=by, now=now, ids=ids)
    later = ids.ulid(now.replace(year=now.year + 1))
    membership = replace(again.membership, invitation_id=later)
    assert customer_scope(again.person_id, membership)[0].role is Role.ADMIN
    user = AccountUser(again.person_id, again.email, now, "", later)
    enrolments.add_user(ours.scope, user, ref="1200")
    (found,) = (one for one in queries.people(ours.scope, "1200", "") if one.email == again.email)
    operations.change_rights(
        ours.user.staff_scope, ACCOUNT, key=found.key, version=0, rights=VIEW, by=by, now=now, ids=ids
    )
    assert customer_scope(again.person_id, membership)[0].areas == {Area.MESSAGES}


def test_accepting_twice_tells_the_admins_once(cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    publish(ours.import_scope, [account("1200")])
    enrolled(ours, now)
    waiting = invited(ours, ids=ids, now=now, rights=VIEW)
    user = AccountUser("hilda", waiting.email, now, "", waiting.invitation_id)
    for _ in range(2):
        assert transitions.join(ours.import_scope, user, ref="1200", ids_of=lambda _: ids) is Joining.COLLEAGUE
    (joined,) = (one for one in queries.people(ours.scope, "1200", "") if one.email == waiting.email)
    assert (joined.state, joined.rights) == (State.ACTIVE, VIEW)
    found = repo.grant(ours.scope, "1200", waiting.key)
    assert found
    assert found.person_id == "hilda"
    membership = Membership(
        ours.dealer.dealer_id, MembershipKind.CUSTOMER, "1200", role=Role.VIEW, invitation_id=waiting.invitation_id
    )
    assert customer_scope("hilda", membership)[0].areas == {Area.MESSAGES}


def test_nobody_takes_the_last_admin_away(cast: Cast, now: datetime, ids: Ids) -> None:
    """An invited admin counts for nothing until they have accepted."""
    ours = cast.ours
    first = enrolled(ours, now)
    second = colleague(ours, Rights(), ids=ids, now=now)
    invited(ours, ids=ids, now=now, rights=Rights())
    operations.end(first.customer_scope, ACCOUNT, key=f"p{second.person_id}", by=as_admin(first), now=now, ids=ids)
    with pytest.raises(InvalidError, match="your own access"):
        operations.end(first.customer_scope, ACCOUNT, key=f"p{first.person_id}", by=as_admin(first), now=now, ids=ids)
    people = queries.people(ours.scope, "1200", "")
    assert [one.email for one in people if one.is_admin] == [first.email]
