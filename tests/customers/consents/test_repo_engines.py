"""Two tabs and the dealer's program at once, on engines that isolate transactions."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from random import Random
from threading import Barrier

from chalicelib.customers.consents import operations, repo
from chalicelib.customers.consents.model import NOTHING_EXPORTED
from chalicelib.feed import operations as feed
from chalicelib.feed import queries as items
from chalicelib.feed.model import ItemState, Taker
from chalicelib.feed.payloads import ConsentChosen
from chalicelib.kernel.channels import Channel
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids
from tests.fixtures.cast import make_dealership
from tests.fixtures.worlds import World


def test_however_tabs_meet_one_item_waits_and_says_what_counts(engine: World, now: datetime, ids: Ids) -> None:
    assert engine.name
    ours = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="")
    feed.choose_taker(ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    start = Barrier(4)

    def act(number: int) -> None:
        own = Ids(random_bytes=Random(number).randbytes)
        start.wait()
        with suppress(ConflictError):  # one that met the others too often
            if number == 3:
                found = [item.item_id for item in items.waiting(ours.scope, limit=9).items]
                feed.acknowledge(ours.import_scope, item_ids=found, now=now, ids=own)
                return
            operations.choose(
                ours.customer.customer_scope,
                ref="1200",
                account_name="",
                exported=NOTHING_EXPORTED,
                changed={Channel.SMS: number == 0, Channel.POST: number == 1},
                chosen_by="al@farm",
                now=now,
                ids=own,
            )

    with ThreadPoolExecutor(4) as pool:
        for _ in range(2):
            list(pool.map(act, range(4)))
    choices = {one.channel: one for one in repo.choices(ours.scope, "1200")}
    waiting = items.waiting(ours.scope, limit=9).items
    assert len(waiting) <= len(choices)
    for item in waiting:
        assert isinstance(item.data, ConsentChosen)
        newest = choices[item.data.channel]
        assert (newest.item_id, newest.granted) == (item.item_id, item.data.granted == "yes")
    for choice in choices.values():
        newest_item = items.item(ours.scope, choice.item_id)
        assert newest_item
        assert newest_item.state in {ItemState.WAITING, ItemState.TAKEN}
