"""The people of a master are told of a statement, an answer, a dispute and a document of its accounts, each once."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from chalicelib.alerts import queries as alerts
from chalicelib.customers.colleagues.model import Rights
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.customers.group_scopes import scope_of
from chalicelib.customers.scopes import customer_scope
from chalicelib.dealers.model import Module
from chalicelib.disputes import operations as disputes
from chalicelib.disputes.model import Action, Decision
from chalicelib.disputes.operations import Claim
from chalicelib.kernel.areas import Area
from chalicelib.kernel.roles import Role
from chalicelib.messages import operations as messages
from chalicelib.messages import staff_operations
from chalicelib.messages.model import NewQuestion
from chalicelib.notifications.dispatch import send_bulk, send_due
from chalicelib.statements.model import month_period
from chalicelib.store.outbox import BULK_LANES
from tests.customers.colleagues.made import colleague
from tests.fixtures.cast import Cast
from tests.ledger.groups import OF_GROUP, publish_group
from tests.notifications.fakes import Post
from tests.statements.made import made
from tests.uploads.shared import SharedSending

OWN = "own@farm.example"
Event = Callable[[Cast, Post], str]


def statement(cast: Cast, post: Post) -> str:
    assert made(cast.ours, month_period(date(2024, 5, 1)), post.clock.now, post.ids, ref="5001")
    return "/statements?account=5001&period=2024-05"


def document(cast: Cast, post: Post) -> str:
    SharedSending(cast.ours, post.clock.now, post.ids, title="Warranty", visible=True, account_ref="5001").accepted()
    return "/documents?account=5001#shared"


def answer(cast: Cast, post: Post) -> str:
    scope = scope_of(customer_scope(cast.ours.customer.person_id, cast.ours.customer.membership)[0], "5001")
    new = NewQuestion(subject="Hose", text="Which?", email=cast.ours.customer.email)
    thread = messages.ask(scope, new, now=post.clock.now, ids=post.ids)
    staff_operations.answer(
        cast.ours.user.staff_scope,
        ref="5001",
        thread_id=thread.thread_id,
        text="The long one",
        seen=thread.shown_id,
        now=post.clock.now,
        ids=post.ids,
    )
    return f"/messages/{thread.thread_id}"


def dispute(cast: Cast, post: Post) -> str:
    scope = customer_scope(cast.ours.customer.person_id, cast.ours.customer.membership)[0]
    raised = disputes.raise_dispute(
        scope,
        ref="5001",
        claims=(Claim(key=OF_GROUP["5001"][0].key, amount=4_050),),
        reason="price",
        message="Too much",
        raised_by=cast.ours.customer.email,
        now=post.clock.now,
        ids=post.ids,
    )
    disputes.decide(
        cast.ours.user.staff_scope,
        ref="5001",
        dispute_id=raised.dispute_id,
        version=raised.version,
        decision=Decision(Action.ACKNOWLEDGE),
        now=post.clock.now,
        ids=post.ids,
    )
    return f"/disputes/{raised.dispute_id}"


@pytest.fixture
def group(cast: Cast, post: Post) -> Cast:
    """Account 1200 is the master of 5001, which has somebody of its own; Mr Barlow has both."""
    publish_group(cast.ours.import_scope, dict.fromkeys(("1200", "5001"), OF_GROUP["5001"]), master="1200")
    person = cast.ours.customer.person_id
    for ref in ("1200", "5001"):
        barlow = AccountUser(person, cast.ours.customer.email, post.clock.now)
        enrolments.add_user(cast.ours.scope, barlow, ref=ref)
    own = AccountUser(post.ids.ulid(post.clock.now), OWN, post.clock.now)
    enrolments.add_user(cast.ours.scope, own, ref="5001")
    return cast


def sent(cast: Cast, post: Post) -> list[str]:
    for _ in range(2):
        send_due(cast.ours.import_scope, deps=post.deps)
        for lane in range(BULK_LANES):
            send_bulk(cast.ours.import_scope, lane, deps=post.deps)
        post.clock.forward(timedelta(seconds=1))
    return sorted(mail.to for mail in post.sender.sent)


@pytest.mark.parametrize("event", [statement, document, answer, dispute])
def test_b23_who_has_the_master_and_the_account_is_told_once(group: Cast, post: Post, event: Event) -> None:
    path = event(group, post)
    barlow = group.ours.customer
    told = sent(group, post)
    assert told.count(barlow.email) == 1
    assert (OWN in told) == (event in {statement, document})
    mail = next(mail for mail in post.sender.sent if mail.to == barlow.email)
    assert path in mail.text
    scope = customer_scope(barlow.person_id, barlow.membership)[0]
    assert [one.alert.path for one in alerts.entries(scope, set(Module))] == [path]


@pytest.mark.parametrize(("event", "area"), [(statement, Area.STATEMENTS), (document, Area.DOCUMENTS)])
def test_who_is_kept_from_it_on_the_master_is_not_told(group: Cast, post: Post, event: Event, area: Area) -> None:
    given, kept = (
        colleague(group.ours, Rights(Role.VIEW, areas), ids=post.ids, now=post.clock.now)
        for areas in (frozenset(Area), frozenset(Area) - {area})
    )
    event(group, post)
    told = sent(group, post)
    assert given.email in told
    assert kept.email not in told


@pytest.mark.parametrize("event", [statement, document])
def test_of_the_master_itself_those_of_its_accounts_are_not_told(group: Cast, post: Post, event: Event) -> None:
    if event is statement:
        made(group.ours, month_period(date(2024, 5, 1)), post.clock.now, post.ids)
    else:
        SharedSending(group.ours, post.clock.now, post.ids, title="Warranty", visible=True).accepted()
    assert sent(group, post) == [group.ours.customer.email]
