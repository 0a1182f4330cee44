"""A sheet's pages as a head names them, and what an export makes of the rows that are there. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass as plain_dataclass
from dataclasses import field
from typing import Any, Generic, Protocol, TypeVar

from pydantic.dataclasses import dataclass

from chalicelib.ccx.entity import Absence, Change, Entity, Key
from chalicelib.kernel.schemas import DEFERRED

R = TypeVar("R", bound=tuple[Any, ...])


class SheetExpiredError(Exception):
    """A page that a head or PUBLISHED names is gone: the run that was asked for is no longer kept."""


@dataclass(frozen=True, slots=True, config=DEFERRED)
class SheetPage:
    """A page: its sort key, how many rows it has, and a digest of its bytes."""

    sk: str
    rows: int
    digest: str


Sheets = Mapping[str, tuple[SheetPage, ...]]
"""Pages by entity."""


class SheetHead(Protocol):
    """What names an account's sheets."""

    @property
    def account_ref(self) -> str:
        """Whose they are."""
        ...

    @property
    def sheets(self) -> Sheets:
        """Their pages."""
        ...


@plain_dataclass(frozen=True, slots=True)
class MergedSheet(Generic[R]):
    """All rows afterwards in the order of storage, and the keys of those that came, changed or went."""

    rows: list[R]
    new: list[Key] = field(default_factory=list)
    changed: list[Key] = field(default_factory=list)
    gone: list[Key] = field(default_factory=list)

    def changes(self, ref: str) -> list[Change]:
        """What happened to its rows; `ref` is empty for a sheet of the dealer."""
        return [
            *(Change(ref, key, "new") for key in self.new),
            *(Change(ref, key, "changed") for key in self.changed),
            *(Change(ref, key, "gone") for key in self.gone),
        ]

    def new_rows(self, entity: Entity[R]) -> Iterator[tuple[Key, R]]:
        """The rows that came, with their keys."""
        new = set(self.new)
        return ((key, row) for row in self.rows if (key := key_of(entity, row)) in new)


def key_of(entity: Entity[Any], row: Any) -> Key:
    """What identifies a row within its sheet."""
    return tuple(str(getattr(row, name)) for name in entity.key)


def merge(
    entity: Entity[R],
    before: Sequence[R],
    fresh: Sequence[R],
    *,
    rejected: Collection[Key],
    complete: bool,
    history_from: str | None = None,
) -> MergedSheet[R]:
    """Put the accepted rows over those that are there.

    A key that was rejected keeps its last good value. Of the others that are absent, those go whose absence says so:
    if the export's are `complete`, unless the entity's rows are kept or are older than `history_from` (ISO date).
    """
    known = {key_of(entity, row): row for row in before}
    out: MergedSheet[R] = MergedSheet([])
    for row in fresh:
        key = key_of(entity, row)
        old = known.pop(key, None)
        out.rows.append(row)
        if old is None:
            out.new.append(key)
        elif old != row:
            out.changed.append(key)
    for key, old in known.items():
        if key in rejected:
            out.rows.append(_stale(old))
        elif complete and _is_covered(entity, old, history_from):
            out.gone.append(key)
        else:
            out.rows.append(old)
    out.rows.sort(key=lambda row: (year_of(entity, row), key_of(entity, row)))
    return out


def year_of(entity: Entity[Any], row: Any) -> str:
    """The year by which the sheet is split; empty where the entity has no period, or the row no date."""
    return (getattr(row, entity.period) or "")[:4] if entity.period else ""


def _is_covered(entity: Entity[Any], row: Any, history_from: str | None) -> bool:
    """Whether the export would hold the row if it were still there."""
    if entity.absence is Absence.KEPT:
        return False
    day = getattr(row, entity.period) if entity.period else None
    return history_from is None or day is None or day >= history_from


def _stale(row: Any) -> Any:
    return row._replace(stale=True) if "stale" in row._fields else row
