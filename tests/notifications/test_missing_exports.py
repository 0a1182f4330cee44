"""An export that does not come by the dealer's schedule: staff are notified once, and it is over with the next."""

from datetime import datetime, timedelta

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.operations import change_settings, settings_fingerprint
from chalicelib.kernel.ids import Ids
from chalicelib.notifications.dispatch import send_due
from chalicelib.notifications.missing_exports import check
from chalicelib.tasks.kinds import EXPORT_MISSING, HELD_EXPORT
from chalicelib.tasks.queries import open_tasks_of
from tests.fixtures.cast import Cast, Dealership
from tests.fixtures.staff import listed
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.notifications.fakes import Post
from tests.tasks.made import opened


def schedule(ours: Dealership, now: datetime, ids: Ids, days: str | None) -> None:
    settings = {"export_days": days, "export_by": days and "07:00"}
    seen = settings_fingerprint(dealers.dealer(ours.scope, fresh=True), settings)
    change_settings(ours.admin.staff_scope, settings, seen=seen, now=now, ids=ids)


@pytest.fixture
def ours(cast: Cast, post: Post) -> Dealership:
    """Its last export came the night before the last."""
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=post.clock.now)
    schedule(cast.ours, post.clock.now, post.ids, "daily")
    come(cast.ours, 1, post.clock.now - timedelta(days=1, hours=4))
    return cast.ours


def come(ours: Dealership, run: int, at: datetime) -> None:
    publish(ours.import_scope, [an_account([a_row("1", total=run)], run=run)], run=run, received_at=at)


def checked(ours: Dealership, post: Post) -> tuple[int, int, list[str]]:
    """What the schedule does, the tasks afterwards, and whom it mails."""
    before = len(post.sender.sent)
    done = check(ours.import_scope, now=post.clock.now, ids=post.ids)
    for _ in range(2):  # the event, then the mails that come of it
        send_due(ours.import_scope, deps=post.deps)
    return done, len(open_tasks_of(ours.scope, EXPORT_MISSING)), [mail.to for mail in post.sender.sent[before:]]


def test_staff_are_told_once_and_it_ends_with_the_next_export(ours: Dealership, post: Post) -> None:
    assert checked(ours, post) == (1, 1, [ours.admin.email])
    mail = post.sender.sent[-1]
    assert mail.subject.startswith("The export of 5 Jun 2024 has not come")
    assert "by 07:00" in " ".join(mail.text.split())
    post.clock.now += timedelta(days=1)
    assert checked(ours, post) == (0, 1, []), "another night, and it is known"
    come(ours, 2, post.clock.now)
    assert checked(ours, post) == (1, 0, [])
    assert checked(ours, post) == (0, 0, [])


def test_nobody_is_told_of_what_has_come_meanwhile(ours: Dealership, post: Post) -> None:
    assert check(ours.import_scope, now=post.clock.now, ids=post.ids) == 1
    come(ours, 2, post.clock.now)
    assert checked(ours, post) == (1, 0, [])


def test_what_is_held_has_a_task_of_its_own(ours: Dealership, post: Post) -> None:
    opened(ours.scope, post.clock.now, post.ids, kind=HELD_EXPORT)
    assert checked(ours, post) == (0, 0, [])


def test_without_a_schedule_nothing_is_missing(ours: Dealership, post: Post) -> None:
    assert checked(ours, post)[:2] == (1, 1)
    schedule(ours, post.clock.now, post.ids, None)
    assert checked(ours, post) == (1, 0, [])
