"""Whose an account is decides who is asked and told; the clock reminds them, and tells staff what did not come."""

from datetime import datetime, timedelta

import pytest

from chalicelib.customers import document_requests, eras
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser, Enrolment, State
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.store import outbox
from chalicelib.store.outbox import BULK_LANES, OutboxItem
from chalicelib.tasks.queries import open_tasks
from chalicelib.uploads.document_requests import operations
from chalicelib.uploads.document_requests.model import RequestState
from chalicelib.uploads.model import Review
from tests.customers.accounts import account, publish
from tests.fixtures.cast import Cast, Dealership, make_dealership
from tests.fixtures.worlds import World
from tests.uploads.document_requests.made import asked, found, known, reviewed, sent


@pytest.fixture
def ours(cast: Cast, now: datetime) -> Dealership:
    return known(cast.ours, now)


def reminders(ours: Dealership) -> list[OutboxItem]:
    return [item for lane in range(BULK_LANES) for item in outbox.items(ours.scope, lane=lane)]


def overdue(ours: Dealership) -> list[str]:
    return [task.task_id for task in open_tasks(ours.user.staff_scope) if task.kind == "document_overdue"]


def chase(ours: Dealership, now: datetime, ids: Ids) -> int:
    return document_requests.chase(ours.import_scope, now=now, ids=ids)


def test_nobody_is_asked_who_could_not_answer(ours: Dealership, cast: Cast, now: datetime, ids: Ids) -> None:
    publish(ours.import_scope, [account("1200"), account("1202"), account("1203", next_era=ids.ulid(now))])
    with pytest.raises(InvalidError, match="Nobody can log in"):
        asked(ours, now, ids, ref="1202")
    enrolments.add_user(ours.scope, AccountUser(ids.ulid(now), "x@farm.example", now), ref="1203")
    with pytest.raises(InvalidError, match="belong to somebody else"):
        asked(ours, now, ids, ref="1203")
    for ref in ("9999", "", f"~{ids.ulid(now)}"):
        with pytest.raises(NotFoundError):
            asked(ours, now, ids, ref=ref)
    publish(cast.rival.import_scope, [account("77")])
    with pytest.raises(NotFoundError):
        asked(ours, now, ids, ref="77")


def test_only_people_of_the_present_customer_are_told(ours: Dealership, now: datetime, ids: Ids) -> None:
    era = ids.ulid(now)
    before = Enrolment("1200", State.ACTIVE, "old@farm.example", ids.ulid(now), "maria", now)
    enrolments.put(ours.scope, before, before=None)
    eras.start_era(ours.import_scope, ref="1200", era=era, reason="other name", now=now, ids=ids)
    with pytest.raises(InvalidError, match="Nobody can log in"):
        asked(ours, now, ids)
    enrolments.add_user(ours.scope, AccountUser(ids.ulid(now), "new@farm.example", now, era), ref="1200")
    assert asked(ours, now, ids).era == era
    mails = [item for item in outbox.items(ours.scope) if item.kind == "document_requested"]
    assert [item.payload["email"] for item in mails] == ["new@farm.example"]


def test_a_customer_is_reminded_once_three_days_before(ours: Dealership, now: datetime, ids: Ids) -> None:
    request = asked(ours, now, ids, days=14)
    asked(ours, now, ids, days=3)
    assert chase(ours, now + timedelta(days=2), ids) == 0
    for _ in range(2):
        chase(ours, now + timedelta(days=11), ids)
    assert [item.payload for item in reminders(ours) if item.kind == "document_reminder"] == [
        {"account_ref": "1200", "request_id": request.request_id, "email": ours.customer.email}
    ]


def test_what_has_not_come_is_a_task_until_it_has(ours: Dealership, now: datetime, ids: Ids) -> None:
    request, cancelled = asked(ours, now, ids, days=2, wanted="1"), asked(ours, now, ids, days=2)
    assert chase(ours, now + timedelta(days=2), ids) == 0  # the day itself is theirs
    late = now + timedelta(days=3)
    for _ in range(2):
        chase(ours, late, ids)
    assert sorted(overdue(ours)) == sorted((request.request_id, cancelled.request_id))
    (task, _) = [task for task in open_tasks(ours.user.staff_scope) if task.kind == "document_overdue"]
    assert (task.account_ref, task.depot, task.detail) == ("1200", "CAS", {"title": "Three payslips"})
    file = sent(ours, late, ids, request)
    operations.cancel(ours.user.staff_scope, account_ref="1200", request_id=cancelled.request_id, now=late, ids=ids)
    assert overdue(ours) == []
    reviewed(ours, late, ids, file, Review.ASKED_AGAIN)
    assert chase(ours, late + timedelta(days=7), ids) == 1  # the reminder, three days before
    assert overdue(ours) == []
    chase(ours, late + timedelta(days=8), ids)
    assert overdue(ours) == [request.request_id]


def test_the_day_is_the_dealers(ours: Dealership, now: datetime, ids: Ids) -> None:
    asked(ours, now, ids, days=0)
    assert chase(ours, now.replace(hour=22, minute=59), ids) == 0
    assert chase(ours, now.replace(hour=23), ids) == 1  # in London it is the next day


def test_of_an_earlier_customer_nothing_is_chased_and_all_ends(ours: Dealership, now: datetime, ids: Ids) -> None:
    request = asked(ours, now, ids, days=0)
    late = now + timedelta(days=1)
    chase(ours, late, ids)
    second = asked(ours, late, ids, days=5)
    eras.start_era(ours.import_scope, ref="1200", era=ids.ulid(late), reason="other name", now=late, ids=ids)
    assert chase(ours, now + timedelta(days=30), ids) == 0
    staff = ours.user.staff_scope
    assert document_requests.made_requests(staff, now=late).requests == []
    assert document_requests.awaited(ours.import_scope, ref="1200", request_id=second.request_id) is None
    document_requests.end_earlier(ours.import_scope, ref="1200", now=late, ids_of=lambda _: ids)
    assert overdue(ours) == []
    assert {found(ours, one).state for one in (request, second)} == {RequestState.ENDED}


def test_nothing_is_chased_while_the_dealer_has_no_documents(aws: World, now: datetime, ids: Ids) -> None:
    assert aws.name
    bare = make_dealership(ids, now, name="Brightfold", prefix="brightfold", phone="", modules=frozenset())
    asked(known(bare, now), now, ids, days=0)
    assert chase(bare, now + timedelta(days=1), ids) == 0
