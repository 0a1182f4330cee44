"""What staging a part found, as it is stored until the gate sums the parts. Pure."""

from typing import NamedTuple

from pydantic import AliasChoices, Field
from pydantic.dataclasses import dataclass

from chalicelib.ccx.codes import Code
from chalicelib.ccx.entity import Change
from chalicelib.ccx.findings import Finding
from chalicelib.customers.groups import Member
from chalicelib.ingest.counts import Counts
from chalicelib.ingest.summary import OpenMove
from chalicelib.kernel.schemas import DEFERRED


class Event(NamedTuple):
    """Something a customer may want to hear of: `kind` of (type, transaction_id) in an account."""

    kind: str
    ref: str
    type: str
    transaction_id: str


class TouchedAccount(NamedTuple):
    """An account of which a run changes something: its rows, of all files, by what became of them."""

    ref: str
    new: int = 0
    changed: int = 0
    settled: int = 0


@dataclass(slots=True, config=DEFERRED)
class PartResult(Counts):
    """What staging a part found, to be summed by the gate.

    `left_out` counts by file, column and code the warnings that are not among the findings. `members` are all
    accounts of the part that have a master, `changes` the rows, by entity, of which something follows. `open_moves` are
    by currency.
    """

    unreadable_amounts: dict[str, dict[str, set[str]]] = Field(
        default_factory=dict, validation_alias=AliasChoices("unreadable_amounts", "uncounted")
    )
    findings: list[Finding] = Field(default_factory=list)
    kept_warnings: int = 0
    left_out: dict[str, dict[str, dict[Code, int]]] = Field(default_factory=dict)
    events: list[Event] = Field(default_factory=list)
    settled: int = 0
    removed_items: int = 0
    accounts: int = 0
    active_before: int = 0
    archived: int = 0
    removed: list[str] = Field(default_factory=list)
    other_owners: list[str] = Field(default_factory=list)
    owners_changed: int = 0
    open_delta: int = 0
    open_moves: dict[str, OpenMove] = Field(default_factory=dict)
    # "unsettled" and "uncounted" are the names under which older results are stored.
    incomplete_accounts: int = Field(default=0, validation_alias=AliasChoices("incomplete_accounts", "unsettled"))
    documents: int = 0
    members: list[Member] = Field(default_factory=list)
    changes: dict[str, list[Change]] = Field(default_factory=dict)
    touched: list[TouchedAccount] = Field(default_factory=list)

    def leave_out(self, warning: Finding) -> None:
        """Count a warning by its cause alone."""
        codes = self.left_out.setdefault(warning.file, {}).setdefault(warning.column, {})
        codes[warning.code] = codes.get(warning.code, 0) + 1
