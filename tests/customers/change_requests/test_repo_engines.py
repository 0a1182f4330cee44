"""A customer, staff and a program at once, on engines that isolate transactions."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from random import Random
from threading import Barrier

from chalicelib.customers.change_requests import operations, repo
from chalicelib.customers.change_requests.model import ChangeRequest, RequestState
from chalicelib.feed import operations as feed
from chalicelib.feed import queries as items
from chalicelib.feed.model import ItemState
from chalicelib.kernel.account_fields import AccountField
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.ids import Ids
from chalicelib.store import outbox
from chalicelib.tasks import repo as tasks
from tests.fixtures.cast import make_dealership
from tests.fixtures.worlds import World
from tests.ledger.accounts import a_facts

ENDS = {
    RequestState.OPEN: {ItemState.TAKEN},
    RequestState.PASSED_ON: {ItemState.TAKEN},
    RequestState.REFUSED: {ItemState.TAKEN, ItemState.WITHDRAWN},
    RequestState.WITHDRAWN: {ItemState.WITHDRAWN},
}
"""How the item may have ended, by the state of the request, once the program has come by."""


def test_one_of_those_who_decide_at_once_does(engine: World, now: datetime, ids: Ids) -> None:
    assert engine.name
    ours = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="")
    customer, staff = ours.customer.customer_scope, ours.user.staff_scope
    fields = (AccountField.PHONE, AccountField.CITY, AccountField.NAME)
    asked = [
        operations.ask_for_change(
            customer, facts=a_facts(), field=field, value="new", note="", asked_by="al@farm", now=now, ids=ids
        ).request_id
        for field in fields
    ]

    def act(number: int) -> None:
        own, one = Ids(random_bytes=Random(number).randbytes), asked[number % 3]
        with suppress(ConflictError):
            match number // 3:
                case 0:
                    operations.withdraw(customer, ref="1200", request_id=one, now=now, ids=own)
                case 1:
                    operations.pass_on(staff, ref="1200", request_id=one, now=now, ids=own)
                case 2:
                    operations.refuse(staff, ref="1200", request_id=one, reason="No", now=now, ids=own)
                case _:
                    feed.acknowledge(staff, item_ids=[one], now=now, ids=own)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act, [n for round_ in range(3) for n in range(round_, 12, 3)]))
    feed.acknowledge(staff, item_ids=asked, now=now, ids=ids)
    found = repo.requests(staff, "1200")
    assert len(found) == len(asked)
    for request in found:
        item = items.item(staff, request.request_id)
        assert item
        assert item.state in ENDS[request.state]
    still_open = {one.request_id for one in found if one.state is RequestState.OPEN}
    assert {task.task_id for task in tasks.tasks(staff)} == still_open
    refused = [one for one in found if one.state is RequestState.REFUSED]
    assert len(outbox.items(staff)) == len(refused)


def test_of_two_tabs_that_ask_for_a_field_at_once_one_is_taken(engine: World, now: datetime, ids: Ids) -> None:
    assert engine.name
    ours = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="")
    start = Barrier(4)

    def ask(number: int) -> ChangeRequest | None:
        start.wait()
        with suppress(InvalidError):
            return operations.ask_for_change(
                ours.customer.customer_scope,
                facts=a_facts(),
                field=AccountField.PHONE,
                value=f"0{number}",
                note="",
                asked_by="al@farm",
                now=now,
                ids=Ids(random_bytes=Random(number).randbytes),
            )
        return None

    with ThreadPoolExecutor(4) as pool:
        taken = [one for one in pool.map(ask, range(4)) if one]
    assert len(taken) == 1
    assert repo.requests(ours.user.staff_scope, "1200") == taken
    assert [task.task_id for task in tasks.tasks(ours.user.staff_scope)] == [taken[0].request_id]
