"""The import's queues and schedules, as Lambda hands their events over."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from random import Random
from typing import Any
from urllib.parse import quote_plus

import pytest
from chalice.app import SQSEvent

from chalicelib import services, settings
from chalicelib.dealers import queries as dealers
from chalicelib.ingest import repo
from chalicelib.ingest.maintenance import resume
from chalicelib.ingest.model import RunState
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from chalicelib.store.ttl_cache import TtlCache
from chalicelib.triggers import ingest
from infra.local.context import LambdaContext
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import make_crowd
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline

DEALERS = 50
SEQUENCES = count(1)
NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def lines(aws: World) -> list[ImportPipeline]:
    """Three dealers with import lines, and as many as make 50."""
    ids = Ids(Random(7).randbytes)
    return [ImportPipeline(aws, dealership, NOW, ids) for dealership in make_crowd(aws, ids, NOW, dealers=DEALERS)]


@pytest.fixture(autouse=True)
def in_service(lines: list[ImportPipeline]) -> Iterator[None]:
    made = Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: lines[0].now, ids=lines[0].ids)
    with services.use(made):
        yield


def event(*bodies: Any, received: int = 1) -> SQSEvent:
    records = [
        {
            "messageId": f"m{number}",
            "body": body if isinstance(body, str) else json.dumps(body),
            "receiptHandle": "r",
            "attributes": {"ApproximateReceiveCount": str(received)},
        }
        for number, body in enumerate(bodies)
    ]
    context: Any = LambdaContext("import", seconds=120)
    return SQSEvent({"Records": records}, context)


def stored(line: ImportPipeline, name: str) -> dict[str, Any]:
    """S3's news of an object: keys come encoded."""
    key = quote_plus(f"d/{line.scope.dealer_id}/{name}", safe="/")
    return {"Records": [{"s3": {"object": {"key": key, "eTag": "e1"}}}]}


def deliver_all(world: World) -> None:
    while messages := world.messages(settings.load().import_queue_url):
        assert ingest.import_messages(event(*messages)) == {"batchItemFailures": []}


def test_an_object_in_the_inbox_becomes_an_applied_export(lines: list[ImportPipeline]) -> None:
    line = lines[0]
    name = line.put(export(line, *ledger(2), next(SEQUENCES)), file_name="some-file.zip")
    answer = ingest.inbox_messages(event({"Event": "s3:TestEvent"}, stored(line, name), stored(line, "elsewhere/x")))
    assert answer == {"batchItemFailures": []}
    deliver_all(line.world)
    assert line.newest().state is RunState.PUBLISHED


def test_a_message_that_fails_comes_again_and_the_others_are_done(lines: list[ImportPipeline]) -> None:
    line = lines[0]
    good = {"dealer_id": line.scope.dealer_id, "step": "gate", "run": 999}
    unknown = {"dealer_id": line.scope.dealer_id, "step": "dance", "run": 999}
    answer = ingest.import_messages(event("not json", good, unknown, {"step": "gate"}))
    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == ["m0", "m2", "m3"]


def test_the_last_attempt_fails_the_run_and_frees_the_lease(
    lines: list[ImportPipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = lines[1]
    line.arrive(line.put(export(line, *ledger(3), next(SEQUENCES))))  # one more than other tests may have taken in
    message = line.messages()[0]
    assert message["step"] == "stage"

    def broken(*_: Any) -> None:
        raise RuntimeError("it always does")

    monkeypatch.setattr(ingest, "stage", broken)
    for attempt in range(1, 6):
        assert line.newest().state is RunState.STAGING
        assert ingest.import_messages(event(message, received=attempt))["batchItemFailures"]
    assert (line.newest().state, line.newest().code) == (RunState.FAILED, "F502_CANNOT_READ")
    assert repo.lease(line.scope).run is None


def test_what_cannot_even_be_buried_is_left_to_the_schedule(lines: list[ImportPipeline]) -> None:
    assert len(ingest.import_messages(event("not json", received=5))["batchItemFailures"]) == 1
    assert len(ingest.inbox_messages(event("not json", received=5))["batchItemFailures"]) == 1
    assert lines[0].messages() == []


@pytest.fixture
def kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read of a dealer is kept for all of a test, however slow the machine is."""
    for name in ("_dealers", "_public", "_published"):
        monkeypatch.setattr(dealers, name, TtlCache(5, clock=lambda: 0.0))


@pytest.mark.usefixtures("kept_in_memory")
def test_the_schedules_cost_a_few_reads_a_dealer(lines: list[ImportPipeline]) -> None:
    for line in lines:
        line.messages()
        line.put(export(line, *ledger(2), next(SEQUENCES)))
    with counted_calls("dynamodb", "s3") as calls:
        assert ingest.resume_runs() == DEALERS
    assert Counter(calls) == {"Query": 1, "GetItem": DEALERS}
    ingest.collect_inbox()
    deliver_all(lines[0].world)
    for line in lines:
        assert line.newest().state is RunState.PUBLISHED
    with counted_calls("dynamodb", "s3") as calls:
        assert ingest.collect_inbox() == DEALERS
    counted = Counter(calls)
    assert counted["ListObjectsV2"] <= 2 * DEALERS
    assert counted["GetItem"] == DEALERS + 3, "three have settings, and may expect exports"
    assert counted["Query"] == 3 + 2 * DEALERS, "each is asked for what waits for the daily mail"
    assert counted["BatchGetItem"] <= DEALERS + 2, "one without settings is asked each time"


def test_a_dealer_in_trouble_keeps_nobody_waiting(lines: list[ImportPipeline], monkeypatch: pytest.MonkeyPatch) -> None:
    trouble = lines[0].scope.dealer_id

    def broken(job: Any) -> None:
        if job.scope.dealer_id == trouble:
            raise RuntimeError("its data are odd")

    monkeypatch.setattr(resume, "resume", broken)
    assert ingest.resume_runs() == DEALERS - 1
