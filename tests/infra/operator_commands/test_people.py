"""The operator ends what somebody may act for, and their sessions."""

from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser, Enrolment, State
from chalicelib.dealers.staff import operations as staff
from chalicelib.dealers.staff import queries as staff_queries
from chalicelib.dealers.staff import repo as members
from chalicelib.identity import queries, repo
from chalicelib.identity.invitations import create_invitation
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from infra.operator_commands.cli import main
from tests.fixtures.cast import Cast, Dealership, LogIn, Member

SCOPE = IdentityScope()
ACTOR = ("--actor", "operator:test")


@pytest.fixture
def barlow(cast: Cast, now: datetime) -> Member:
    """Active on account 1200 of ours, and staff of the rival."""
    member, ref = cast.ours.customer, "1200"
    enrolments.put(cast.ours.scope, Enrolment(ref, State.ACTIVE, member.email, "01HX", "maria", now), before=None)
    enrolments.add_user(cast.ours.scope, AccountUser(member.person_id, member.email, now), ref=ref)
    repo.commit(SCOPE, [writes.put_membership(member.person_id, cast.rival.user.membership, now)])
    return member


def joined(dealership: Dealership, member: Member, now: datetime, ids: Ids) -> None:
    role = dealership.user.membership.role
    staff.join_staff(
        dealership.import_scope, person_id=member.person_id, email=member.email, role=role, now=now, ids=ids
    )


def test_everything_ends_and_again_changes_nothing(
    cast: Cast, barlow: Member, log_in: LogIn, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    joined(cast.rival, barlow, now, ids)
    secret = log_in(barlow).secret
    assert main(["remove-person", "--email", barlow.email.upper(), *ACTOR], ids=ids, now=now) == 0
    said = capsys.readouterr().out
    assert "Ended: account 1200 at Moorbeck Machinery" in said
    assert "Ended: staff of Quernmore Trucks" in said
    assert f"{barlow.email} has lost 2 of 2 memberships." in said
    assert queries.session(SCOPE, secret, now) is None
    assert repo.memberships(SCOPE, barlow.person_id) == []
    assert enrolments.users(cast.ours.scope, "1200") == []
    assert members.members(cast.rival.scope) == []
    assert main(["remove-person", "--email", barlow.email, *ACTOR], ids=ids, now=now) == 0
    assert "has lost 0 of 0 memberships" in capsys.readouterr().out


def invited(dealership: Dealership, ref: str, email: str, now: datetime) -> None:
    enrolments.put(dealership.scope, Enrolment(ref, State.INVITED, email, "01HX", "maria", now), before=None)


def state_of(dealership: Dealership, ref: str) -> State:
    found = enrolments.enrolment(dealership.scope, ref)
    assert found
    return found.state


def test_open_invitations_to_the_address_end_too(
    cast: Cast, barlow: Member, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    invited(cast.ours, "1201", barlow.email.upper(), now)
    invited(cast.ours, "1202", "somebody@farm.example", now)
    invited(cast.rival, "77", barlow.email, now)
    code = cast.ours.dealer.code
    assert main(["remove-person", "--email", barlow.email, "--code", code, *ACTOR], ids=ids, now=now) == 0
    assert "Cancelled: the invitation for account 1201 at Moorbeck Machinery" in capsys.readouterr().out
    assert (state_of(cast.ours, "1201"), state_of(cast.ours, "1202")) == (State.CANCELLED, State.INVITED)
    assert state_of(cast.rival, "77") is State.INVITED
    assert main(["remove-person", "--email", barlow.email, *ACTOR], ids=ids, now=now) == 0
    assert state_of(cast.rival, "77") is State.CANCELLED


def test_an_open_invitation_to_the_staff_ends_too(
    cast: Cast, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    scope, email = cast.ours.scope, f"leaving@{cast.ours.dealer.slug}.example"
    for dealership in (cast.ours, cast.rival):
        staff.invite_staff(
            dealership.scope, email=f"  {email.upper()}", role=Role.USER, invited_by="x", now=now, ids=ids
        )
    (invited,) = staff_queries.open_invitations(scope, email)
    offered = replace(cast.ours.user.membership, active=False, invitation_id=invited.invitation_id)
    link = create_invitation(
        SCOPE, email=email, membership=offered, invitation_id=invited.invitation_id, now=now, ids=ids
    )
    code = cast.ours.dealer.code
    assert main(["remove-person", "--email", email, "--code", code, *ACTOR], ids=ids, now=now) == 0
    assert "Cancelled: the invitation to the staff of Moorbeck Machinery" in capsys.readouterr().out
    with pytest.raises(NotFoundError):
        queries.invitation(SCOPE, link.secret, now)
    assert staff_queries.open_invitations(scope, email) == []
    assert staff_queries.open_invitations(cast.rival.scope, email)
    with assume_scope(scope):
        rows = list(AuditRow.query(tenant_pk(scope, "AUDIT", "2024-06")))
    cancelled = [row for row in rows if row.event == "staff.invitation_cancelled"]
    assert [(row.actor, row.subject) for row in cancelled] == [("operator:test", invited.email)]


def test_somebody_who_was_invited_and_never_accepted(cast: Cast, now: datetime, ids: Ids) -> None:
    invited(cast.ours, "1201", cast.outsider_email, now)
    argv = ["remove-person", "--email", cast.outsider_email, *ACTOR]
    assert main(argv, ids=ids, now=now) == 0
    assert state_of(cast.ours, "1201") is State.CANCELLED
    assert main(argv, ids=ids, now=now) == 1


def test_at_one_dealer_alone(cast: Cast, barlow: Member, now: datetime, ids: Ids) -> None:
    code = cast.ours.dealer.code
    assert main(["remove-person", "--email", barlow.email, "--code", code, *ACTOR], ids=ids, now=now) == 0
    assert [one.dealer_id for one in repo.memberships(SCOPE, barlow.person_id)] == [cast.rival.dealer.dealer_id]


def test_a_member_of_staff_who_left(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    secret = log_in(cast.ours.user).secret
    assert main(["remove-person", "--email", cast.ours.user.email, *ACTOR], ids=ids, now=now) == 0
    assert queries.session(SCOPE, secret, now) is None
    assert repo.memberships(SCOPE, cast.ours.user.person_id) == []


def test_sessions_end_and_memberships_stay(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    admin = cast.ours.admin
    secrets = [log_in(admin).secret for _ in range(2)]
    assert main(["end-sessions", "--email", admin.email, *ACTOR], ids=ids, now=now) == 0
    assert capsys.readouterr().out == f"Ended 2 sessions of {admin.email}.\n"
    assert [queries.session(SCOPE, secret, now) for secret in secrets] == [None, None]
    assert repo.memberships(SCOPE, admin.person_id) == [admin.membership]


@pytest.mark.parametrize("command", ["remove-person", "end-sessions"])
def test_nobody_and_no_dealer(
    cast: Cast, command: str, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--email", cast.outsider_email, *ACTOR], ids=ids, now=now) == 1
    assert capsys.readouterr().err == "Nobody has an account with this email address\n"
    if command == "remove-person":
        argv = [command, "--email", cast.ours.user.email, "--code", "nobody_here", *ACTOR]
        assert main(argv, ids=ids, now=now) == 1
        assert "no dealer with the code nobody_here" in capsys.readouterr().err
