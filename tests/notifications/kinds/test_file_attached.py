"""An accepted file becomes part of its conversation or dispute, once, and the customer is mailed of the dealer's."""

from datetime import timedelta

import pytest

from chalicelib.customers import eras
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser, Enrolment, State
from chalicelib.disputes import operations as disputes
from chalicelib.disputes import queries
from chalicelib.disputes.model import Action, Decision
from chalicelib.kernel.errors import ConflictError
from chalicelib.messages.model import EntryKind, Side
from chalicelib.notifications.dispatch import send_due
from chalicelib.notifications.kinds.file_attached import FileAttached
from chalicelib.store import outbox
from chalicelib.tasks import repo as tasks
from chalicelib.uploads import attaching
from chalicelib.uploads.attached_file import OwnerKind
from chalicelib.uploads.model import FileState, Reason
from tests.disputes.made import published, raised
from tests.fixtures.cast import Cast, Dealership
from tests.messages.made import Talk, asked
from tests.notifications.fakes import Post
from tests.uploads.attached import AttachedSending
from tests.uploads.document_requests.made import known


@pytest.fixture
def ours(cast: Cast, post: Post) -> Dealership:
    return known(cast.ours, post.clock.now)


@pytest.fixture
def talk(ours: Dealership, post: Post) -> Talk:
    return asked(ours, post.clock.now, post.ids)


def attach(talk: Talk, post: Post, *, by_staff: bool, name: str = "delivery note.csv") -> AttachedSending:
    sending = AttachedSending(
        talk.dealership, post.clock.now, post.ids, owner_id=talk.thread_id, by_staff=by_staff, name=name
    )
    sending.accept()
    return sending


def send(ours: Dealership, post: Post) -> list[str]:
    """Both steps: the file is taken in, the mail that this queues is sent."""
    before = len(post.sender.sent)
    for _ in range(2):
        send_due(ours.import_scope, deps=post.deps)
        post.clock.forward(timedelta(seconds=1))
    return [mail.text for mail in post.sender.sent[before:]]


def test_the_customers_file_opens_the_thread_again_and_waits_for_staff(
    ours: Dealership, post: Post, talk: Talk
) -> None:
    talk.settle()
    sending = attach(talk, post, by_staff=False)
    (item,) = [one for one in outbox.items(ours.scope) if one.kind == attaching.ATTACHED]
    assert send(ours, post) == []
    FileAttached().run(ours.import_scope, item)  # again, as after a crash
    entry = talk.entries()[-1]
    assert (entry.kind, entry.side, entry.text, entry.file_id, entry.size) == (
        EntryKind.FILE,
        Side.CUSTOMER,
        "delivery note.csv",
        sending.file.file_id,
        sending.found().size,
    )
    assert [one.file_id for one in talk.entries()].count(sending.file.file_id) == 1
    stored = talk.stored()
    assert (stored.is_open, stored.waits, [one.task_id for one in tasks.tasks(ours.scope)]) == (
        True,
        True,
        [talk.thread_id],
    )


def test_the_dealers_file_is_mailed_once_an_hour_and_answers_nothing(ours: Dealership, post: Post, talk: Talk) -> None:
    attach(talk, post, by_staff=True, name="photo one.csv")
    attach(talk, post, by_staff=True, name="photo two.csv")
    (mail,) = send(ours, post)
    assert "photo" in mail
    assert talk.stored().waits
    assert [one.task_id for one in tasks.tasks(ours.scope)] == [talk.thread_id]
    post.clock.forward(timedelta(hours=1))
    attach(talk, post, by_staff=True, name="photo three.csv")
    assert len(send(ours, post)) == 1


def test_a_file_of_a_dispute_is_part_of_it_and_who_decides_has_seen_it(cast: Cast, post: Post) -> None:
    ours = cast.ours
    published(ours)
    user = AccountUser(ours.customer.person_id, ours.customer.email, post.clock.now)
    enrolments.add_user(ours.scope, user, ref="1200")
    before = raised(ours, post.clock.now, post.ids)
    for by_staff in (False, True):
        AttachedSending(
            ours,
            post.clock.now,
            post.ids,
            owner_id=before.dispute_id,
            owner_kind=OwnerKind.DISPUTE,
            by_staff=by_staff,
        ).accept()
        post.clock.forward(timedelta(seconds=1))
    (mail,) = send(ours, post)
    assert "has added a file to your dispute over 126884" in " ".join(mail.split())
    found = queries.dispute(ours.scope, "1200", before.dispute_id)
    assert [(one.name, one.by_staff) for one in found.files] == [
        ("delivery note.csv", False),
        ("delivery note.csv", True),
    ]
    with pytest.raises(ConflictError):
        disputes.decide(
            ours.user.staff_scope,
            ref="1200",
            dispute_id=before.dispute_id,
            version=before.version,
            decision=Decision(Action.ACKNOWLEDGE),
            now=post.clock.now,
            ids=post.ids,
        )


@pytest.mark.parametrize("by_staff", [False, True])
def test_one_that_comes_after_the_end_of_its_dispute_is_left_out_and_its_sender_is_told(
    cast: Cast, post: Post, *, by_staff: bool
) -> None:
    ours = cast.ours
    published(ours)
    user = AccountUser(ours.customer.person_id, ours.customer.email, post.clock.now)
    enrolments.add_user(ours.scope, user, ref="1200")
    before = raised(ours, post.clock.now, post.ids)
    sending = AttachedSending(
        ours,
        post.clock.now,
        post.ids,
        owner_id=before.dispute_id,
        owner_kind=OwnerKind.DISPUTE,
        by_staff=by_staff,
    )
    sending.accept()
    post.clock.forward(timedelta(seconds=1))
    withdrawn = disputes.withdraw(
        ours.customer.customer_scope,
        ref="1200",
        dispute_id=before.dispute_id,
        now=post.clock.now,
        ids=post.ids,
    )
    (item,) = [one for one in outbox.items(ours.scope) if one.kind == attaching.ATTACHED]
    assert send(ours, post) == []
    FileAttached().run(ours.import_scope, item)  # again, as after a crash
    assert queries.dispute(ours.scope, "1200", before.dispute_id) == withdrawn
    assert (sending.found().state, sending.found().reason) == (FileState.REFUSED, Reason.CLOSED)
    assert attaching.on_their_way(sending.scope, sending.owner, added=set(), now=post.clock.now) == [sending.found()]


def test_one_of_an_earlier_customer_of_the_account_reaches_nobody(ours: Dealership, post: Post, talk: Talk) -> None:
    attach(talk, post, by_staff=False)
    now = post.clock.now
    other = Enrolment("1200", State.ACTIVE, "someone@else.example", "01HX", "maria", now, era=post.ids.ulid(now))
    enrolments.put(ours.scope, other, before=None)
    assert send(ours, post) == []
    assert [one.kind for one in talk.entries()] == [EntryKind.MESSAGE]
    assert outbox.items(ours.scope) == []


def test_of_a_file_to_an_earlier_customer_nothing_comes(ours: Dealership, post: Post, talk: Talk) -> None:
    attach(talk, post, by_staff=True)
    now = post.clock.now
    eras.start_era(ours.import_scope, ref="1200", era=post.ids.ulid(now), reason="export", now=now, ids=post.ids)
    assert [text for text in send(ours, post) if talk.thread_id in text] == []
    assert [one.kind for one in outbox.items(ours.scope)] == []
    assert [one.kind for one in talk.entries()] == [EntryKind.MESSAGE]


def test_of_a_thread_that_is_gone_nothing_comes(ours: Dealership, post: Post, talk: Talk) -> None:
    AttachedSending(ours, post.clock.now, post.ids, owner_id=post.ids.ulid(post.clock.now)).accept()
    assert send(ours, post) == []
    assert [one.kind for one in talk.entries()] == [EntryKind.MESSAGE]
    assert outbox.items(ours.scope) == []
