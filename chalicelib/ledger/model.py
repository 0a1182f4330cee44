"""A ledger row, checked and typed, for writing and for one document; and the account that holds rows."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer, SkipValidation
from pydantic.dataclasses import dataclass

from chalicelib.customers.model import AccountFacts
from chalicelib.kernel.schemas import DEFERRED, STRICT
from chalicelib.ledger.row import Row, SettledReason, TransactionType
from chalicelib.sheets.model import SheetPage


class SnapshotExpiredError(Exception):
    """A page that a head names is gone: the run that was asked for is no longer kept."""


Rate = Annotated[Decimal, PlainSerializer(str, when_used="json")]
"""A percentage, 5 for 5 %. Text in storage: no binary float."""


@dataclass(frozen=True, slots=True, config=DEFERRED)
class DocumentRef:
    """A stored PDF: its id and the run that stored it."""

    id: str
    run: int


@dataclass(frozen=True, slots=True, config=DEFERRED)
class LinesRef:
    """Where an invoice's lines are stored: `length` bytes from `offset` in the lines object of this run and part.

    `digest` shows whether they came again unchanged; 0 where that was not kept yet.
    """

    run: int
    part: int
    offset: int
    length: int
    digest: int = 0


@dataclass(frozen=True, slots=True, config=STRICT)
class Transaction:
    """One row of an account, in the account's currency. Amounts are minor units, signed as in the export.

    Of a settled row whose date the export does not give (`settled_inferred`), `settled_date` is that of the first
    export that no longer showed it open, None where none ever did. It has `vanished` if that export did not hold it.

    `document_id` is what the export names; `document` is set once that file is here. The key is (type, transaction_id).
    """

    transaction_id: Annotated[str, Field(min_length=1, max_length=64)]
    type: TransactionType
    reference: str
    transaction_date: date
    total: int
    outstanding: int
    due_date: date | None = None
    net: int | None = None
    vat: int | None = None
    discount_date: date | None = None
    settlement: int | None = None
    settlement_rate: Rate | None = None
    description: str | None = None
    order_no: str | None = None
    customer_order_ref: str | None = None
    advice_no: str | None = None
    depot_code: str | None = None
    rep_code: str | None = None
    document_id: str | None = None
    document: DocumentRef | None = None
    lines: LinesRef | None = None
    dispute_flag: bool = False
    settled_date: date | None = None
    settled_reason: SettledReason | None = None
    period: str | None = None
    settled_inferred: bool = False
    stale: bool = False
    vanished: bool = False
    machine: str | None = None


@dataclass(frozen=True, slots=True, config=DEFERRED)
class DocumentEntry:
    """A file that the account holds, whether or not a row names it. Only its id and run reach storage names.

    `content` is its size and CRC in the zip it came with, so that the same again is not copied again.
    """

    id: str
    run: int
    doc_type: str
    file_name: str | None = None
    transaction_id: str | None = None
    visible: bool = True
    content: str = ""


@dataclass(frozen=True, slots=True, config=DEFERRED)
class PageRef:
    """A page that the head names: its sort key, what it holds, and the sums that spare reading it.

    `year` is that of its settled rows' dates, None for a page of open rows. `newest` and `oldest` are ISO dates.
    """

    sk: str
    year: int | None
    rows: int
    outstanding: int
    total: int
    newest: str
    oldest: str


@dataclass(frozen=True, slots=True, config=DEFERRED)
class OwnerChange:
    """An export in which the account's number seems to be somebody else's: `era` begins with it if it is.

    `name` and `email` are those of before. Rows up to `until` are of the customer before, and of later ones those that
    were there already: `known`, each `<type>/<transaction id>`.
    """

    era: str
    until: date
    name: str
    email: str | None = None
    known: tuple[str, ...] = ()

    def is_earlier(self, row: Row) -> bool:
        """Whether a row is of the customer before."""
        # Tested control: earlier-rows-left-out
        return row.transaction_date <= self.until.isoformat() or "/".join(row.key) in self.known


@dataclass(frozen=True, slots=True, config=DEFERRED)
class AccountHead:
    """An account as one run left it. `balance` is always the sum of outstanding over all its rows, in minor units.

    `open` holds the open rows unless they are too many: then they are in the pages without a year. All newest first.
    `dms_balance` is the export's own figure; where it differs the head is `out_of_balance`. `sheets` names the pages of
    its other rows, by entity. `era` is that of the account, to which all its rows belong; empty for the first.
    `owner_change` is the last time that it seemed to become somebody else's, whether or not that turned out so.
    """

    facts: AccountFacts
    run: int
    as_at: date
    balance: int
    dms_balance: int
    digest: str
    pages: tuple[PageRef, ...]
    types: tuple[TransactionType, ...]
    open_count: int
    document_pages: tuple[str, ...] = ()
    archived: bool = False
    out_of_balance: bool = False
    sheets: Mapping[str, tuple[SheetPage, ...]] = Field(default_factory=dict)
    era: str = ""
    owner_change: OwnerChange | None = None
    open: Annotated[SkipValidation[tuple[Row, ...]], Field(exclude=True)] = ()
    documents: Annotated[SkipValidation[tuple[DocumentEntry, ...]], Field(exclude=True)] = ()

    @property
    def account_ref(self) -> str:
        """Whose it is."""
        return self.facts.account_ref

    @property
    def open_pages(self) -> tuple[PageRef, ...]:
        """Pages of open rows, newest first; empty where `open` holds them."""
        return tuple(page for page in self.pages if page.year is None)

    @property
    def settled_pages(self) -> tuple[PageRef, ...]:
        """Pages of settled rows, newest first."""
        return tuple(page for page in self.pages if page.year is not None)

    @property
    def page_keys(self) -> frozenset[str]:
        """The sort keys of all that the head names in its partition. Some may be of earlier runs, which it keeps."""
        sheets = (page.sk for pages in self.sheets.values() for page in pages)
        # Tested control: head-names-sheets
        return frozenset((*(page.sk for page in self.pages), *self.document_pages, *sheets))

    @property
    def settled_count(self) -> int:
        """How many settled rows there are."""
        return sum(page.rows for page in self.settled_pages)
