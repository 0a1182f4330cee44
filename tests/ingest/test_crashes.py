"""A process may die before or just after any call to AWS: the next one ends at the same tables."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

import pytest

from chalicelib.ingest.maintenance import inbox, resume
from chalicelib.ingest.model import RunState
from chalicelib.kernel.ids import Ids
from tests.fixtures.calls import Service, listening
from tests.fixtures.cast import make_dealership
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline

SERVICES: tuple[Service, ...] = ("dynamodb", "s3", "sqs")
SAMPLE = 3
"""Calls of the whole run at which a process dies, evenly spread; each once before and once after the call."""


class Killed(BaseException):
    """Nothing of the program catches this."""


@contextmanager
def dying(at: int | None, *, after: bool) -> Iterator[list[str]]:
    """Count the calls made inside, and die at number `at`, before it is sent or once it has taken effect."""
    calls: list[str] = []

    def before_call(model: Any, **_: Any) -> None:
        calls.append(model.name)
        if len(calls) - 1 == at and not after:
            raise Killed

    def after_call(model: Any, **_: Any) -> None:  # noqa: ARG001 - botocore names it
        if len(calls) - 1 == at and after:
            raise Killed

    with ExitStack() as stack:
        for service in SERVICES:
            stack.enter_context(listening(service, "before-call", before_call, first=True))
            stack.enter_context(listening(service, "after-call", after_call))
        yield calls


def a_line(aws: World, now: datetime, ids: Ids) -> ImportPipeline:
    return ImportPipeline(
        aws, make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone=""), now, ids
    )


def second_export(line: ImportPipeline) -> bytes:
    """Changes an account, adds one, leaves one out, and has a bad row."""
    customers, rows = ledger(20, 2)
    rows[0]["total_amount"] = "9.00"
    rows[3]["transaction_date"] = "never"
    return export(line, customers[:19], rows[:38], 2, salt="crash", files={"transactions": {"totals": {}}})


def go_on(line: ImportPipeline) -> None:
    """What happens by itself after a crash: messages come again, schedules fire."""
    for _ in range(3):
        inbox.collect(line.job())
        line.drain()
        if line.newest().finalised_at:
            return
        line.wait(seconds=resume.STALL_AFTER.total_seconds() + 1)
        resume.resume(line.job())
        line.drain()


def logical_table(line: ImportPipeline) -> str:
    """Everything of the dealer in the table that is not a time."""
    client = line.world.root("dynamodb")
    pages = client.get_paginator("scan").paginate(TableName=line.world.settings.table_name)
    home = f"D#{line.scope.dealer_id}#"
    items = []
    for page in pages:
        for item in page["Items"]:
            pk = item["pk"]["S"]
            kept = ("A#", "DIRECTORY", "EVENTS", "RUN#", "EXPORTS")
            if pk.startswith(home) and pk.removeprefix(home).startswith(kept):
                values = {
                    name: value for name, value in item.items() if name not in {"ttl", "at", "done_at", "version"}
                }
                items.append(
                    (pk.removeprefix(home), json.dumps(values, default=repr, sort_keys=True).replace(home, ""))
                )
    return "\n".join(f"{pk} {text}" for pk, text in sorted(items))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_process_may_die_at_any_call(aws: World, now: datetime, *, after: bool) -> None:
    clean = a_line(aws, now, Ids())
    clean.take_in(export(clean, *ledger(20, 2), salt="crash"))
    name = clean.put(second_export(clean))
    with dying(None, after=False) as calls:
        arrive_and_drain(clean, name)
    go_on(clean)
    expected, picture = logical_table(clean), clean.picture()
    assert clean.newest().state is RunState.PUBLISHED
    step = max(1, len(calls) // SAMPLE)
    for at in range(0, len(calls), step):
        line = a_line(aws, now, Ids())
        line.take_in(export(line, *ledger(20, 2), salt="crash"))
        name = line.put(second_export(line))
        with dying(at, after=after), pytest.raises(Killed):
            arrive_and_drain(line, name)
        go_on(line)
        where = f"{'after' if after else 'before'} call {at}, {calls[at]}"
        assert line.newest().state is RunState.PUBLISHED, where
        assert line.newest().finalised_at is not None, where
        assert line.picture() == picture, where
        assert logical_table(line) == expected, where


def arrive_and_drain(line: ImportPipeline, name: str) -> None:
    line.arrive(name)
    line.drain()
