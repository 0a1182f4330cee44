"""A change that an export shows leaves the staff's list by itself."""

from datetime import datetime

from chalicelib.customers.change_requests import operations, queries, repo
from chalicelib.customers.change_requests.model import RequestState
from chalicelib.feed import queries as feed
from chalicelib.feed.model import ItemState
from chalicelib.ingest.job import Job
from chalicelib.ingest.steps import shown_changes
from chalicelib.kernel.account_fields import AccountField
from chalicelib.kernel.ids import Ids
from chalicelib.tasks import repo as tasks
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row


def job(cast: Cast, now: datetime, ids: Ids, *, left: float = 600) -> Job:
    return Job(cast.ours.import_scope, lambda: now, ids, lambda: left)


def test_what_an_export_shows_is_closed_and_stays_passed_on_if_it_is_undone(
    cast: Cast, now: datetime, ids: Ids
) -> None:
    ours = cast.ours
    phone, city = (
        operations.ask_for_change(
            ours.customer.customer_scope,
            facts=a_facts(),
            field=field,
            value=value,
            note="",
            asked_by="al@farm.example",
            now=now,
            ids=ids,
        ).request_id
        for field, value in ((AccountField.PHONE, "01632 960 118"), (AccountField.CITY, "Sleights"))
    )
    shown = a_facts(balance=770, phone="01632-960118", city="Whitby")
    publish(ours.import_scope, [an_account([a_row("127070", total=770)], facts=shown)])
    publish_directory(ours.import_scope, [account("1200")])
    shown_changes.close(job(cast, now, ids, left=1))  # too short: nothing is looked at
    assert len(tasks.tasks(ours.scope)) == 2
    for _ in range(2):
        shown_changes.close(job(cast, now, ids))
    assert [task.task_id for task in tasks.tasks(ours.scope)] == [city]
    closed = repo.request(ours.scope, "1200", phone)
    assert closed
    assert (closed.state, closed.decided_by) == (RequestState.PASSED_ON, "import")
    item = feed.item(ours.scope, phone)
    assert item
    assert item.state is ItemState.TAKEN
    mine = ours.customer.customer_scope
    assert set(queries.current_requests(mine, shown)) == {AccountField.CITY}
    undone = queries.current_requests(mine, a_facts())
    assert undone[AccountField.PHONE].state is RequestState.PASSED_ON


def test_without_a_change_that_waits_it_is_one_read(cast: Cast, now: datetime, ids: Ids) -> None:
    with counted_calls("dynamodb") as calls:
        shown_changes.close(job(cast, now, ids))
    assert calls == ["Query"]
