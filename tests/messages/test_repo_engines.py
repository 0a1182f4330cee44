"""Customers and staff who write at once, on engines that isolate transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial
from random import Random
from threading import Barrier

from chalicelib.kernel.errors import BusyError, ConflictError
from chalicelib.kernel.ids import Ids
from chalicelib.messages.model import EntryKind
from chalicelib.tasks import repo as tasks
from tests.fixtures.cast import make_dealership
from tests.fixtures.worlds import World
from tests.messages.made import Talk, asked


def at_once(talk: Talk, *acts: Callable[[Talk], object]) -> list[bool]:
    """Whether each got through, with ids of its own."""
    start = Barrier(len(acts))

    def act(number: int) -> bool:
        mine = replace(talk, ids=Ids(random_bytes=Random(number).randbytes))
        start.wait()
        try:
            acts[number](mine)
        except (ConflictError, BusyError):
            return False
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, range(len(acts))))


def test_of_two_who_answer_at_once_one_is_told(engine: World, now: datetime, ids: Ids) -> None:
    assert engine.name
    ours = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="")
    talk = asked(ours, now, ids)
    seen = talk.stored().shown_id

    def answered(text: str) -> Callable[[Talk], object]:
        return lambda one: one.answer(text, seen=seen)

    through = at_once(talk, *(answered(f"Answer {number}") for number in range(3)))
    assert through.count(True) == 1
    assert [entry.text for entry in talk.entries()][1:] == [f"Answer {through.index(True)}"]
    assert tasks.tasks(ours.scope) == []


def test_what_customers_and_staff_write_at_once_is_all_there_and_no_message_goes_unnoticed(
    engine: World, now: datetime, ids: Ids
) -> None:
    assert engine.name
    ours = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="")
    for number in range(4):
        talk = asked(ours, now, ids)
        seen = talk.stored().shown_id
        answer = partial(Talk.answer, seen=seen)
        wrote, noted, answered = at_once(talk, Talk.write, Talk.note, answer)
        found, entries = talk.stored(), talk.entries()
        assert (len(entries), found.number) == (1 + wrote + noted + answered,) * 2, number
        assert [entry.entry_id for entry in entries] == sorted({entry.entry_id for entry in entries})
        shown = [entry for entry in entries if entry.kind is not EntryKind.NOTE]
        waits = shown[-1].side.value == "customer"
        assert found.waits == waits
        assert ([task.task_id for task in tasks.tasks(ours.scope) if task.task_id == talk.thread_id] != []) == waits
