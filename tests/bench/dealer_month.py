"""A month of one dealer in dollars: a million rows of history, an export every night, 20,000 pages."""

from collections.abc import Callable
from pathlib import Path
from time import process_time

from chalicelib.identity import operations, own_sessions
from chalicelib.identity.model import ClientInfo
from chalicelib.kernel.clock import system_clock
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, IdentityScope, TenantScope
from chalicelib.triggers import feed, ingest, notifications, uploads
from tests.bench.frame.capacity import Capacity, counted
from tests.bench.frame.month import Book, Things, times, total
from tests.bench.frame.nightly import Ledgers
from tests.bench.frame.portal import forget, getting, logged_in
from tests.bench.frame.registry import measurement
from tests.bench.frame.row import Row, row
from tests.bench.frame.world import aws
from tests.fixtures.cast import PASSWORD, Dealership, make_dealership
from tests.fixtures.worlds import World
from tests.ingest.pipeline import ImportPipeline

LEDGERS = Ledgers(accounts=2_000, rows=50)
SCALE = 10
"""The dealer that is measured has a tenth of the million rows. All that an import does is by account or by row."""

CHANGED_ACCOUNTS, CHANGED_ROWS = 200, 5
KEPT_DAYS = 400
"""The life of an export in the inbox: infra/cloudformation/shared/buckets.yaml."""
SCHEDULES: dict[Callable[[], int], int] = {
    ingest.collect_inbox: 24 * 30,
    ingest.resume_runs: 30 * 24 * 30,
    uploads.settle_files: 4 * 24 * 30,
    feed.take_feed: 4 * 24 * 30,
    notifications.send_outbox: 60 * 24 * 30,
    notifications.resume_bulk: 24 * 30,
    notifications.expire_invitations: 24 * 30,
    notifications.chase_documents: 24 * 30,
    notifications.make_statements: 24 * 30,
    notifications.remind_of_payments: 24 * 30,
}
PAGES_MEMORY = "pages_memory_mb"
SERVICES = ("dynamodb", "s3", "sqs", "sts")
PAGES: dict[str, dict[str, str]] = {
    "first screen": {},
    "all, newest 100": {"status": "all"},
    "search in all": {"status": "all", "q": "1000-7"},
}


@measurement
def dealer_month(folder: Path) -> Row:
    book = Book.read()
    with aws(folder) as world:
        now, ids = system_clock(), Ids()
        dealership = make_dealership(ids, now, name="Moorbeck", prefix="moorbeck", phone="01632 960 014")
        line = ImportPipeline(world, dealership, now, ids)
        first, _ = _import(line, book, sequence=1)
        night, size = _import(line, book, sequence=2)
        page = _page(dealership, book)
        clock = _schedules(world, ids, book)
    parts = {
        "imports": times(night, SCALE * book.usage["nights"]),
        "pages": _pages(page, book),
        "schedules": clock,
        "storage": _storage(first, night, size, book),
    }
    dollars = {name: book.dollars(things) for name, things in parts.items()}
    said = ", ".join(f"{name} {amount:.3f}" for name, amount in dollars.items())
    bought = ", ".join(f"{name} {count:,.0f}" for name, count in sorted(total(parts.values()).items()))
    changed = CHANGED_ACCOUNTS * CHANGED_ROWS
    return row(
        "dealer-month",
        sum(dollars.values()),
        "dollars",
        at_most=0.5,
        how=f"{said}; prices of {book.date}; counted in an import of {LEDGERS.accounts * LEDGERS.rows:,} rows, "
        f"{changed:,} of them changed, in {CHANGED_ACCOUNTS} of {LEDGERS.accounts:,} accounts, times {SCALE}, "
        f"and in {len(PAGES)} kinds of page; {bought}",
    )


def _import(line: ImportPipeline, book: Book, *, sequence: int) -> tuple[Things, int]:
    """What an export asks for from its upload to its publication, and its size in bytes."""
    bundle = _bundle(line, sequence)
    begin = process_time()
    with counted(*SERVICES) as used:
        run = line.take_in(bundle)
    cpu = process_time() - begin
    if run.state != "published":
        raise AssertionError(f"the import ended as {run.state}")
    return book.things(used, cpu=cpu, runs=len(line.delivered) + 1), len(bundle)


def _bundle(line: ImportPipeline, sequence: int) -> bytes:
    def changed(ref: str, n: int) -> bool:
        return sequence > 1 and int(ref) < 1000 + CHANGED_ACCOUNTS and n < CHANGED_ROWS

    return LEDGERS.export(line, sequence, changed)


def _page(dealership: Dealership, book: Book) -> Things:
    """What a page asks for on average, the session read included, nothing of the dealer remembered."""
    now, ids = system_clock(), Ids()
    address = ClientInfo("192.0.2.1", "Firefox")
    secret = operations.log_in(
        IdentityScope(), email=dealership.customer.email, password=PASSWORD, client=address, now=now, ids=ids
    ).secret
    scope = CustomerScope(dealership.dealer.dealer_id, "person", frozenset({"1200"}))
    parts = []
    with logged_in(scope):
        for name, query in PAGES.items():
            get = getting("/transactions", query)
            get()
            begin = process_time()
            forget(scope)
            with counted(*SERVICES) as used:
                own_sessions.resume_session(IdentityScope(), secret=secret, now=now)
                size = len(get()["body"])
            things = book.things(used, cpu=process_time() - begin, runs=1, memory=PAGES_MEMORY)
            sent = {"cloudfront_gb": size / 1e9}
            parts.append(times(total([things, sent]), book.usage["page_shares"][name]))
    return total(parts)


def _pages(page: Things, book: Book) -> Things:
    usage = book.usage
    cold = book.gb_seconds(cpu=book.machine["cold_cpu_seconds"], calls=0, memory=PAGES_MEMORY) * usage["cold_share"]
    fetched = 1 / usage["assets_every_pages"]
    more = {
        "api_requests": 1,
        "lambda_gb_seconds": cold,
        "cloudfront_requests": 1 + fetched * usage["asset_requests"],
        "cloudfront_gb": fetched * usage["asset_bytes"] / 1e9,
    }
    return times(total([page, more]), usage["pages"])


def _schedules(world: World, ids: Ids, book: Book) -> Things:
    """What one dealer more adds to the schedules, which go through all of them."""
    before = [_run(each) for each in SCHEDULES]
    make_dealership(ids, system_clock(), name="Another", prefix="another", phone="01632 960 020")
    after = [_run(each) for each in SCHEDULES]
    assert world.name
    parts = []
    for often, (had, was), (has, now) in zip(SCHEDULES.values(), before, after, strict=True):
        added = Capacity(has.calls[len(had.calls) :], has.reads - had.reads, has.writes - had.writes)
        parts.append(times(book.things(added, cpu=max(0.0, now - was), runs=0), often))
    return total(parts)


def _run(schedule: Callable[[], int]) -> tuple[Capacity, float]:
    with logged_in(TenantScope("0000000000")):
        schedule()
        begin = process_time()
        with counted(*SERVICES) as used:
            schedule()
        return used, process_time() - begin


def _storage(first: Things, night: Things, size: int, book: Book) -> Things:
    """A write unit is at most a kilobyte, so units bound bytes. A superseded page is swept after seven nights."""
    table = (first["dynamodb_write_units"] + 7 * night["dynamodb_write_units"]) * SCALE / 1e6
    bundles = size * SCALE / 1e9
    nights = book.usage["nights"]
    return {
        "dynamodb_gb_months": table,
        "dynamodb_recovery_gb_months": table,
        "s3_gb_months": bundles * nights,
        "s3_glacier_gb_months": bundles * (KEPT_DAYS - nights),
    }
