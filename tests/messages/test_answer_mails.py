"""Who is mailed of what staff add to a conversation: as many as staff read, and nobody who could not open it."""

from datetime import timedelta

import pytest

from chalicelib.customers import eras
from chalicelib.customers.colleagues import repo as grants
from chalicelib.customers.colleagues.model import Grant, Rights, State, person_key
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.kernel.areas import Area
from chalicelib.kernel.roles import Role
from chalicelib.messages.answer_mails import readers
from chalicelib.messages.model import About
from chalicelib.notifications.dispatch import send_due
from chalicelib.store import outbox
from tests.customers.colleagues.made import colleague
from tests.fixtures.cast import Cast, Dealership
from tests.ledger.groups import OF_GROUP, publish_group
from tests.messages.made import INVOICE, Talk, asked
from tests.notifications.conftest import post
from tests.notifications.fakes import Post
from tests.uploads.attached import AttachedSending
from tests.uploads.document_requests.made import known

__all__ = ["post"]


@pytest.fixture
def ours(cast: Cast, post: Post) -> Dealership:
    return known(cast.ours, post.clock.now)


def begun(ours: Dealership, post: Post, about: About | None = INVOICE) -> Talk:
    return asked(ours, post.clock.now, post.ids, about=about)


def give(ours: Dealership, *areas: Area) -> None:
    """The customer of the cast has these areas from now on."""
    one = ours.customer
    rights = Rights(Role.VIEW, frozenset(areas))
    grant = Grant(person_key(one.person_id), one.email, rights, State.ACTIVE, person_id=one.person_id)
    grants.put(ours.scope, grant, ref="1200", seen=None)


def mailed(ours: Dealership, post: Post) -> list[str]:
    """To whom the mails go that wait; none of them waits any longer."""
    before = len(post.sender.sent)
    for _ in range(2):  # a file is taken in by a step, which queues the mails
        send_due(ours.import_scope, deps=post.deps)
        post.clock.forward(timedelta(seconds=1))
    assert outbox.items(ours.scope) == []
    return post.recipients[before:]


def attach(talk: Talk, post: Post) -> None:
    """A file of the staff's."""
    AttachedSending(talk.dealership, post.clock.now, post.ids, owner_id=talk.thread_id, by_staff=True).accept()


def test_who_has_messages_and_nothing_else_gets_the_answer(ours: Dealership, post: Post) -> None:
    give(ours, Area.MESSAGES)
    talk = begun(ours, post, about=None)
    assert talk.answer() == 1
    assert mailed(ours, post) == [ours.customer.email]


def test_where_those_who_wrote_may_see_no_invoices_any_more_the_others_are_mailed(ours: Dealership, post: Post) -> None:
    talk = begun(ours, post)
    everything = Rights(Role.VIEW, frozenset({Area.MESSAGES, Area.INVOICES}))
    reader = colleague(ours, everything, ids=post.ids, now=post.clock.now)
    colleague(ours, Rights(Role.VIEW, frozenset({Area.MESSAGES})), ids=post.ids, now=post.clock.now)
    give(ours, Area.MESSAGES)
    assert talk.answer() == 1
    assert mailed(ours, post) == [reader.email]
    attach(talk, post)
    assert mailed(ours, post) == [], "within the hour"
    post.clock.forward(timedelta(hours=1))
    attach(talk, post)
    assert mailed(ours, post) == [reader.email]


def test_a_file_after_what_nobody_was_mailed_of_is_mailed(ours: Dealership, post: Post) -> None:
    talk = begun(ours, post)
    talk.close()
    attach(talk, post)
    assert mailed(ours, post) == [ours.customer.email]


def test_one_file_an_hour_is_mailed_however_many_come_in_between(ours: Dealership, post: Post) -> None:
    talk, times = begun(ours, post), 0
    for _ in range(5):
        attach(talk, post)
        times += len(mailed(ours, post))
        post.clock.forward(timedelta(minutes=35))
    assert times == 3


def test_what_the_customer_writes_has_the_next_file_mailed(ours: Dealership, post: Post) -> None:
    talk = begun(ours, post)
    talk.answer()
    assert len(mailed(ours, post)) == 1
    talk.write()
    talk.close()
    attach(talk, post)
    assert len(mailed(ours, post)) == 1


def test_somebody_of_the_master_who_wrote_is_mailed_while_the_account_is_theirs(cast: Cast, post: Post) -> None:
    ours, now = cast.ours, post.clock.now
    publish_group(ours.import_scope, {"1200": OF_GROUP["5000"], "5001": OF_GROUP["5001"]}, master="1200")
    of_master = AccountUser(ours.customer.person_id, ours.customer.email, now)
    own = AccountUser(ours.other_customer.person_id, ours.other_customer.email, now)
    enrolments.add_user(ours.scope, of_master, ref="1200")
    enrolments.add_user(ours.scope, own, ref="5001")
    talk = asked(ours, now, post.ids, ref="5001", about=None)
    assert talk.answer() == 1
    assert mailed(ours, post) == [own.email]
    enrolments.remove_user(ours.scope, own, ref="5001", also=())
    assert talk.answer() == 1
    assert mailed(ours, post) == [of_master.email]
    talk.answer()
    eras.start_era(ours.import_scope, ref="5001", era=post.ids.ulid(now), reason="export", now=now, ids=post.ids)
    send_due(ours.import_scope, deps=post.deps)
    assert post.recipients[2:] == []
    assert readers(ours.scope, talk.stored()) == []
