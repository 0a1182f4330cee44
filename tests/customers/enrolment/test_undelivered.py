"""An invitation that bounced is on the staff's list until something is done about it, by staff or not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from chalicelib.customers import eras
from chalicelib.customers.enrolment import operations, repo, transitions
from chalicelib.customers.enrolment.model import AccountUser, Enrolment, State
from chalicelib.customers.enrolment.repo import EnrolmentChange
from chalicelib.ingest.job import Job
from chalicelib.ingest.steps import corrected_addresses
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.rendering.format import formats
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from chalicelib.tasks import queries as tasks
from chalicelib.tasks.kinds import INVITATION_UNDELIVERED
from chalicelib.tasks.model import Task
from tests.customers.accounts import account, publish
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast, Dealership

REF = "1200"
OLD, NEW = "al@farm.example", "barlow@farm.example"


@dataclass
class World:
    """A dealer that has invited two accounts."""

    ours: Dealership
    now: datetime
    ids: Ids

    @property
    def tasks(self) -> list[Task]:
        return tasks.open_tasks(self.ours.user.staff_scope)

    @property
    def enrolment(self) -> Enrolment:
        found = repo.enrolment(self.ours.scope, REF)
        assert found
        return found

    def has_address(self, email: str | None) -> None:
        publish(self.ours.import_scope, [account(REF, email=email, depot_code="2"), account("1201")])

    def invite(self) -> None:
        dealer, admin = self.ours.dealer, self.ours.admin.staff_scope
        operations.invite_customers(
            admin, dealer=dealer, refs=[REF, "1201"], invited_by=admin.person_id, now=self.now, ids=self.ids
        )

    def bounce(self, reason: str = "NoEmail", *, invitation_id: str = "") -> bool:
        return transitions.mark_bounced(
            self.ours.import_scope,
            ref=REF,
            invitation_id=invitation_id or self.enrolment.invitation_id,
            reason=reason,
            now=self.now,
            ids=self.ids,
        )

    def refuse(self) -> bool:
        return transitions.mark_unsent(
            self.ours.import_scope, ref=REF, invitation_id=self.enrolment.invitation_id, now=self.now
        )

    def finalise(self, *, left: float = 600) -> None:
        corrected_addresses.close(Job(self.ours.import_scope, lambda: self.now, self.ids, lambda: left))


@pytest.fixture
def world(cast: Cast, now: datetime, ids: Ids) -> World:
    made = World(cast.ours, now, ids)
    made.has_address(OLD)
    made.invite()
    return made


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("NoEmail", "The invitation to al@farm.example bounced"),
        ("complaint", "al@farm.example reported the invitation as spam"),
        ("reject", "The invitation to al@farm.example could not be sent"),
    ],
)
def test_it_names_the_address_and_leads_to_the_account(world: World, reason: str, words: str) -> None:
    assert world.bounce(reason)
    assert not world.bounce(reason)
    (task,) = world.tasks
    assert INVITATION_UNDELIVERED.describe(task.detail, formats("en-GB", "Europe/London")) == words
    assert INVITATION_UNDELIVERED.page(task) == f"/staff/accounts/{link_part(REF)}"
    assert (task.account_ref, task.account_name, task.depot) == (REF, account(REF).name, "2")


def test_one_that_was_never_sent_is_the_same_task(world: World) -> None:
    assert world.refuse()
    assert world.bounce()  # reported as well, and the task is there
    (task,) = world.tasks
    assert task.detail == {"email": OLD, "reason": "unsent"}


def resend(world: World) -> None:
    admin = world.ours.admin.staff_scope
    operations.resend_invitation(admin, ref=REF, invited_by=admin.person_id, now=world.now, ids=world.ids)


def cancel(world: World) -> None:
    operations.cancel_invitation(world.ours.admin.staff_scope, ref=REF, now=world.now, ids=world.ids)


def leave_the_dealer(world: World) -> None:
    """An operator ends whatever somebody of this email was offered."""
    operations.cancel_invitations_to(world.ours.import_scope, email=OLD, actor="operator", now=world.now, ids=world.ids)


def accept(world: World) -> None:
    user = AccountUser("al", OLD, world.now)
    assert transitions.activate(world.ours.import_scope, user, ref=REF, ids=world.ids)


def become_another_customers(world: World) -> None:
    era = world.ids.ulid(world.now + timedelta(days=1))
    eras.start_era(world.ours.import_scope, ref=REF, era=era, reason="import", now=world.now, ids=world.ids)


def turn_out_as_sent(world: World) -> None:
    """Only of one that the mail service refused: sent after all, by a worker that was late."""
    later = world.now + timedelta(days=14)
    transitions.mark_invited(
        world.ours.import_scope,
        ref=REF,
        invitation_id=world.enrolment.invitation_id,
        expires_at=later,
        now=world.now,
    )


ENDS = [resend, cancel, leave_the_dealer, accept, become_another_customers]


@pytest.mark.parametrize("end", [*ENDS, World.invite])
@pytest.mark.parametrize("begin", [World.bounce, World.refuse])
def test_whatever_ends_that_ends_the_task(
    world: World, begin: Callable[[World], bool], end: Callable[[World], None]
) -> None:
    assert begin(world)
    assert len(world.tasks) == 1
    end(world)
    assert world.tasks == []


def test_one_that_turns_out_as_sent_is_no_task(world: World) -> None:
    assert world.refuse()
    turn_out_as_sent(world)
    assert world.tasks == []
    assert world.enrolment.state is State.INVITED


def test_that_staff_say_whose_it_is_does_not_end_it(world: World) -> None:
    world.bounce()
    before = world.enrolment
    change = EnrolmentChange(replace(before, dismissed_era=world.ids.ulid(world.now)), before)
    assert repo.put_all(world.ours.scope, [change]) == set()
    assert len(world.tasks) == 1


def test_many_that_came_back_are_invited_again_at_once(world: World) -> None:
    """With the end of a task each, as many as a transaction holds."""
    refs = [str(number) for number in range(2000, 2040)]
    publish(world.ours.import_scope, [account(ref) for ref in refs])
    dealer, admin, now, ids = world.ours.dealer, world.ours.admin.staff_scope, world.now, world.ids

    def invite() -> int:
        return len(
            operations.invite_customers(
                admin, dealer=dealer, refs=refs, invited_by=admin.person_id, now=now, ids=ids
            ).invited
        )

    assert invite() == len(refs)
    for ref, one in repo.enrolments_of(world.ours.scope, refs).items():
        invitation_id = one.invitation_id
        transitions.mark_unsent(world.ours.import_scope, ref=ref, invitation_id=invitation_id, now=now)
    assert len(world.tasks) == len(refs)
    assert invite() == len(refs)
    assert world.tasks == []


@pytest.mark.parametrize("email", [NEW, None])
def test_an_export_with_another_address_ends_it(world: World, email: str | None) -> None:
    world.bounce()
    world.has_address(OLD.upper())
    world.finalise()
    assert len(world.tasks) == 1
    world.has_address(email)
    world.finalise(left=1)  # too short: nothing is looked at
    assert len(world.tasks) == 1
    for _ in range(2):
        world.finalise()
    assert world.tasks == []
    with assume_scope(world.ours.scope):
        rows = AuditRow.query(tenant_pk(world.ours.scope, "AUDIT", "2024-06"))
        found = [(row.actor, row.subject, row.detail) for row in rows if row.event == "invitation.address_changed"]
    assert found == [("import", REF, {"before": OLD, "email": email or ""})]


def test_a_bounce_of_an_address_that_was_corrected_meanwhile_is_no_task(world: World) -> None:
    world.has_address(NEW)
    assert world.bounce()
    assert world.enrolment.state is State.BOUNCED
    assert world.tasks == []


def test_an_account_that_is_gone_has_its_task_all_the_same(world: World) -> None:
    publish(world.ours.import_scope, [account("1201")])
    world.bounce()
    world.finalise()
    (task,) = world.tasks
    assert (task.account_ref, task.account_name) == (REF, "")


def test_without_a_task_an_import_looks_once(world: World) -> None:
    with counted_calls("dynamodb") as calls:
        world.finalise()
    assert calls == ["Query"]
