"""A function dies before, or after, any call to AWS on the way of a file; its message comes again, to the same end."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.feed import queries as feed
from chalicelib.feed.model import ItemState, Taker
from chalicelib.feed.operations import choose_taker
from chalicelib.kernel.ids import Ids
from chalicelib.tasks.kinds import DOCUMENT
from chalicelib.tasks.repo import task
from chalicelib.uploads import queries, repo
from chalicelib.uploads.document_requests.model import RequestState
from chalicelib.uploads.model import FileState
from tests.fixtures.calls import listening
from tests.fixtures.cast import Cast
from tests.fixtures.figures import RecordFigure
from tests.fixtures.trail import audited
from tests.soak.workers import Fault, KilledError, ReplyLostError
from tests.uploads.document_requests.made import asked, found, known
from tests.uploads.sending import GOOD, Sending

WRITES = frozenset({"TransactWriteItems", "PutObject"})

Step = Callable[[Sending, str], list[str]]
ORDERS: dict[str, tuple[Step, Step]] = {
    "check, then verdict": (Sending.arrived, Sending.scanned),
    "verdict, then check": (Sending.scanned, Sending.arrived),
}


@dataclass(slots=True)
class Striker:
    """Notes the calls of the store, and strikes at one of them."""

    fault: Fault | None = None
    calls: list[str] = field(default_factory=list)

    def before(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)
        self._strike(after=False)

    def after(self, **_: Any) -> None:
        self._strike(after=True)

    def _strike(self, *, after: bool) -> None:
        if self.fault and (len(self.calls) - 1, after) == (self.fault.at, self.fault.after):
            raise self.fault.error


@contextmanager
def struck(fault: Fault | None) -> Iterator[Striker]:
    striker = Striker(fault)
    with ExitStack() as stack:
        for service in ("dynamodb", "s3"):
            stack.enter_context(listening(service, "before-call", striker.before, first=True))
            stack.enter_context(listening(service, "after-call", striker.after))
        yield striker


def history(cast: Cast, now: datetime, ids: Ids, order: tuple[Step, Step], fault: Fault | None) -> list[str]:
    """From the announcement to the end; what was interrupted is done again without a fault. The calls.

    The file is one that staff have asked for, and of which the dealer's program is told.
    """
    request = asked(cast.ours, now, ids, wanted="1")
    with struck(fault) as striker:
        sending = None
        with suppress(KilledError, Exception):
            sending = Sending(cast.ours, now, ids, purpose=request.request_id)
        sending = sending or Sending(cast.ours, now, ids, purpose=request.request_id)  # the person presses Send again
        version = ""
        with suppress(KilledError, Exception):
            version = sending.put()
        version = version or sending.put()
        for step in order:
            failed = ["died"]
            with suppress(KilledError):
                failed = step(sending, version)
            if failed:
                assert step(sending, version) == []
    check_end(cast, sending)
    closed, file_id = found(cast.ours, request), sending.file.file_id
    assert (closed.state, closed.received) == (RequestState.FULFILLED, (file_id,))
    assert feed.items(cast.ours.scope, [file_id])[file_id].state is ItemState.WAITING
    assert task(cast.ours.scope, DOCUMENT.name, file_id)
    return striker.calls


def check_end(cast: Cast, sending: Sending) -> None:
    """One accepted file with its content, listed once, decided once, and nothing of it left to do."""
    scope = cast.ours.user.staff_scope
    assert (sending.found().state, sending.kept()) == (FileState.ACCEPTED, GOOD)
    listed = queries.received_files(scope, now=sending.now).files
    assert [file.file_id for file in listed].count(sending.file.file_id) == 1
    rows = audited(scope, sending.now, "file.")
    own = [row.event for row in rows if row.detail["file"] == sending.file.file_id]
    assert sorted(own) in (
        ["file.accepted", "file.begun", "file.checked"],
        ["file.accepted", "file.begun", "file.scanned"],
    )
    pending = repo.pending_files(scope, begun_before=sending.now + timedelta(days=1))
    assert sending.file.file_id not in [file_id for _, file_id in pending]


@pytest.mark.parametrize("order", ORDERS)
def test_a_function_may_die_at_any_call(cast: Cast, now: datetime, ids: Ids, figures: RecordFigure, order: str) -> None:
    known(cast.ours, now)
    choose_taker(cast.ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    calls = history(cast, now, ids, ORDERS[order], None)
    deaths = [Fault(at, after=after) for at in range(len(calls)) for after in (False, True)]
    for fault in deaths:
        history(cast, now, ids, ORDERS[order], fault)
    losses = [Fault(at, after=True, error=ReplyLostError) for at, name in enumerate(calls) if name in WRITES]
    for fault in losses:
        history(cast, now, ids, ORDERS[order], fault)
    figures(
        f"files, {order}: {len(calls)} calls, {len(deaths)} deaths and {len(losses)} replies lost, all accepted once"
    )
    assert len(calls) >= 10
    assert len(losses) >= 4
