"""Search where there is much: 100,000 rows of one account, and 100,000 accounts of one dealer."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from chalicelib.customers.directory import queries as directory
from chalicelib.customers.directory import repo
from chalicelib.customers.directory.placement import shard_of
from chalicelib.customers.directory.shards import encode_shard
from chalicelib.customers.enrolment import shard_repo
from chalicelib.customers.enrolment.model import Enrolment, State
from chalicelib.customers.model import DirectoryEntry
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.repo import advance
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import transaction
from tests.bench.frame.accounts import dealer_with
from tests.bench.frame.capacity import Capacity, counted
from tests.bench.frame.measure import least, own_cpu, seconds
from tests.bench.frame.portal import Call, forget, getting, logged_in
from tests.bench.frame.registry import measurement
from tests.bench.frame.row import Row, row
from tests.bench.frame.world import aws
from tests.customers.entries import an_entry
from tests.ledger.published import NOW, a_dealer

ROWS = ACCOUNTS = 100_000
INVITED = 40_000
SHARDS = 32
ROUNDS = 7


@measurement
def account_search(folder: Path) -> Iterator[Row]:
    with aws(folder):
        scope = dealer_with(ROWS)
        get = getting("/transactions", {"status": "all", "q": "machine 99"})
        with logged_in(scope):

            def cold() -> None:
                forget(scope)
                get()

            cold()
            forget(scope)
            calls = _counted(get)
            quickest = least(cold, rounds=ROUNDS)
            cpu = min(seconds(cold, clock=own_cpu) for _ in range(ROUNDS))
            again = least(get, rounds=ROUNDS)
    how = f"the page of a search in {ROWS:,} rows of one account, nothing of it remembered"
    trips, clock = "round trips", f"the quickest of {ROUNDS}, by the clock on the wall, DynamoDB Local included"
    yield row(f"search in {ROWS:,} rows: {trips}", len(calls.calls), trips, at_most=6, how=f"{how} {_said(calls)}")
    more = f"{cpu:.2f} s of the portal's CPU; a second search in the same process takes {again:.2f} s"
    yield row(f"search in {ROWS:,} rows: time", quickest, "s", at_most=1, how=f"{how}; {clock}; {more}")


@measurement
def customer_search(folder: Path) -> Row:
    with aws(folder):
        scope = dealer_of_many()

        def search() -> int:
            return len(directory.read(scope, dealers.published(scope)).search("farm 1869", "name"))

        with counted("dynamodb", "s3", "sts") as calls:
            begin = perf_counter()
            found = search()
            first = perf_counter() - begin
        assert found == 17, found
        again = least(search, rounds=ROUNDS) * 1000
        with logged_in(scope, ref=None):
            get = getting("/staff/accounts", {"q": "farm 1869", "field": "name"})
            forget(scope)
            page = _counted(get)
    return row(
        f"customer search among {ACCOUNTS:,} accounts: round trips",
        len(calls.calls),
        "round trips",
        at_most=2,
        how=f"by the beginnings of two words, nothing remembered {_said(calls)}: {first:.2f} s, "
        f"then {again:.0f} ms a search; the whole page of Customer Accounts: {len(page.calls)} {_said(page)}",
    )


@measurement
def staff_list(folder: Path) -> Iterator[Row]:
    with aws(folder):
        scope = dealer_of_many()
        enrol(scope, INVITED)
        with logged_in(scope, ref=None):
            get = getting("/staff/accounts", {"q": "farm 1869", "field": "name"})

            def cold() -> None:
                forget(scope)
                get()

            cold()
            forget(scope)
            first = _counted(get)
            whole = least(cold, rounds=ROUNDS)
            cpu = min(seconds(cold, clock=own_cpu) for _ in range(ROUNDS))
            again = _counted(get)
            quickest = least(get, rounds=ROUNDS)
    name = f"staff list, {INVITED:,} of {ACCOUNTS:,} invited"
    how = (
        f"a page of a search by the beginnings of two words, nothing remembered {_said(first)}, {first.reads:.0f} units"
    )
    later = f"{len(again.calls)} {_said(again)}, {again.reads:.1f} units"
    more = f"nothing remembered {whole:.2f} s ({cpu:.2f} s of CPU); then {later}"
    yield row(f"{name}: round trips", len(first.calls), "round trips", at_most=4, how=f"{how}; {more}")
    yield row(
        f"{name}: time",
        quickest,
        "s",
        at_most=0.3,
        how=f"the next page or letter in the same process, the quickest of {ROUNDS}, DynamoDB Local included; {more}",
    )


def enrol(scope: ImportScope, count: int) -> None:
    """Accounts 0 to `count` were invited, a quarter of them is active."""
    summaries = [
        Enrolment(
            str(number),
            State.INVITED if number % 4 else State.ACTIVE,
            f"{number}@example.com",
            "01HZK0000000000000000000",
            "maria@dealer.example",
            NOW,
            NOW + timedelta(seconds=number),
            NOW + timedelta(days=14, seconds=number),
        ).summary
        for number in range(count)
    ]
    shard_repo.build_shards(scope, summaries)


def dealer_of_many() -> ImportScope:
    """A new dealer with 100,000 accounts in its directory."""
    scope = a_dealer()
    parts: list[list[DirectoryEntry]] = [[] for _ in range(SHARDS)]
    for number in range(ACCOUNTS):
        entry = an_entry(str(number), f"Farm {number:x}")
        parts[shard_of(entry.ref, SHARDS)].append(entry)
    for index, entries in enumerate(parts):
        repo.stage_shard(scope, n=SHARDS, index=index, run=1, packed=encode_shard(entries))
    before = dealers.published(scope, fresh=True)
    after = before.followed_by(
        1,
        shards=(1,) * SHARDS,
        as_at=NOW.date(),
        received_at=NOW,
        sequence=1,
        export_id="export-1",
        totals_agree=True,
    )
    with assume_scope(scope), transaction() as t:
        t.add(advance(scope, expected_generation=before.generation, new=after))
    forget(scope)
    return scope


def _counted(get: Call) -> Capacity:
    with counted("dynamodb", "s3", "sts") as found:
        get()
    return found


def _said(found: Capacity) -> str:
    return f"({', '.join(found.calls)})"
