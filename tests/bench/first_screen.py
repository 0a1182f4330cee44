"""My Transactions, the first screen of a customer with 50 open rows, once the session is read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from pynamodb.models import Model

from chalicelib import settings
from chalicelib.kernel.scopes import TenantScope
from chalicelib.ledger.queries import account_view
from chalicelib.rendering import templates
from chalicelib.rendering.format import formats
from chalicelib.store import clients
from chalicelib.web.presenters.transactions import RowFormatter
from tests.bench.baselines import items_by_query
from tests.bench.frame.accounts import dealer_with, open_rows
from tests.bench.frame.capacity import Capacity, counted
from tests.bench.frame.measure import Pair, in_turns, seconds
from tests.bench.frame.plot import Panel, Plot, Series
from tests.bench.frame.portal import NOW, Call, forget, getting, logged_in
from tests.bench.frame.registry import measurement
from tests.bench.frame.replay import replayed
from tests.bench.frame.row import Row, row
from tests.bench.frame.world import aws

HOME = "/transactions"
SIZES = (100, 1_000, 10_000, 100_000)
FIRST = "first screen"
PAGES: dict[str, dict[str, str]] = {
    FIRST: {},
    "all, newest 100": {"status": "all"},
    "search in all": {"status": "all", "q": "machine 99"},
}
PLOT = "first-screen.svg"
ROUNDS, REPEAT = 51, 4
TIMED = 1_000
_TOKENS = re.compile(r'(?<=name="csrf" value=")[^"]+|(?<=name="csrf-token" content=")[^"]+')
"""Of forms. They are masked anew on every page."""


@measurement
def first_screen(folder: Path) -> Iterator[Row]:
    with aws(folder):
        read = {count: _read(dealer_with(count)) for count in SIZES}
    _draw(read)
    small, large = (read[count][FIRST].capacity for count in (SIZES[0], SIZES[-1]))
    how = f"50 open rows; nothing of the dealer remembered; a history of {SIZES[-1]:,} rows"
    against = f"{how}, against one of {SIZES[0]}"
    trips, units = "round trips", "read units"
    count, before = len(large.calls), len(small.calls)
    yield row(f"first screen: {trips}", count, trips, at_most=3, how=f"{how} ({', '.join(large.calls)})")
    yield row(f"first screen: {units}", large.reads, units, at_most=5, how=how)
    yield row(f"first screen: {trips} by history", count, trips, baseline=before, at_most=1, how=against)
    yield row(f"first screen: {units} by history", large.reads, units, baseline=small.reads, at_most=1, how=against)


@measurement
def first_screen_cpu(folder: Path) -> Row:
    with aws(folder):
        scope = dealer_with(SIZES[0])
        with logged_in(scope, render=_keep):
            getting(HOME)()
        items, pk, formatter = _items(scope), f"D#{scope.dealer_id}#ITEMS", _formatter(scope)
        get = getting(HOME)

        def ours() -> None:
            forget(scope)
            get()

        def theirs() -> str:
            return items_by_query.first_screen(items, pk, _kept[-1], formatter)

        with logged_in(scope):
            if _TOKENS.sub("", get()["body"]) != _TOKENS.sub("", theirs()):
                raise AssertionError("the two pages differ")
            over_http = in_turns(ours, theirs, rounds=ROUNDS, repeat=REPEAT)
            with replayed(clients.client("dynamodb")), replayed(_client(items)):
                from_memory = in_turns(ours, theirs, rounds=ROUNDS, repeat=REPEAT)
    return row(
        "first screen: CPU",
        over_http.least_subject * 1000,
        "ms of CPU",
        baseline=over_http.least_baseline * 1000,
        at_most=0.5,
        how="50 rows, template included, nothing of the dealer remembered, over HTTP to DynamoDB Local on both sides; "
        f"{ROUNDS * REPEAT} times each, the least of {ROUNDS} rounds; with DynamoDB's answers from "
        f"memory {_said(from_memory)}",
    )


@measurement
def first_screen_times(folder: Path) -> Iterator[Row]:
    with aws(folder):
        scope = dealer_with(SIZES[0])
        get = getting(HOME)
        with logged_in(scope):
            get()
            forget(scope)
            get()
            with replayed(clients.client("dynamodb")):
                times = sorted(_first_screen_time(scope, get) for _ in range(TIMED))
    how = f"by the clock on the wall, {TIMED} in one process, nothing of the dealer remembered, answers from memory"
    yield row("first screen: p50", times[TIMED // 2] * 1000, "ms", how=how)
    yield row("first screen: p99", times[TIMED * 99 // 100] * 1000, "ms", how=how)


def _first_screen_time(scope: TenantScope, get: Call) -> float:
    forget(scope)
    begin = perf_counter()
    get()
    return perf_counter() - begin


@dataclass(frozen=True, slots=True)
class _Read:
    """One page, read when nothing is remembered: what it asked of DynamoDB, and its seconds of CPU."""

    capacity: Capacity
    cpu: float


def _read(scope: TenantScope) -> dict[str, _Read]:
    found: dict[str, _Read] = {}
    with logged_in(scope):
        for name, query in PAGES.items():
            get = getting(HOME, query)
            get()
            forget(scope)
            with counted("dynamodb", "s3", "sts") as capacity:
                get()
            found[name] = _Read(capacity, min(_cold(scope, get) for _ in range(5)))
    return found


def _cold(scope: TenantScope, get: Call) -> float:
    forget(scope)
    return seconds(get)


def _draw(read: Mapping[int, Mapping[str, _Read]]) -> None:
    cpu = [Series(name, [(count, of[name].cpu * 1000) for count, of in read.items()]) for name in PAGES]
    units = [Series(name, [(count, of[name].capacity.reads) for count, of in read.items()]) for name in PAGES]
    panels = [Panel("ms of CPU", cpu), Panel("read units", units)]
    Plot("My Transactions against the size of the history", "settled rows of the account", panels).write(PLOT)


_kept: list[dict[str, Any]] = []


def _keep(name: str, context: dict[str, Any]) -> str:
    _kept.append(context)
    return templates.render(name, context)


def _formatter(scope: TenantScope) -> RowFormatter:
    view = account_view(scope, ref="1200", now=NOW)
    return RowFormatter.of(view, formats(view.dealer.locale, view.dealer.time_zone, view.dealer.currency))


def _items(scope: TenantScope) -> type[Model]:
    """The open rows as items of the same table, nothing stored for what a row has not."""

    class Item(items_by_query.Item):
        class Meta:
            table_name = settings.load().table_name

    with Item.batch_write() as batch:
        for one in open_rows():
            has = {name: value for name, value in one._asdict().items() if value}
            batch.save(Item(f"D#{scope.dealer_id}#ITEMS", f"{one.transaction_date}#{one.reference}", **has))
    return Item


def _client(items: type[Model]) -> Any:
    return items._get_connection().connection.client  # noqa: SLF001 - pynamodb's own, with its own settings


def _said(pair: Pair) -> str:
    ratio = pair.least_subject / pair.least_baseline
    return f"{pair.least_subject * 1000:.1f} ms against {pair.least_baseline * 1000:.1f}, {ratio:.2f} x"
