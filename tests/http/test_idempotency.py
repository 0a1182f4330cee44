"""A form counts once however often it is sent, also twice at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.http.idempotency import once
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.store import form_results
from chalicelib.store.form_results import FormResult
from tests.fixtures.cast import Cast

RESULT = FormResult("/staff/accounts", "3 invitations on the way")


class Sent:
    """As much of a request as `once` looks at."""

    def __init__(self, cast: Cast, now: datetime, form_id: str = "t" * 43, body: bytes = b"ref=1") -> None:
        self.form = {"form_id": form_id} if form_id else {}
        self.scope: Any = cast.ours.user.staff_scope
        self.path, self.now = "/staff/accounts/invite", now
        self.body = f"form_id={form_id}&".encode() + body


def acting(times: list[int]) -> FormResult:
    times.append(1)
    return RESULT


def test_the_second_time_nothing_is_done_and_the_answer_is_the_first(cast: Cast, now: datetime) -> None:
    times: list[int] = []
    answers = [once(Sent(cast, now), lambda: acting(times)) for _ in range(3)]  # type: ignore[arg-type]
    assert len(times) == 1
    assert {answer.headers["Location"] for answer in answers} == {"/staff/accounts"}
    assert len({str(answer.headers["Set-Cookie"]) for answer in answers}) == 1
    once(Sent(cast, now, body=b"ref=2"), lambda: acting(times))  # type: ignore[arg-type]
    once(Sent(cast, now, form_id="a" * 43), lambda: acting(times))  # type: ignore[arg-type]
    assert len(times) == 3
    for _ in range(2):
        once(Sent(cast, now, form_id=""), lambda: acting(times))  # type: ignore[arg-type]
    assert len(times) == 5


def test_what_failed_may_be_sent_again(cast: Cast, now: datetime) -> None:
    def fail() -> FormResult:
        raise InvalidError("no")

    times: list[int] = []
    for _ in range(2):
        with pytest.raises(InvalidError):
            once(Sent(cast, now), fail)  # type: ignore[arg-type]
    once(Sent(cast, now), lambda: acting(times))  # type: ignore[arg-type]
    assert len(times) == 1


def test_one_that_nobody_answered_for_is_told_of_and_taken_over_after_a_minute(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    first, times = Sent(cast, now), list[int]()

    def vanish() -> FormResult:
        once(Sent(cast, now), lambda: acting(times))  # type: ignore[arg-type]  # while the first is still at work
        return RESULT

    with pytest.raises(ConflictError):
        once(first, vanish)  # type: ignore[arg-type]
    scope = cast.ours.user.staff_scope
    assert form_results.claim(scope, person_id=scope.person_id, form="f", now=now)
    assert not form_results.claim(scope, person_id=scope.person_id, form="f", now=now + timedelta(seconds=59))
    assert form_results.claim(scope, person_id=scope.person_id, form="f", now=now + timedelta(seconds=61))
    assert times == []


def test_a_claim_that_was_taken_over_is_the_later_ones(cast: Cast, now: datetime) -> None:
    scope, later = cast.ours.user.staff_scope, now + timedelta(seconds=61)
    form: dict[str, Any] = {"person_id": scope.person_id, "form": "f"}
    assert form_results.claim(scope, **form, now=now)
    assert form_results.claim(scope, **form, now=later)
    form_results.release(scope, **form, now=now)
    form_results.keep(scope, **form, now=now, result=RESULT._replace(path="/first"))
    assert not form_results.claim(scope, **form, now=later)
    form_results.keep(scope, **form, now=later, result=RESULT)
    assert form_results.result(scope, **form) == RESULT


@pytest.mark.parametrize("form_id", ["token", "t" * 42, "t" * 44, "é" * 43, "t" * 42 + "=", "t" * 43 + "\n"])
def test_what_is_no_token_of_ours_is_refused(cast: Cast, now: datetime, form_id: str) -> None:
    times: list[int] = []
    with pytest.raises(InvalidError, match="Reload the page"):
        once(Sent(cast, now, form_id=form_id), lambda: acting(times))  # type: ignore[arg-type]
    assert times == []


def test_two_clicks_at_once_count_once(cast: Cast, now: datetime) -> None:
    times: list[int] = []

    def click() -> str:
        return str(once(Sent(cast, now), lambda: acting(times)).headers["Location"])  # type: ignore[arg-type]

    with ThreadPoolExecutor(2) as pool:
        clicks = [pool.submit(copy_context().run, click) for _ in range(2)]
        assert [one.result() for one in clicks] == ["/staff/accounts"] * 2
    assert len(times) == 1
