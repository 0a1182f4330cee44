"""What is sent is counted once, and bounded for a person's day and a dealer's month."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.alerts.texts import repo
from chalicelib.alerts.texts.model import ALERT_TEXT, MAX_A_DAY, Allowance
from chalicelib.alerts.texts.operations import consume
from chalicelib.kernel.ids import Ids
from chalicelib.store.outbox import items, outbox_item
from chalicelib.tasks.kinds import TEXTS_USED_UP
from chalicelib.tasks.queries import open_tasks_of
from tests.fixtures.cast import Cast


@pytest.fixture
def events(cast: Cast, now: datetime, ids: Ids) -> list[str]:
    """Of which text messages to somebody are queued."""
    made = [ids.ulid(now) for _ in range(MAX_A_DAY + 2)]
    for event in made:
        item = outbox_item(cast.ours.scope, kind=ALERT_TEXT, payload={"event": event}, now=now, ids=ids)
        for times in (True, False):
            assert repo.queue_once(cast.ours.import_scope, event, "jo", item, now=now) is times
    return made


def test_one_that_is_tried_again_counts_once_and_a_sixth_of_the_day_is_not_sent(
    cast: Cast, events: list[str], now: datetime
) -> None:
    scope, dealer = cast.ours.import_scope, cast.ours.dealer
    for event in events[:MAX_A_DAY]:
        for _ in range(2):
            assert consume(scope, dealer, event=event, person_id="jo", now=now) is Allowance.LEFT
    sixth, seventh = events[MAX_A_DAY:]
    assert consume(scope, dealer, event=sixth, person_id="jo", now=now) is Allowance.DAY_USED_UP
    assert consume(scope, dealer, event=seventh, person_id="jo", now=now + timedelta(days=1)) is Allowance.LEFT
    assert repo.sent_in_month(scope, "2024-06") == MAX_A_DAY + 1
    assert repo.sent_in_month(cast.rival.scope, "2024-06") == 0
    assert len(items(scope)) == len(events)


def test_where_the_month_is_used_up_admins_have_one_task(cast: Cast, events: list[str], now: datetime) -> None:
    scope, dealer = cast.ours.import_scope, replace(cast.ours.dealer, monthly_texts=1)
    got = [consume(scope, dealer, event=event, person_id="jo", now=now) for event in events[:3]]
    assert got == [Allowance.LEFT, Allowance.MONTH_USED_UP, Allowance.MONTH_USED_UP]
    (task,) = open_tasks_of(scope, TEXTS_USED_UP)
    assert dict(task.detail) == {"count": "1", "until": "2024-07-01"}
    july = now + timedelta(days=30)
    assert consume(scope, dealer, event=events[3], person_id="jo", now=july) is Allowance.LEFT
    none = replace(dealer, monthly_texts=0)
    assert consume(scope, none, event=events[4], person_id="jo", now=july) is Allowance.MONTH_USED_UP
    assert len(open_tasks_of(scope, TEXTS_USED_UP)) == 2
