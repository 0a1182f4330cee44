"""An entity is a CSV file of an export: all that the import knows of one is its declaration."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from chalicelib.ccx.columns import Schema
from chalicelib.ccx.row_plan import ReadRow
from chalicelib.kernel.i18n import LazyText, PluralText
from chalicelib.kernel.scopes import ImportScope

Key = tuple[str, ...]
R = TypeVar("R", bound=tuple[Any, ...])


class Absence(StrEnum):
    """What becomes of a row that a full export no longer holds.

    An account has one digest for each: of all its rows in files that mean the same by absence.
    """

    ARCHIVED = "archived"
    SETTLED = "settled"
    KEPT = "kept"
    GONE = "gone"


class KnownTransaction(NamedTuple):
    """A ledger entry of the account: its type, and its total in minor units."""

    type: str
    total: int


class AccountContext(NamedTuple):
    """What a row is measured against. `ref` is empty for rows of the dealer.

    `transactions` are the account's by id, those that are stored and those of this export; `documents` likewise ids.
    """

    ref: str
    currency: str
    as_at: date
    transactions: Mapping[str, Sequence[KnownTransaction]] = {}
    documents: Collection[str] = frozenset()


class Change(NamedTuple):
    """A row that an export brought, changed or took away. `ref` is empty for rows of the dealer."""

    ref: str
    key: Key
    what: Literal["new", "changed", "gone"]


Check = Callable[[ReadRow, AccountContext], None]
After = Callable[[ImportScope, int, Iterable[Change]], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Entity(Generic[R]):
    """One file: what it is called, its columns, and what the import does with its rows.

    `tag` stands for it in stored parts and directory shards: one letter, never given to another entity.
    `key` names the columns that identify a row within its account (or the dealer). `intro` opens its section of
    docs/export-format.md.
    """

    name: str
    tag: str
    schema: Schema
    key: Key
    absence: Absence
    intro: str
    nouns: PluralText
    notes: str = ""
    """Markdown after the table of columns."""
    row: type[R] | None = None
    """Rows are stored as a sheet of these, a NamedTuple: a field for each column that is kept, by its name, new ones at
    the end with a default. A field `stale` marks a last good value. None: the ledger stores them."""
    per_dealer: bool = False
    """Rows belong to the dealer, not to an account: at most 20,000, read whole."""
    amounts: Mapping[str, LazyText] = field(default_factory=dict)
    """Columns with a control total, each with what staff pages call the sum."""
    period: str | None = None
    """A date column: sheets are split by its year, and absence counts from the scope's `history_from` on only."""
    refuses: bool = True
    """Whether too many rejected rows refuse the export. Files whose rows hang on others' only warn or hold."""
    master: str | None = None
    """A column that names another row of the same file, by its account, which may not name one itself."""
    attachment: str | None = None
    """A column that names a file of the zip's documents/: no two accounts may name the same."""
    check: Check | None = None
    """Adds to a row's problems what its own columns cannot show."""
    event: Callable[[R], str | None] | None = None
    """The kind of event that a new row is for its customer, if any."""
    after: After | None = None
    """Called once the run is published, at least once for each change: it must be idempotent."""

    def __post_init__(self) -> None:
        own = (self.period, self.master, self.attachment)
        named = {*self.key, *self.amounts, *filter(None, own)}
        if not self.per_dealer:
            named.add("account_ref")
        unknown = sorted(named - self.schema.by_name.keys())
        if unknown or (self.per_dealer and not self.is_sheet):
            msg = f"{self.name} declares no such columns, or no row: {unknown}"
            raise ValueError(msg)

    @property
    def is_sheet(self) -> bool:
        """Whether rows are stored as a sheet."""
        return self.row is not None

    @property
    def file(self) -> str:
        """Its usual file name."""
        return f"{self.name}.csv"
