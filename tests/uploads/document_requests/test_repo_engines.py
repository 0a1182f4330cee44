"""Staff and the file check at once, on engines that isolate transactions."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from random import Random

from chalicelib.kernel.errors import BusyError, ConflictError, InvalidError
from chalicelib.kernel.ids import Ids
from chalicelib.store.due import due
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import retry_when_refused, transaction
from chalicelib.uploads.document_requests import fulfilment, operations, repo
from chalicelib.uploads.document_requests.model import MAX_AHEAD, MAX_OPEN, OVERDUE, RequestState
from chalicelib.uploads.model import FilePurpose, SentFile
from tests.fixtures.cast import make_dealership
from tests.fixtures.worlds import World
from tests.uploads.document_requests.made import asked, known


def test_an_account_is_never_asked_for_more_than_the_limit(engine: World, now: datetime, ids: Ids) -> None:
    assert engine.name
    ours = known(make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone=""), now)
    for _ in range(MAX_OPEN - 2):
        asked(ours, now, ids)

    def ask(number: int) -> None:
        with suppress(InvalidError, ConflictError, BusyError):
            asked(ours, now, Ids(random_bytes=Random(number).randbytes))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(ask, range(6)))
    assert len(repo.open_requests(ours.scope, "1200")) <= MAX_OPEN


def test_every_file_counts_once_and_a_closed_request_is_due_no_more(engine: World, now: datetime, ids: Ids) -> None:
    assert engine.name
    ours = known(make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone=""), now)
    request = asked(ours, now, ids, wanted="4")
    files = [ids.ulid(now) for _ in range(4)]

    def accept(file_id: str) -> None:
        own = Ids(random_bytes=Random(file_id).randbytes)
        file = SentFile(
            file_id=file_id,
            account_ref="1200",
            era="",
            sent_by="al",
            purpose=FilePurpose.OTHER,
            note="",
            name="",
            begun_at=now,
            request_id=request.request_id,
        )

        def write() -> None:
            with assume_scope(ours.scope):
                effect = fulfilment.accepted(ours.scope, file, actor="system", now=now, ids=own)
                with transaction() as t:
                    t.add(*effect.writes)

        for _ in range(9):  # as the queue delivers a message again
            with suppress(BusyError):
                return retry_when_refused(write)
        raise BusyError

    def cancel(_: str) -> None:
        with suppress(ConflictError, BusyError):
            operations.cancel(
                ours.user.staff_scope, account_ref="1200", request_id=request.request_id, now=now, ids=ids
            )

    with ThreadPoolExecutor(5) as pool:
        done = [pool.submit(accept, file) for file in (*files, *files)] + [pool.submit(cancel, "")]
        for one in done:
            one.result()
    found = repo.request(ours.scope, "1200", request.request_id)
    assert found
    assert set(found.received) == set(files)
    assert len(found.received) == len(files)
    assert found.state in {RequestState.FULFILLED, RequestState.CANCELLED}
    assert due(ours.scope, OVERDUE, until=now.date() + MAX_AHEAD) == []
