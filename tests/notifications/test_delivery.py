"""Fault 14: claim, send, confirm. An event gets one mail at most; what nobody knows is said, not sent again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.kernel.errors import BusyError, ConflictError, InvalidError
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.mail.sender import MailRefusedError
from chalicelib.notifications.delivery import UNCERTAIN_AFTER, Outcome, deliver
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.dispatch import send_due
from chalicelib.notifications.handlers import ComposedMail, DealerStep, Handler, IdentityMail, IdentityStep
from chalicelib.notifications.registry import handlers_of
from chalicelib.store import outbox
from chalicelib.store.outbox import OutboxItem, OutboxState
from chalicelib.store.transactions import TransactionRefusedError
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.notifications.fakes import Greeting, Post, greet, queue_invitation, states


def one(scope: ImportScope) -> OutboxItem:
    (item,) = outbox.items(scope)
    return item


def test_a_mail_is_sent_once_with_what_it_is_told_back_by(cast: Cast, post: Post) -> None:
    scope, kind = cast.ours.import_scope, Greeting()
    greet(scope, post, "al@farm.example")
    item = one(scope)
    assert [deliver(scope, item, kind, deps=post.deps) for _ in range(2)] == [Outcome.DONE, Outcome.KEPT]
    assert post.recipients == ["al@farm.example"]
    assert dict(post.sender.sent[0].about) == {
        "kind": "greeting",
        "item": item.item_id,
        "dealer": scope.dealer_id,
        "n": "1",
    }
    assert kind.fate == ["sent"]
    assert states(scope) == []


class Refused(DealerStep):
    """What it has to write is never taken."""

    kind = "refused"

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        raise TransactionRefusedError([(scope.dealer_id, item.item_id)])


def test_a_step_that_is_refused_again_and_again_is_tried_ever_later(cast: Cast, post: Post) -> None:
    scope = cast.ours.import_scope
    greet(scope, post, "", kind="refused")
    attempts = 0
    for _ in range(60):
        attempts += not one(scope).waits(post.clock.now)
        send_due(scope, deps=post.deps, kinds=(Refused(),))
        post.clock.forward(timedelta(minutes=1))
    assert attempts < 12
    assert states(scope) == ["queued"]


class Overtaken(IdentityStep):
    """Somebody else does the same at the same moment."""

    kind = "overtaken"

    def run(self, scope: IdentityScope, item: OutboxItem) -> None:
        raise ConflictError(f"{scope} {item}")


def test_who_loses_a_race_leaves_the_item_and_no_error(
    aws: World, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    assert aws.name
    item = OutboxItem(post.ids.ulid(post.clock.now), "overtaken", {}, OutboxState.QUEUED, post.clock.now)
    assert deliver(IdentityScope(), item, Overtaken(), deps=post.deps) is Outcome.KEPT
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "outbox.item_overtaken")
    ]


def test_a_lost_answer_becomes_uncertain_and_is_never_repeated(cast: Cast, post: Post) -> None:
    scope, kind = cast.ours.import_scope, Greeting()
    greet(scope, post, "al@farm.example")
    post.sender.failures = [TimeoutError("no answer")]
    for minutes in (0, 5, 4):
        post.clock.forward(timedelta(minutes=minutes))
        assert deliver(scope, one(scope), kind, deps=post.deps) is Outcome.KEPT
    assert (kind.fate, states(scope)) == ([], ["claimed"])
    post.clock.forward(timedelta(minutes=1))
    assert deliver(scope, one(scope), kind, deps=post.deps) is Outcome.GONE
    assert (kind.fate, states(scope)) == (["uncertain"], ["uncertain"])
    post.clock.forward(timedelta(days=1))
    assert send_due(scope, deps=post.deps, kinds=(kind,)) == 0
    assert post.recipients == []


def test_two_who_find_a_stale_claim_say_it_once(cast: Cast, post: Post) -> None:
    scope, kind = cast.ours.import_scope, Greeting()
    greet(scope, post, "al@farm.example")
    post.sender.failures = [TimeoutError()]
    deliver(scope, one(scope), kind, deps=post.deps)
    post.clock.forward(UNCERTAIN_AFTER)
    claimed = one(scope)
    assert [deliver(scope, claimed, kind, deps=post.deps) for _ in range(2)] == [Outcome.GONE, Outcome.KEPT]
    assert kind.fate == ["uncertain"]


@pytest.mark.parametrize(
    ("failure", "outcome", "fate", "left"),
    [
        (MailRefusedError("Throttling", for_good=False), Outcome.BUSY, [], ["queued"]),
        (MailRefusedError("MessageRejected", for_good=True), Outcome.GONE, ["refused"], ["dropped"]),
        (InvalidError("no email"), Outcome.GONE, ["refused"], ["dropped"]),
        (RuntimeError("a defect"), Outcome.KEPT, [], ["queued"]),
        (BusyError(), Outcome.KEPT, [], ["queued"]),
    ],
)
def test_what_is_not_sent_waits_or_is_dropped(
    cast: Cast, post: Post, failure: Exception, outcome: Outcome, fate: list[str], left: list[str]
) -> None:
    scope, kind = cast.ours.import_scope, Greeting()
    greet(scope, post, "al@farm.example")
    if isinstance(failure, MailRefusedError):
        post.sender.failures = [failure]
    else:
        kind.failures = [failure]
    assert deliver(scope, one(scope), kind, deps=post.deps) is outcome
    assert (kind.fate, states(scope)) == (fate, left)
    assert send_due(scope, deps=post.deps, kinds=(kind,)) == (1 if left == ["queued"] else 0)


def test_an_overtaken_mail_leaves_no_trace(cast: Cast, post: Post) -> None:
    scope = cast.ours.import_scope
    greet(scope, post, "")
    assert deliver(scope, one(scope), Greeting(), deps=post.deps) is Outcome.GONE
    assert (states(scope), post.recipients) == ([], [])


def test_one_that_cannot_be_noted_stops_no_other(cast: Cast, post: Post) -> None:
    scope, kind = cast.ours.import_scope, Greeting()
    kind.failing_notes = [RuntimeError("the table is away")]
    for email in ("al@farm.example", "bo@farm.example"):
        greet(scope, post, email)
        post.clock.forward(timedelta(milliseconds=1))
    assert send_due(scope, deps=post.deps, kinds=(kind,)) == 1
    assert post.recipients == ["al@farm.example", "bo@farm.example"]
    assert states(scope) == ["claimed"], "it may be out: it becomes uncertain"


class Letter(IdentityMail):
    kind = "letter"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail:
        del scope
        return ComposedMail(Greeting.mail(item, deps))


class Step(IdentityStep):
    kind = "step"

    def __init__(self) -> None:
        self.failures: list[Exception] = []
        self.done = 0

    def run(self, scope: IdentityScope, item: OutboxItem) -> None:
        del scope
        assert item.kind == self.kind
        self.done += 1
        if self.failures:
            raise self.failures.pop()


@pytest.mark.parametrize("failure", [TimeoutError(), MailRefusedError("MessageRejected", for_good=True)])
def test_identity_keeps_no_address_of_a_mail_that_failed(cast: Cast, post: Post, failure: Exception) -> None:
    scope, kinds = IdentityScope(), (Letter(),)
    greet(scope, post, cast.outsider_email, kind="letter")
    post.sender.failures = [failure]
    assert send_due(scope, deps=post.deps, kinds=kinds) == 0
    post.clock.forward(UNCERTAIN_AFTER)
    assert send_due(scope, deps=post.deps, kinds=kinds) == 0
    assert states(scope) == []


def test_a_step_is_tried_until_it_succeeds(cast: Cast, post: Post) -> None:
    scope, step = IdentityScope(), Step()
    greet(scope, post, cast.outsider_email, kind="step")
    step.failures = [RuntimeError("the dealer's side is away")]
    assert [send_due(scope, deps=post.deps, kinds=(step,)) for _ in range(3)] == [0, 1, 0]
    assert step.done == 2


def test_what_always_fails_is_tried_ever_more_rarely(cast: Cast, post: Post) -> None:
    scope, step = IdentityScope(), Step()
    greet(scope, post, cast.outsider_email, kind="step")
    step.failures = [RuntimeError("a defect")] * 100
    waited = []
    for _ in range(14):
        before = step.done
        assert send_due(scope, deps=post.deps, kinds=(step,)) == 0
        assert step.done == before + 1
        retry_at = outbox.items(scope)[0].retry_at or post.clock.now
        waited.append((retry_at - post.clock.now) // timedelta(minutes=1))
        if retry_at > post.clock.now:
            assert send_due(scope, deps=post.deps, kinds=(step,)) == 0
            assert step.done == before + 1
        post.clock.now = retry_at
    assert waited == [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    step.failures = []
    assert send_due(scope, deps=post.deps, kinds=(step,)) == 1


def test_a_mail_that_cannot_be_composed_is_postponed_too(cast: Cast, post: Post) -> None:
    scope, kind = cast.ours.import_scope, Greeting()
    greet(scope, post, "al@farm.example")
    kind.failures = [RuntimeError("a defect")] * 4
    assert [send_due(scope, deps=post.deps, kinds=(kind,)) for _ in range(5)] == [0] * 5
    assert kind.failures == []
    post.clock.forward(timedelta(minutes=1))
    assert send_due(scope, deps=post.deps, kinds=(kind,)) == 1


def test_a_dealers_item_never_runs_what_is_identitys(cast: Cast, post: Post) -> None:
    scope, step = cast.ours.import_scope, Step()
    greet(scope, post, "al@farm.example", kind="step")
    assert send_due(scope, deps=post.deps, kinds=(step,)) == 0
    assert (step.done, states(scope)) == (0, ["queued"])
    assert one(scope).failures == 1, "and what this release does not know is not tried each minute"
    own: list[Handler] = [*handlers_of(scope).values(), *handlers_of(IdentityScope()).values()]
    assert len({handler.kind for handler in own}) == len(own)


def test_no_secret_waits_in_the_outbox(aws: World, cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    post.sender.failures = [TimeoutError()]
    send_due(cast.ours.import_scope, deps=post.deps)
    items = aws.root("dynamodb").scan(TableName=aws.settings.table_name)["Items"]
    waiting = [str(item) for item in items if item["pk"]["S"] == f"D#{cast.ours.dealer.dealer_id}#OUTBOX"]
    assert len(waiting) == 1
    assert "portal.example" not in waiting[0]


def test_one_that_cannot_be_rendered_waits(cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)

    def fail(name: str, context: object) -> str:
        raise RuntimeError(name, context)

    assert send_due(cast.ours.import_scope, deps=replace(post.deps, render=fail)) == 0
    assert states(cast.ours.import_scope) == ["queued"]
    assert send_due(cast.ours.import_scope, deps=post.deps) == 1
