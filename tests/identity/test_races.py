"""What happens between the look and the change: nothing outlives the right it rests on."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.identity import invitations, operations, queries, recovery, repo
from chalicelib.identity.memberships import remove_membership
from chalicelib.identity.model import ClientInfo, Membership, MembershipKind
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.calls import beside_a_transaction
from tests.fixtures.cast import PASSWORD, Cast, LogIn

SCOPE = IdentityScope()
NEW_PASSWORD = "quiet orchard ladder"
Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def meanwhile() -> Iterator[Meanwhile]:
    """Does something once, right before the next transaction."""
    with ExitStack() as stack:
        yield lambda act: stack.enter_context(beside_a_transaction(act))


def test_a_log_in_at_the_moment_of_removal_does_not_stay(
    cast: Cast, log_in: LogIn, meanwhile: Meanwhile, now: datetime, ids: Ids
) -> None:
    member, opened = cast.ours.user, []
    meanwhile(lambda: opened.append(log_in(member).secret))
    dealer_id = cast.ours.dealer.dealer_id
    remove_membership(
        SCOPE, person_id=member.person_id, dealer_id=dealer_id, kind=MembershipKind.STAFF, now=now, ids=ids
    )
    assert [queries.session(SCOPE, secret, now) for secret in opened] == [None]


def test_nobody_keeps_a_membership_by_changing_the_password(
    cast: Cast, log_in: LogIn, meanwhile: Meanwhile, now: datetime, ids: Ids
) -> None:
    member, dealer_id = cast.ours.user, cast.ours.dealer.dealer_id
    session = log_in(member).session
    meanwhile(
        lambda: remove_membership(
            SCOPE, person_id=member.person_id, dealer_id=dealer_id, kind=MembershipKind.STAFF, now=now, ids=ids
        )
    )
    with pytest.raises(ConflictError):
        recovery.change_password(
            SCOPE, session=session, current_password=PASSWORD, password=NEW_PASSWORD, now=now, ids=ids
        )
    assert queries.sessions(SCOPE, member.person_id, now) == []


def test_any_number_of_sessions_ends_with_the_membership(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    member, dealer_id = cast.ours.user, cast.ours.dealer.dealer_id
    session = log_in(member).session
    for _ in range(60):
        again = replace(session, session_id=secret_hash(ids.secret()))
        repo.commit(SCOPE, writes.open_session(again))
    remove_membership(
        SCOPE, person_id=member.person_id, dealer_id=dealer_id, kind=MembershipKind.STAFF, now=now, ids=ids
    )
    assert queries.sessions(SCOPE, member.person_id, now) == []


def test_a_switch_at_the_moment_of_a_new_password_does_not_stay(
    cast: Cast, log_in: LogIn, meanwhile: Meanwhile, now: datetime, ids: Ids
) -> None:
    person, opened = cast.ours.admin, []
    stolen, own = log_in(person).session, log_in(person).session
    key = person.membership.key
    meanwhile(
        lambda: opened.append(
            operations.switch_membership(SCOPE, session=stolen, membership_key=key, now=now, ids=ids)[0]
        )
    )
    secret, _ = recovery.change_password(
        SCOPE, session=own, current_password=PASSWORD, password=NEW_PASSWORD, now=now, ids=ids
    )
    assert [queries.session(SCOPE, one, now) for one in opened] == [None]
    assert queries.session(SCOPE, secret, now)


@pytest.mark.parametrize("email", ["late@{}.example", "late@xn--bcher-kva.{}.example"])
def test_an_invitation_accepted_while_it_is_cancelled_gives_nothing(
    email: str, cast: Cast, meanwhile: Meanwhile, now: datetime, ids: Ids
) -> None:
    number, email = ids.ulid(now), email.format(cast.ours.dealer.slug)
    offered = Membership(
        cast.ours.dealer.dealer_id, MembershipKind.CUSTOMER, "1300", "Barn & Co", role=Role.ADMIN, invitation_id=number
    )
    link = invitations.create_invitation(SCOPE, email=email, membership=offered, invitation_id=number, now=now, ids=ids)
    known_as = queries.invitation(SCOPE, link.secret, now).email
    meanwhile(
        lambda: invitations.accept_invitation(
            SCOPE, secret=link.secret, password=NEW_PASSWORD, client=ClientInfo(str(ids.ulid(now))), now=now, ids=ids
        )
    )
    invitations.cancel_invitation(SCOPE, email=email, membership=offered, invitation_id=number, now=now, ids=ids)
    person_id = repo.person_id_of(SCOPE, known_as)
    assert person_id
    assert queries.memberships(SCOPE, person_id) == []
