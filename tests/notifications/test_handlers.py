"""A kind of mail is `kind` and `compose`; the rest has defaults that are right for most."""

from datetime import datetime, timedelta

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.delivery import UNCERTAIN_AFTER
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.dispatch import send_due
from chalicelib.notifications.handlers import BounceReport, ComposedMail, Notice, repeatable_ids
from chalicelib.store.outbox import OutboxItem, OutboxState
from tests.fixtures.cast import Cast
from tests.notifications.fakes import Greeting, Post, greet, states


class Plain(Notice):
    kind = "plain"

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail:
        del scope
        return ComposedMail(Greeting.mail(item, deps))


def test_a_plain_kind_is_sent_and_its_failures_are_logged_and_kept(cast: Cast, post: Post) -> None:
    scope = cast.ours.import_scope
    greet(scope, post, "al@farm.example", "bo@farm.example", kind="plain")
    post.sender.failures = [TimeoutError()]
    assert send_due(scope, deps=post.deps, kinds=(Plain(),)) == 1
    post.clock.forward(UNCERTAIN_AFTER)
    assert send_due(scope, deps=post.deps, kinds=(Plain(),)) == 0
    assert states(scope) == ["uncertain"]
    tags = dict(post.sender.sent[0].about)
    report = BounceReport(post.recipients[0], tags, "NoEmail")
    assert Plain().bounced(scope, report, now=post.clock.now, ids=post.ids)
    assert not Plain().bounced(scope, report, now=post.clock.now, ids=post.ids), "it is known"


def test_ids_of_an_item_come_out_the_same_each_time(now: datetime, ids: Ids) -> None:
    items = [OutboxItem(ids.ulid(now), "audit", {}, OutboxState.QUEUED, now) for _ in range(2)]
    first, second = (repeatable_ids(item).ulid(now) for item in items)
    assert first == repeatable_ids(items[0]).ulid(now)
    assert first != second
    assert repeatable_ids(items[0]).ulid(now + timedelta(seconds=1)) > first
