"""The second factor of the last admin: requested, notified to all, and reset a day later or by a second operator."""

from datetime import datetime, timedelta

import pytest

from chalicelib.identity import operations, queries, repo
from chalicelib.identity.factor_reset import reset_factors
from chalicelib.identity.model import ClientInfo
from chalicelib.identity.passkeys import repo as passkeys
from chalicelib.identity.repo import writes
from chalicelib.kernel.callers import Caller
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from infra.operator_commands.cli import main
from tests.fixtures.cast import PASSWORD, Cast, Dealership, LogIn, Member
from tests.fixtures.staff import listed
from tests.fixtures.trail import audited
from tests.identity.passkeys.made import Ceremonies
from tests.identity.second_factors import BY_APP, give_app
from tests.notifications.fakes import Clock, Post

SCOPE = IdentityScope()


@pytest.fixture
def ours(cast: Cast, now: datetime, ids: Ids) -> Dealership:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)
    give_app(cast.ours.admin, now=now - timedelta(days=1), ids=ids)
    return cast.ours


def has_factor(member: Member) -> bool:
    person = repo.person(SCOPE, member.person_id)
    assert person
    return bool(person.factors)


def run(command: str, member: Member, actor: str, *, now: datetime, ids: Ids) -> int:
    return main([command, "--email", member.email, "--actor", actor], ids=ids, now=now, run_by=lambda: Caller(actor))


@pytest.mark.parametrize(("actor", "hours", "done"), [("nora", 23, False), ("nora", 24, True), ("omar", 0, True)])
def test_it_is_reset_a_day_later_or_by_another_operator(
    ours: Dealership,
    now: datetime,
    ids: Ids,
    actor: str,
    hours: int,
    done: bool,  # noqa: FBT001 - a column
) -> None:
    admin = ours.admin
    assert run("confirm-factor-reset", admin, "omar", now=now, ids=ids) == 1  # nobody has requested it
    assert run("request-factor-reset", admin, "nora", now=now, ids=ids) == 0
    later = now + timedelta(hours=hours)
    person = repo.person(SCOPE, admin.person_id)
    assert person
    open_one = operations.open_session(
        SCOPE, person=person, client=ClientInfo("::1"), proof=BY_APP, now=later, ids=ids
    ).secret
    assert run("confirm-factor-reset", admin, actor, now=later, ids=ids) == (0 if done else 1)
    assert has_factor(admin) == (not done)
    assert (queries.session(SCOPE, open_one, later) is None) == done
    if done:
        assert operations.log_in(
            SCOPE, email=admin.email, password=PASSWORD, client=ClientInfo("::1"), now=later, ids=ids
        ).secret
        send_due(SCOPE, deps=Post(Clock(later), ids).deps)
        found = {one.event for one in audited(ours.scope, later, "staff.factor_reset")}
        assert found == {"staff.factor_reset_requested", "staff.factor_reset"}
        assert run("confirm-factor-reset", admin, "omar", now=later, ids=ids) == 1  # once


def test_two_names_of_one_operator_are_one_operator(ours: Dealership, now: datetime, ids: Ids) -> None:
    """What `--actor` says is theirs to choose; whom AWS and the machine know is not."""
    nora = Caller("nora", "arn:aws:sts::123456789012:assumed-role/operator/nora")

    def run_as(caller: Caller, command: str, actor: str) -> int:
        return main([command, "--email", ours.admin.email, "--actor", actor], ids=ids, now=now, run_by=lambda: caller)

    assert run_as(nora, "request-factor-reset", "nora") == 0
    assert run_as(nora, "confirm-factor-reset", "omar") == 1
    assert run_as(Caller("somebody", nora.aws), "confirm-factor-reset", "omar") == 1
    assert has_factor(ours.admin)
    assert run_as(Caller("nora", nora.aws.replace("/nora", "/omar")), "confirm-factor-reset", "omar") == 0
    assert not has_factor(ours.admin)
    send_due(SCOPE, deps=Post(Clock(now), ids).deps)
    rows = audited(ours.scope, now, "staff.factor_reset")
    assert {row.detail["operator"]["aws"].rpartition("/")[2] for row in rows} == {"nora", "omar"}


def test_the_person_and_the_other_admins_are_told(ours: Dealership, cast: Cast, now: datetime, ids: Ids) -> None:
    post = Post(Clock(now), ids)
    give_app(cast.rival.admin, now=now - timedelta(days=1), ids=ids)
    listed(cast.rival, cast.rival.admin, now=now)
    membership = ours.admin.membership
    repo.commit(SCOPE, [writes.put_membership(cast.rival.admin.person_id, membership, now)])
    assert run("request-factor-reset", cast.rival.admin, "nora", now=now, ids=ids) == 0
    send_due(SCOPE, deps=post.deps)
    notified = {mail.to: mail.text for mail in post.sender.sent}
    assert notified.keys() >= {cast.rival.admin.email, ours.admin.email}
    assert ours.user.email not in notified
    assert "If it was not you" in notified[cast.rival.admin.email]
    assert f"{cast.rival.admin.email}: Somebody asked the portal's operator" in " ".join(
        notified[ours.admin.email].split()
    )
    assert run("cancel-factor-reset", cast.rival.admin, "omar", now=now, ids=ids) == 0
    before = len(post.sender.sent)
    send_due(SCOPE, deps=post.deps)
    cancelled = {mail.to: mail.subject for mail in post.sender.sent[before:]}
    assert cancelled.keys() >= {cast.rival.admin.email, ours.admin.email}
    assert "Your second factor is not reset" in cancelled[cast.rival.admin.email]
    assert "A colleague's second factor is not reset" in cancelled[ours.admin.email]
    rows = audited(ours.scope, now, "staff.factor_reset_cancelled")
    assert [(row.actor, row.subject) for row in rows] == [("omar", cast.rival.admin.email)]


def test_a_request_is_cancelled_and_ends_after_a_week_and_with_another_factor(
    ours: Dealership, now: datetime, ids: Ids
) -> None:
    admin = ours.admin
    assert run("cancel-factor-reset", admin, "nora", now=now, ids=ids) == 1
    run("request-factor-reset", admin, "nora", now=now, ids=ids)
    assert run("cancel-factor-reset", admin, "nora", now=now, ids=ids) == 0
    assert run("confirm-factor-reset", admin, "omar", now=now, ids=ids) == 1
    run("request-factor-reset", admin, "nora", now=now, ids=ids)
    assert run("confirm-factor-reset", admin, "omar", now=now + timedelta(days=7), ids=ids) == 1
    give_app(admin, now=now, ids=ids)
    assert run("confirm-factor-reset", admin, "omar", now=now, ids=ids) == 1
    assert has_factor(admin)


def test_there_is_nothing_to_reset_without_a_factor(ours: Dealership, now: datetime, ids: Ids) -> None:
    assert run("request-factor-reset", ours.user, "nora", now=now, ids=ids) == 1
    assert main(["request-factor-reset", "--email", "nobody@nowhere.example"], ids=ids, now=now) == 1


def test_what_was_set_up_since_stays(ours: Dealership, now: datetime, ids: Ids) -> None:
    before = ids.ulid(now - timedelta(days=2))
    assert not reset_factors(SCOPE, person_id=ours.admin.person_id, before=before, now=now, ids=ids)
    assert has_factor(ours.admin)
    assert reset_factors(SCOPE, person_id=ours.admin.person_id, before=ids.ulid(now), now=now, ids=ids)
    assert not has_factor(ours.admin)


def test_passkeys_go_too(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    user = cast.ours.user
    Ceremonies(now, ids).passkey(log_in(user).session)
    assert passkeys.passkeys(SCOPE, user.person_id)
    give_app(user, now=now, ids=ids)
    assert reset_factors(SCOPE, person_id=user.person_id, before=ids.ulid(now + timedelta(days=1)), now=now, ids=ids)
    assert passkeys.passkeys(SCOPE, user.person_id) == []
