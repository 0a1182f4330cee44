"""What the checks of one account need to know of the export around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from chalicelib.ccx.codes import Code
from chalicelib.ccx.csv_rows import Header
from chalicelib.ccx.entity import Entity
from chalicelib.ccx.messages import Params
from chalicelib.ccx.row_collector import RowCollector, collector_for
from chalicelib.dealers.ageing_setting import AgeingSetting

FUTURE = timedelta(days=366)


class MasterProblem(NamedTuple):
    """Why an account's master cannot be taken. A `W` code keeps the row without its master."""

    code: Code
    params: Params
    master: str


class ZippedDocument(NamedTuple):
    """A document as the zip's directory describes it."""

    bytes: int
    crc: str = ""


@dataclass(frozen=True)
class Context:
    """The export's date, the entities it holds, their headers and file names (`paths`), and its documents by id.

    `ageing` is the dealer's setting, None to leave age labels unchecked.
    """

    as_at: date
    headers: Mapping[str, Header]
    entities: tuple[Entity[Any], ...]
    documents: Mapping[str, ZippedDocument] = field(default_factory=dict)
    bad_masters: Mapping[str, MasterProblem] = field(default_factory=dict)
    shared_documents: frozenset[str] = frozenset()
    ageing: AgeingSetting | None = None
    paths: Mapping[str, str] = field(default_factory=dict)

    def file(self, entity: Entity[Any]) -> str:
        """The name under which findings report a file."""
        return self.paths.get(entity.name, entity.file)

    def collector(self, entity: Entity[Any], ref: str, currency: str) -> RowCollector:
        """A collector for one account's rows of a file."""
        header = self.headers[entity.name]
        return collector_for(entity, header, file=self.file(entity), ref=ref, currency=currency)

    @cached_property
    def latest(self) -> str:
        """The last date a transaction may have."""
        return (self.as_at + FUTURE).isoformat()
