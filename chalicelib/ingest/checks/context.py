"""What the checks of one account need to know of the export around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from chalicelib.ccx.codes import Code
from chalicelib.ccx.csv_rows import Header
from chalicelib.dealers.model import AgeingSetting
from chalicelib.ingest.checks.row_plan import Params

FUTURE = timedelta(days=366)


class MasterProblem(NamedTuple):
    """Why an account's master cannot be taken. A `W` code keeps the row without its master."""

    code: Code
    params: Params
    master: str


@dataclass(frozen=True)
class Context:
    """The export's date, headers and file names (`paths`) by entity, documents by id with their sizes.

    `ageing` is the dealer's setting, None to leave age labels unchecked.
    """

    as_at: date
    headers: Mapping[str, Header]
    documents: Mapping[str, int] = field(default_factory=dict)
    bad_masters: Mapping[str, MasterProblem] = field(default_factory=dict)
    repeated_documents: frozenset[str] = frozenset()
    ageing: AgeingSetting | None = None
    paths: Mapping[str, str] = field(default_factory=dict)

    def file(self, entity: str) -> str:
        """The name under which findings report a file."""
        return self.paths.get(entity, f"{entity}.csv")

    @cached_property
    def latest(self) -> str:
        """The last date a transaction may have."""
        return (self.as_at + FUTURE).isoformat()

    def must_check(self, ref: str) -> bool:
        """Whether other accounts' rows bear on this one, so that its own being unchanged says nothing."""
        return ref in self.bad_masters
