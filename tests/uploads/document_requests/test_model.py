"""Files come, are asked for again, and come again, in any order: a request is fulfilled while enough of them count."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.uploads.document_requests.model import (
    OVERDUE,
    REMINDERS,
    DocumentRequest,
    RequestState,
    reminder_day,
)
from chalicelib.uploads.model import FilePurpose

NOW = datetime(2024, 6, 5, 9, tzinfo=UTC)
TODAY = date(2024, 6, 5)
REQUEST = DocumentRequest(
    request_id="01HZKT0000000000000000000Z",
    account_ref="1200",
    era="",
    account_name="Mr A L Barlow",
    purpose=FilePurpose.OTHER,
    title="Three payslips",
    words="",
    wanted=3,
    due=date(2024, 6, 19),
    asked_by="maria",
    asked_at=NOW,
    remind_on=date(2024, 6, 16),
)


@given(wanted=st.integers(1, 4), steps=st.lists(st.tuples(st.booleans(), st.sampled_from("abcdef")), max_size=20))
def test_it_is_fulfilled_while_enough_files_count(wanted: int, steps: list[tuple[bool, str]]) -> None:
    request, counts = replace(REQUEST, wanted=wanted), set[str]()
    for comes, file_id in steps:
        if comes:
            counts.add(file_id)
            request = request.with_file(file_id, now=NOW)
        else:
            counts.discard(file_id)
            request = request.without_file(file_id, today=TODAY)
        assert set(request.received) == counts
        assert (request.state is RequestState.FULFILLED) == (len(counts) >= wanted)
        assert request.missing == max(0, wanted - len(counts))
        assert bool(request.due_items) == request.is_open


def test_a_closed_request_stays_closed_whatever_comes() -> None:
    for state in (RequestState.CANCELLED, RequestState.ENDED):
        closed = REQUEST.closed(state, by="maria", now=NOW)
        known = closed.with_file("a", now=NOW).with_file("b", now=NOW).with_file("c", now=NOW)
        assert (known.state, known.due_items) == (state, frozenset())
        assert known.without_file("a", today=TODAY).state is state


def test_what_is_asked_for_again_leaves_time_to_send_it() -> None:
    done = replace(REQUEST, wanted=1, due=TODAY).with_file("a", now=NOW)
    again = done.without_file("a", today=TODAY + timedelta(days=2))
    assert (again.due, again.remind_on) == (date(2024, 6, 14), date(2024, 6, 11))
    later = replace(REQUEST, wanted=1).with_file("a", now=NOW).without_file("a", today=TODAY)
    assert (later.due, later.remind_on) == (REQUEST.due, REQUEST.remind_on)
    still_open = replace(REQUEST, due=TODAY).with_file("a", now=NOW).without_file("a", today=TODAY)
    assert still_open.due == TODAY  # two more are missing anyway


def test_a_clock_is_told_the_day_after_and_three_days_before() -> None:
    assert {(item.kind, item.on) for item in REQUEST.due_items} == {
        (REMINDERS, date(2024, 6, 16)),
        (OVERDUE, date(2024, 6, 20)),
    }
    assert not REQUEST.is_overdue(REQUEST.due)
    assert REQUEST.is_overdue(REQUEST.due + timedelta(days=1))
    assert replace(REQUEST, is_noted=True, remind_on=None).due_items == frozenset()


def test_what_was_asked_for_shortly_before_needs_no_reminder() -> None:
    assert reminder_day(date(2024, 6, 9), asked_on=TODAY) == date(2024, 6, 6)
    assert reminder_day(date(2024, 6, 8), asked_on=TODAY) is None
