"""Calls that make the same statement at once, on engines that isolate transactions."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from random import Random
from threading import Barrier

from chalicelib.kernel.ids import Ids
from chalicelib.ledger import repo as ledger
from chalicelib.statements import repo
from chalicelib.statements.model import month_period
from tests.fixtures.cast import make_dealership
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.statements.made import made
from tests.web.customer.barlow import ROWS


def test_a_statement_is_made_once_and_a_month_begun_once(engine: World, now: datetime, ids: Ids) -> None:
    assert engine.name
    ours = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="")
    publish(ours.import_scope, [an_account(ROWS)])
    ledger.forget()
    start = Barrier(3)

    def make(number: int) -> bool:
        start.wait()
        return made(ours, month_period(date(2024, 5, 1)), now, Ids(random_bytes=Random(number).randbytes))

    def begin(_: int) -> bool:
        start.wait()
        return repo.begin(ours.import_scope, "2024-05", also=())

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(make, range(3))) == [False, False, True]
        assert sorted(pool.map(begin, range(3))) == [False, False, True]
    assert repo.begun_month(ours.import_scope) == "2024-05"
    assert not repo.begin(ours.import_scope, "2024-04", also=())
    assert repo.begin(ours.import_scope, "2024-06", also=())
    (one,) = repo.archived(ours.import_scope, "1200", era="")
    assert len(repo.lines(ours.import_scope, "1200", era="", month="2024-05").movements) == one.lines == 2
