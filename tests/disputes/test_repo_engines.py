"""Customers and staff at once, on engines that isolate transactions."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from random import Random
from threading import Barrier

from chalicelib.disputes import operations, queries
from chalicelib.disputes.model import Action, Decision, Dispute
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.ids import Ids
from chalicelib.ledger import repo as rows
from chalicelib.tasks import queries as tasks
from chalicelib.tasks.kinds import DISPUTE
from tests.disputes.made import HOSE, published, raised
from tests.fixtures.cast import make_dealership
from tests.fixtures.worlds import World


def test_a_row_is_disputed_once_and_two_of_the_staff_never_overwrite_each_other(
    engine: World, now: datetime, ids: Ids
) -> None:
    assert engine.name
    ours = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="")
    published(ours)
    start = Barrier(4)

    def own(number: int) -> Ids:
        return Ids(random_bytes=Random(number).randbytes)

    def dispute(number: int) -> Dispute | None:
        start.wait()
        with suppress(InvalidError):
            return raised(ours, now, own(number))
        return None

    def decide(number: int) -> Dispute | None:
        start.wait()
        with suppress(ConflictError):
            return operations.decide(
                ours.user.staff_scope,
                ref="1200",
                dispute_id=made.dispute_id,
                version=made.version,
                decision=Decision(Action.ACKNOWLEDGE, f"answer {number}"),
                now=now,
                ids=own(number),
            )
        return None

    with ThreadPoolExecutor(4) as pool:
        (made,) = (one for one in pool.map(dispute, range(4)) if one)
        (decided,) = (one for one in pool.map(decide, range(4)) if one)
    assert queries.own_disputes(ours.customer.customer_scope, "1200") == [decided]
    assert rows.read_dispute_marks(ours.scope, "1200").by_row[HOSE.key].dispute_id == made.dispute_id
    (task,) = tasks.open_tasks_of(ours.scope, DISPUTE)
    assert (task.task_id, task.state) == (made.dispute_id, "acknowledged")
