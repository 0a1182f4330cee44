"""A request from asking to its end, and the files that count for it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.store import outbox
from chalicelib.store.due import due
from chalicelib.tasks.queries import open_tasks
from chalicelib.uploads import by_year
from chalicelib.uploads.document_requests import operations, queries
from chalicelib.uploads.document_requests.model import MAX_OPEN, OVERDUE, REMINDERS, RequestState
from chalicelib.uploads.model import FilePurpose, Review
from chalicelib.uploads.operations import begin_file
from tests.fixtures.cast import Cast, Dealership
from tests.fixtures.trail import audited
from tests.uploads.document_requests.made import asked, found, known, reviewed, sent
from tests.uploads.sending import Sending

ERA = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.fixture
def ours(cast: Cast, now: datetime) -> Dealership:
    return known(cast.ours, now)


def events(ours: Dealership, now: datetime) -> list[str]:
    return sorted(entry.event for entry in audited(ours.scope, now, "request."))


def waiting(ours: Dealership, now: datetime) -> list[str]:
    """What a clock would find in the next year."""
    until = (now + timedelta(days=400)).date()
    return [item.kind for kind in (REMINDERS, OVERDUE) for item in due(ours.scope, kind, until=until)]


def test_a_request_counts_the_files_that_were_accepted_for_it(ours: Dealership, now: datetime, ids: Ids) -> None:
    request = asked(ours, now, ids)
    assert queries.own_requests(ours.customer.customer_scope) == [replace(request, version=1)]
    assert [item.payload["email"] for item in outbox.items(ours.scope)] == [ours.customer.email]
    first = sent(ours, now, ids, request)
    assert (first.purpose, first.request_id) == (FilePurpose.OTHER, request.request_id)
    Sending(ours, now, ids, purpose=request.request_id).put()  # and is never checked
    assert (found(ours, request).received, found(ours, request).missing) == ((first.file_id,), 2)
    sent(ours, now, ids, request)
    assert waiting(ours, now) == [REMINDERS, OVERDUE]
    sent(ours, now, ids, request)
    assert found(ours, request).state is RequestState.FULFILLED
    assert (queries.own_requests(ours.customer.customer_scope), waiting(ours, now)) == ([], [])
    assert events(ours, now) == ["request.asked", "request.fulfilled"]
    tasks = open_tasks(ours.user.staff_scope)
    assert [task.detail["request"] for task in tasks] == ["Three payslips"] * 3


def test_a_file_that_is_refused_or_late_counts_for_nothing(ours: Dealership, now: datetime, ids: Ids) -> None:
    request = asked(ours, now, ids, wanted="1")
    bad = Sending(ours, now, ids, purpose=request.request_id)
    bad.arrived(bad.put(b"<html><script>"))
    assert found(ours, request).received == ()
    late = Sending(ours, now, ids, purpose=request.request_id)
    operations.cancel(ours.user.staff_scope, account_ref="1200", request_id=request.request_id, now=now, ids=ids)
    file = late.accept()
    closed = found(ours, request)
    assert (closed.state, closed.received) == (RequestState.CANCELLED, (file.file_id,))


def test_asking_again_frees_the_place_and_a_second_thought_fills_it(ours: Dealership, now: datetime, ids: Ids) -> None:
    request = asked(ours, now, ids, wanted="1", days=0)
    file = sent(ours, now, ids, request)
    reviewed(ours, now, ids, file, Review.ASKED_AGAIN)
    again = found(ours, request)
    assert (again.state, again.received, again.due) == (
        RequestState.OPEN,
        (),
        now.date() + timedelta(days=7),
    )
    assert waiting(ours, now) == [REMINDERS, OVERDUE]
    reviewed(ours, now, ids, file, Review.DONE)
    assert found(ours, request).state is RequestState.FULFILLED
    reviewed(ours, now, ids, file, Review.DONE)
    assert found(ours, request).received == (file.file_id,)
    assert events(ours, now) == [
        "request.asked",
        *["request.fulfilled"] * 2,
        "request.reopened",
    ]


def test_what_is_cancelled_is_not_asked_for_any_more(ours: Dealership, now: datetime, ids: Ids) -> None:
    request = asked(ours, now, ids)
    where = {"account_ref": "1200", "request_id": request.request_id}
    for _ in range(2):
        done = operations.cancel(ours.user.staff_scope, **where, now=now, ids=ids)
        assert (done.state, done.decided_by) == (RequestState.CANCELLED, ours.user.person_id)
    assert (queries.own_requests(ours.customer.customer_scope), waiting(ours, now)) == ([], [])
    with pytest.raises(InvalidError) as refused:
        Sending(ours, now, ids, purpose=request.request_id)
    assert "no longer requested" in refused.value.fields["purpose"]
    assert events(ours, now) == ["request.asked", "request.cancelled"]


def test_what_is_fulfilled_cannot_be_cancelled(ours: Dealership, now: datetime, ids: Ids) -> None:
    request = asked(ours, now, ids, wanted="1")
    sent(ours, now, ids, request)
    with pytest.raises(ConflictError):
        operations.cancel(ours.user.staff_scope, account_ref="1200", request_id=request.request_id, now=now, ids=ids)


def test_nobody_answers_or_cancels_the_request_of_another(
    ours: Dealership, cast: Cast, now: datetime, ids: Ids
) -> None:
    request = asked(ours, now, ids)
    others = asked(ours, now, ids, ref="1201")
    with pytest.raises(InvalidError) as refused:
        Sending(ours, now, ids, purpose=others.request_id)
    assert refused.value.fields == {"purpose": "Choose what the files are for"}
    assert queries.own_requests(ours.other_customer.customer_scope) == [replace(others, version=1)]
    assert queries.own_requests(cast.rival.customer.customer_scope) == []
    for scope, ref in ((ours.user.staff_scope, "1201"), (cast.rival.user.staff_scope, "1200")):
        with pytest.raises(NotFoundError):
            operations.cancel(scope, account_ref=ref, request_id=request.request_id, now=now, ids=ids)


def test_of_an_earlier_era_nothing_is_asked_for(ours: Dealership, now: datetime, ids: Ids) -> None:
    request = asked(ours, now, ids)
    mine = ours.customer
    later = replace(mine.customer_scope, eras={"1200": ERA})
    assert queries.own_requests(later) == []
    assert queries.requests_of_account(ours.user.staff_scope, "1200", era=ERA).open == []
    with pytest.raises(InvalidError):
        begin_file(later, purpose=request.request_id, note="", name="", account_name="", maximum=9, now=now, ids=ids)
    for _ in range(2):
        operations.end_earlier(ours.import_scope, account_ref="1200", era=ERA, now=now, ids_of=lambda _: ids)
    assert (found(ours, request).state, waiting(ours, now)) == (RequestState.ENDED, [])
    assert events(ours, now) == ["request.asked", "request.ended"]


def test_without_an_account_in_hand_nothing_is_asked_for(ours: Dealership, now: datetime, ids: Ids) -> None:
    asked(ours, now, ids)
    assert queries.own_requests(replace(ours.customer.customer_scope, account_refs=frozenset())) == []


def test_an_account_is_asked_for_so_much_at_once(ours: Dealership, now: datetime, ids: Ids) -> None:
    made = [asked(ours, now, ids) for _ in range(MAX_OPEN)]
    with pytest.raises(InvalidError, match="has 20 open requests already"):
        asked(ours, now, ids)
    asked(ours, now, ids, ref="1201")
    operations.cancel(ours.user.staff_scope, account_ref="1200", request_id=made[0].request_id, now=now, ids=ids)
    asked(ours, now, ids)


def test_the_list_of_the_dealer_is_newest_first_and_goes_on_below(
    ours: Dealership, cast: Cast, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_year, "SHOWN", 2)
    made = [asked(ours, now - timedelta(days=days), ids).request_id for days in (400, 20, 0)]
    staff = ours.user.staff_scope
    first = queries.made_requests(staff, now=now)
    assert [one.request_id for one in first.requests] == [made[2], made[1]]
    second = queries.made_requests(staff, now=now, before=first.older)
    assert ([one.request_id for one in second.requests], second.older) == ([made[0]], "")
    assert queries.made_requests(cast.rival.user.staff_scope, now=now).requests == []


def test_what_is_due_soonest_comes_first_and_closed_ones_apart(ours: Dealership, now: datetime, ids: Ids) -> None:
    later, sooner, gone = (asked(ours, now, ids, days=days) for days in (9, 5, 1))
    operations.cancel(ours.user.staff_scope, account_ref="1200", request_id=gone.request_id, now=now, ids=ids)
    listed = queries.requests_of_account(ours.user.staff_scope, "1200", era="")
    assert [one.request_id for one in listed.open] == [sooner.request_id, later.request_id]
    assert [one.request_id for one in listed.closed] == [gone.request_id]
