"""Waiting, remembering, packing: the store's small parts."""

import zlib
from datetime import date
from itertools import count

import pytest
from pydantic import ValidationError

from chalicelib.kernel.errors import ConflictError
from chalicelib.store import clients
from chalicelib.store.backoff import ATTEMPTS, attempts
from chalicelib.store.codec import Codec
from chalicelib.store.transactions import TransactionRefusedError, retry_when_refused
from chalicelib.store.ttl_cache import TtlCache
from tests.fixtures.worlds import World


def test_attempts_wait_longer_and_longer_but_never_before_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    assert list(attempts(6, base=1, longest=5)) == [0, 1, 2, 3, 4, 5]
    assert len(waits) == 5
    assert all(wait <= most for wait, most in zip(waits, (2, 4, 5, 5, 5), strict=True))


def test_a_change_is_made_again_only_where_its_transaction_was_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    outcomes: list[Exception | None] = [TransactionRefusedError(), TransactionRefusedError(), None]
    made: list[str] = []

    def change() -> str:
        made.append("change")
        if outcome := outcomes.pop(0):
            raise outcome
        return "done"

    assert (retry_when_refused(change), len(made)) == ("done", 3)
    outcomes[:] = [ConflictError("Decided already"), None]
    with pytest.raises(ConflictError, match="Decided already"):
        retry_when_refused(change)
    outcomes[:] = [TransactionRefusedError()] * (ATTEMPTS + 1)
    with pytest.raises(TransactionRefusedError):
        retry_when_refused(change)
    assert len(outcomes) == 1


class Source:
    def __init__(self) -> None:
        self.now, self.reads = 0.0, 0

    def clock(self) -> float:
        return self.now

    def load(self) -> int:
        self.reads += 1
        return self.reads


def test_a_recent_value_is_read_again_when_old_forgotten_or_wanted_fresh() -> None:
    source = Source()
    recent: TtlCache[int] = TtlCache(5, clock=source.clock)
    assert [recent.get("a", source.load), recent.get("a", source.load), recent.get("b", source.load)] == [1, 1, 2]
    source.now = 4.9
    assert recent.get("a", source.load) == 1
    source.now = 5.0
    assert recent.get("a", source.load) == 3
    assert recent.get("a", source.load, fresh=True) == 4
    assert recent.get("a", source.load) == 4
    recent.forget("a")
    recent.forget("never")
    assert recent.get("a", source.load) == 5


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_a_value_may_end_while_it_is_looked_for(step: int) -> None:
    ticks = count(0, step)
    recent: TtlCache[int] = TtlCache(5, clock=lambda: float(next(ticks)))
    for _ in range(9):
        assert recent.get("a", lambda: 7) == 7


def test_what_is_remembered_has_a_bound() -> None:
    source = Source()
    recent: TtlCache[int] = TtlCache(5, clock=source.clock, max_size=2)
    for key in "abc":
        recent.get(key, source.load)
    assert recent.get("c", source.load) == 3
    assert recent.get("a", source.load) == 4


def test_what_was_read_along_is_offered_and_kept_where_nothing_was() -> None:
    recent: TtlCache[int] = TtlCache(5)
    recent.offer("a", 1)
    recent.offer("a", 2)
    assert recent.get("a", lambda: 3) == 1


def test_a_client_is_made_once_and_observed(aws: World) -> None:
    assert aws.name
    seen: list[str] = []

    def observe(client: object) -> None:
        seen.append(type(client).__name__)

    clients.reset()
    clients.observers.append(observe)
    try:
        assert clients.client("sqs") is clients.client("sqs")
        clients.client("s3")
    finally:
        clients.observers.remove(observe)
        clients.reset()
    assert seen == ["SQS", "S3"]


def test_a_codec_packs_values_of_its_type() -> None:
    codec: Codec[list[tuple[str, date]]] = Codec(list[tuple[str, date]])
    value = [("100A", date(2024, 6, 5))] * 100
    packed = codec.pack(value)
    assert codec.unpack(packed) == value
    assert packed == codec.pack(list(value))
    assert len(packed) < 100
    with pytest.raises(zlib.error):
        codec.unpack(b"[]")
    with pytest.raises(ValidationError):
        Codec[int](int).unpack(packed)


@pytest.mark.parametrize(
    ("service", "read_timeout", "attempts"),
    [("dynamodb", 8, 4), ("s3", 30, 4), ("sqs", 8, 4), ("sts", 8, 4), ("ses", 8, 1), ("sns", 8, 1)],
)
def test_no_service_is_waited_for_longer_than_a_page_bears(
    aws: World, service: str, read_timeout: int, attempts: int
) -> None:
    assert aws.name
    config = clients.client(service).meta.config  # type: ignore[call-overload]
    assert (config.connect_timeout, config.read_timeout) == (2, read_timeout)
    assert config.retries["total_max_attempts"] == attempts
