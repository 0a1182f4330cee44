"""Rows of an export by file, and its control totals: what there is to count in it before anything is compared. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chalicelib.ccx.entity import Entity
from chalicelib.ccx.manifest import Manifest
from chalicelib.ccx.row_collector import Counted
from chalicelib.kernel.money import minor_digits, minor_units


@dataclass(frozen=True, slots=True)
class FileCount:
    """A file's rows by what became of them. `rejected` keep their last good value."""

    entity: str
    path: str
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    warnings: int = 0

    def plus(self, more: "FileCount") -> "FileCount":
        """Both together, under this one's path."""
        return FileCount(
            self.entity,
            self.path,
            rows=self.rows + more.rows,
            new=self.new + more.new,
            changed=self.changed + more.changed,
            unchanged=self.unchanged + more.unchanged,
            rejected=self.rejected + more.rejected,
            warnings=self.warnings + more.warnings,
        )


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """A sum over a file's rows, in minor units: as the dealer's system says and as counted. None: not known.

    Not `whole`: some of the amounts could not be read, `counted` is the sum of the others.
    """

    file: str
    column: str
    currency: str
    declared: int | None
    counted: int | None
    whole: bool = True

    @property
    def agrees(self) -> bool:
        """Whether nothing is declared or it is what was counted. What cannot be counted does not agree."""
        return self.declared is None or (self.whole and self.declared == self.counted)

    @property
    def contradicts(self) -> bool:
        """Whether what is declared is not what was counted. What cannot be counted contradicts nothing."""
        return self.whole and not self.agrees


class RowChanges(NamedTuple):
    """Accepted rows of a file by what they changed; `rejected` are those refused after their row was good."""

    new: int
    changed: int
    rejected: int = 0


Totals = dict[str, dict[str, dict[str, int]]]
"""Sums in minor units: entity -> column -> currency."""


@dataclass(slots=True)
class Counts:
    """Rows and sums, by entity, of a part or of a whole export.

    `unreadable_amounts` names by entity and column the currencies in which an amount cannot be read (`""`: any of
    them).
    """

    counts: dict[str, FileCount] = field(default_factory=dict)
    totals: Totals = field(default_factory=dict)
    unreadable_amounts: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def count(self, entity: str, path: str, **more: int) -> None:
        """Add to the counts of a file."""
        have = self.counts.get(entity) or FileCount(entity, path)
        self.counts[entity] = have.plus(FileCount(entity, path, **more))

    def add_sum(self, entity: str, column: str, currency: str, amount: int) -> None:
        """Add to a control total."""
        sums = self.totals.setdefault(entity, {}).setdefault(column, {})
        sums[currency] = sums.get(currency, 0) + amount

    def add_counted(self, entity: str, path: str, counted: Counted, changes: RowChanges) -> None:
        """Rows of a file by what became of them, and their sums."""
        rejected = counted.rejected + changes.rejected
        self.count(
            entity,
            path,
            rows=counted.rows,
            rejected=rejected,
            new=changes.new,
            changed=changes.changed,
            unchanged=max(0, counted.rows - rejected - changes.new - changes.changed),
        )
        for (column, currency), amount in counted.totals.items():
            self.add_sum(entity, column, currency, amount)
        for column, currency in counted.unreadable_amounts:
            self.unreadable_amounts.setdefault(entity, {}).setdefault(column, set()).add(currency)

    def add_counts(self, more: "Counts") -> None:
        """Those of another part."""
        for entity, count in more.counts.items():
            self.counts[entity] = self.counts[entity].plus(count) if entity in self.counts else count
        for entity, columns in more.totals.items():
            for column, sums in columns.items():
                for currency, amount in sums.items():
                    self.add_sum(entity, column, currency, amount)
        for entity, unread in more.unreadable_amounts.items():
            for column, currencies in unread.items():
                self.unreadable_amounts.setdefault(entity, {}).setdefault(column, set()).update(currencies)


def control_totals(
    manifest: Manifest | None, entities: tuple[Entity[Any], ...], counts: Counts
) -> Iterator[ControlTotal]:
    """Every sum that the dealer's system declares or that was counted."""
    for entity in entities:
        declared = manifest.file(entity.name) if manifest else None
        declared_totals: Mapping[str, Any] = declared.totals if declared else {}
        for column in entity.amounts:
            unread = counts.unreadable_amounts.get(entity.name, {}).get(column, set())
            sums = counts.totals.get(entity.name, {}).get(column, {})
            declared_sums = declared_totals.get(column, {})
            for currency in sorted({*sums, *declared_sums}):
                value = declared_sums.get(currency)
                yield ControlTotal(
                    file=declared.path if declared else entity.file,
                    column=column,
                    currency=currency,
                    declared=None if value is None else minor_units(value, minor_digits(currency)),
                    counted=sums.get(currency, 0),
                    whole=not unread & {"", currency},
                )
