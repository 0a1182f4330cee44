"""Drives imports as the queues do: puts bundles into the inbox and delivers what was sent, in any order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib import settings
from chalicelib.customers.directory import queries as directory
from chalicelib.customers.model import DirectoryEntry
from chalicelib.dealers import queries as dealers
from chalicelib.ingest import repo
from chalicelib.ingest.entities import ENTITIES, Entities
from chalicelib.ingest.job import Job
from chalicelib.ingest.maintenance import inbox
from chalicelib.ingest.maintenance.sweep import sweep
from chalicelib.ingest.model import ImportRun
from chalicelib.ingest.steps.finalise import finalise
from chalicelib.ingest.steps.gate import gate
from chalicelib.ingest.steps.stage import stage
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope, ImportScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger import repo as ledger_repo
from chalicelib.ledger.model import AccountHead
from chalicelib.ledger.row import Row
from chalicelib.store import blobs
from tests.fixtures.cast import Dealership
from tests.fixtures.worlds import World

Message = dict[str, Any]


@dataclass
class ImportPipeline:
    """A dealer's imports, driven by hand: `now` stands still unless moved."""

    world: World
    dealership: Dealership
    now: datetime
    ids: Ids
    remaining: Callable[[], float] = lambda: 600.0
    entities: Entities = ENTITIES
    delivered: list[Message] = field(default_factory=list)

    @property
    def scope(self) -> ImportScope:
        return self.dealership.import_scope

    @property
    def admin(self) -> DealerScope:
        return self.dealership.admin.staff_scope

    @property
    def code(self) -> str:
        return self.dealership.dealer.code

    def job(self) -> Job:
        return Job(self.scope, lambda: self.now, self.ids, self.remaining, self.entities)

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def put(self, bundle: bytes, *, file_name: str = "staff-someone.zip") -> str:
        """Put a bundle into the inbox; its object's name."""
        self.wait(seconds=1)
        name = f"inbox/{self.ids.ulid(self.now)}/{file_name}"
        blobs.put(self.scope, settings.load().inbox_bucket, name, bundle, "application/zip")
        return name

    def arrive(self, name: str, etag: str | None = None) -> None:
        inbox.arrived(self.job(), name=name, etag=etag)

    def messages(self) -> list[Message]:
        """What waits in the import queue for this dealer, taken out."""
        found = self.world.messages(settings.load().import_queue_url)
        return [body for body in found if body["dealer_id"] == self.scope.dealer_id]

    def deliver(self, message: Message) -> None:
        self.delivered.append(message)
        job, number = self.job(), message.get("run", 0)
        match message["step"]:
            case "open":
                inbox.resume_open(job, number)
            case "stage":
                stage(job, number, message["part"])
            case "gate":
                gate(job, number)
            case "finalise":
                finalise(job, number, message.get("part", 0), message.get("event", 0), message.get("changes", 0))
            case "collect":
                inbox.start_next(job)
            case "sweep":
                sweep(job)

    def drain(self, order: Callable[[list[Message]], list[Message]] = list) -> None:
        """Deliver until the queue is empty; `order` may reorder, repeat or drop."""
        for _ in range(200):
            waiting = self.messages()
            if not waiting:
                return
            for message in order(waiting):
                self.deliver(message)
        raise AssertionError("the queue never runs empty")

    def take_in(self, bundle: bytes, **more: Any) -> ImportRun:
        """A bundle all the way through; the newest run afterwards."""
        self.arrive(self.put(bundle, **more))
        self.drain()
        return self.newest()

    def newest(self) -> ImportRun:
        return repo.newest_runs(self.scope, limit=1)[0]

    def run(self, number: int) -> ImportRun:
        found = repo.run(self.scope, number)
        assert found is not None
        return found

    def entries(self) -> list[DirectoryEntry]:
        current = dealers.published(self.scope, fresh=True)
        return [entry for index in range(current.n) for entry in directory.read_shard(self.scope, current, index)]

    def head(self, ref: str) -> AccountHead | None:
        current = dealers.published(self.scope, fresh=True)
        return ledger_repo.read_head(self.scope, ref, run=current.run, skipped=current.skipped)

    def rows(self, ref: str) -> list[Row]:
        head = self.head(ref)
        return ledger.every_row(self.scope, head=head) if head else []

    def picture(self) -> dict[str, tuple[bool, list[Row]]]:
        """All that customers see: by account whether it is archived, and its rows."""
        return {ref: (archived, self.rows(ref)) for ref, archived in self._accounts()}

    def _accounts(self) -> Iterator[tuple[str, bool]]:
        for entry in sorted(self.entries()):
            yield entry.ref, entry.archived
