"""The machine dies in the middle of an import. After the next start the import ends as if nothing had been."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from chalicelib import services, settings
from chalicelib.customers.directory import queries as directory
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer
from chalicelib.dealers.operations import create_dealer, profile_of
from chalicelib.ingest import queries
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.kernel.clock import local_date, system_clock
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope, OperatorScope
from chalicelib.ledger import queries as ledger
from chalicelib.store import blobs
from chalicelib.triggers import ingest
from infra.demo_export.__main__ import ZONE, write
from infra.demo_export.series import SIZES
from infra.local.emulators import DYNAMODB
from tests.fixtures import portal as portals
from tests.fixtures.portal import Portal
from tests.fixtures.worlds import environment

pytestmark = [pytest.mark.engines, pytest.mark.soak]

PATIENCE_SECONDS = 120
LATER = timedelta(minutes=4)
"""By then the schedule takes an import up again of which nothing was heard."""


@pytest.fixture
def ids() -> Ids:
    return Ids()


@pytest.fixture(autouse=True)
def size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough accounts for seconds of work: DynamoDB Local brings every item to the disk."""
    monkeypatch.setitem(SIZES, "kill", replace(SIZES["S"], accounts=400))


def test_an_import_that_was_killed_ends_like_one_that_was_not(tmp_path: Path, ids: Ids) -> None:
    with running(tmp_path) as portal:
        undisturbed, killed = (a_dealer(code, ids) for code in ("QUIET", "KILLED"))
        bring(undisturbed, tmp_path, ids)
        until(lambda: newest(undisturbed).finalised_at is not None)
        bring(killed, tmp_path, ids)
        until(lambda: newest(killed).n is not None)
        kill_everything(portal)
    with running(tmp_path):
        assert newest(killed).state is RunState.STAGING
        assert not dealers.published(scope_of(killed)).run, "nobody sees half of it"
        with services.use(replace(services.current(), clock=lambda: system_clock() + LATER)):
            until(lambda: resumed(killed))
        until(lambda: newest(killed).state is not RunState.STAGING)
        until(lambda: newest(killed).finalised_at is not None)
        assert newest(killed).state is RunState.PUBLISHED
        assert newest(killed).summary == newest(undisturbed).summary
        assert picture(killed) == picture(undisturbed)


@contextmanager
def running(state: Path) -> Iterator[Portal]:
    """A portal over the data in `state`, which this process works on, too. Ends with Ctrl-C unless it was killed."""
    portal = portals.launch(DYNAMODB, state, "--no-demo")
    try:
        with environment(json.loads((state / DYNAMODB / "environment.json").read_text())["environment"]):
            yield portal
    finally:
        portals.stop(portal)


def kill_everything(portal: Portal) -> None:
    """As a power cut does: no part hears of the end of another."""
    main = psutil.Process(portal.process.pid)
    main.suspend()
    family = main.children(recursive=True)
    for process in [*family, main]:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    psutil.wait_procs(family, timeout=10)


def a_dealer(code: str, ids: Ids) -> Dealer:
    fields: dict[str, Any] = {
        "slug": code.lower(),
        "code": code,
        "name": code.title(),
        "contact_email": f"admin@{code.lower()}.example",
        "address": ("Beck Lane", "Whitby YO21 6XX"),
    }
    return create_dealer(OperatorScope("journey"), profile=profile_of(fields), now=system_clock(), ids=ids)


def bring(dealer: Dealer, folder: Path, ids: Ids) -> None:
    """Put an export of some accounts into the dealer's inbox."""
    path = folder / f"{dealer.code}.zip"
    write(size="kill", as_at=local_date(system_clock(), ZONE), out=path, dealer_code=dealer.code, documents=20)
    name = f"inbox/{ids.ulid(system_clock())}/{path.name}"
    blobs.put(scope_of(dealer), settings.load().inbox_bucket, name, path.read_bytes(), "application/zip")
    until(lambda: bool(queries.import_runs(scope_of(dealer), now=system_clock()).runs))


def newest(dealer: Dealer) -> ImportRun:
    return queries.import_runs(scope_of(dealer), now=system_clock()).runs[0]


def picture(dealer: Dealer) -> tuple[Any, ...]:
    """All figures of the directory, and every row of each tenth account."""
    scope = scope_of(dealer)
    current = dealers.published(scope, fresh=True)
    entries = [entry for index in range(current.n) for entry in directory.read_shard(scope, current, index)]
    today = local_date(system_clock(), ZONE)
    snapshots = [ledger.account_snapshot(scope, ref=entry.ref, today=today) for entry in entries[::10]]
    rows = [ledger.every_row(scope, head=snapshot.head) for snapshot in snapshots if snapshot.head]
    return sorted(entries), rows, sum(entry.balance for entry in entries), len(rows)


def resumed(dealer: Dealer) -> bool:
    """Whether the schedule has taken the run up again: it leaves it to the next minute if another one is just at it."""
    before = newest(dealer).resent_at
    ingest.resume_runs()
    return newest(dealer).resent_at != before


def scope_of(dealer: Dealer) -> ImportScope:
    return ImportScope(dealer.dealer_id)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.05)
