"""Which run is true for a dealer, and how that may change. Pure; the import's transactions rest on these rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, PlainSerializer
from pydantic.dataclasses import dataclass

from chalicelib.kernel.schemas import DEFERRED, STRICT

Runs = Annotated[frozenset[int], PlainSerializer(sorted, return_type=list[int])]


TotalsState = Literal["agree", "differ", "unknown"]
KEPT_DATES = 15
GRACE = timedelta(days=1)
WEEKEND = timedelta(days=3)
"""From Friday's export to Monday's."""
SURE = 12
"""So many gaps hold two weekends, however few days a week exports come."""


def usual_gap(dates: Sequence[date]) -> timedelta:
    """How far the dates of a dealer's exports lie apart, at the most, when all goes well. `dates` are in order.

    One gap that is longer than the others was an outage. A weekend at least, while too few are known to tell.
    """
    gaps = sorted(after - before for before, after in pairwise(dates))
    return gaps[-2] if len(gaps) >= SURE else max([WEEKEND, *gaps])


@dataclass(frozen=True, slots=True, config=DEFERRED)
class DealerSheet:
    """Rows that belong to the dealer, in `pages` items that `run` wrote.

    `source` identifies what they were made of: the same again needs no reading. Empty where it must be read again.
    """

    run: int
    pages: int
    rows: int
    source: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Published:
    """The run that is true for the dealer, whole. One item; each publish, approval and undo grows `generation` by one.

    `shards[i]` is the run that wrote shard i of `n` (a power of two); `skipped` runs are read as if never written.
    `sheets` are the dealer's own, by entity. `recent` are the dates of this export and of those before it, oldest
    first. Where totals are not `totals_known` none was declared, or one could not be counted; `totals` says it by
    currency, where not all are alike. Run 0 is a new dealer's: no export yet, `as_at` None.
    """

    run: int = 0
    generation: int = 0
    n: int = 1
    shards: tuple[int, ...] = Field(default=(0,), validation_alias=AliasChoices("shards", "slices"))  # its old name
    skipped: Runs = frozenset()
    as_at: date | None = None
    received_at: datetime | None = None
    sequence: int = 0
    export_id: str | None = None
    totals_agree: bool = True
    sheets: Mapping[str, DealerSheet] = Field(default_factory=dict)
    totals_known: bool = True
    recent: tuple[date, ...] = ()
    totals: Mapping[str, TotalsState] = Field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.n < 1 or self.n & (self.n - 1) or len(self.shards) != self.n:
            raise ValueError(f"{self.n} is no power of two or there are {len(self.shards)} shards")

    def is_late(self, today: date) -> bool:
        """Whether a newer export should have come: the figures are a day older than they usually get."""
        return self.as_at is not None and today - self.as_at > usual_gap(self.recent) + GRACE

    def totals_in(self, currency: str) -> "TotalsState":
        """How the export's control totals came out in a currency."""
        whole: TotalsState = "agree" if self.totals_known else "unknown"
        return self.totals.get(currency, whole if self.totals_agree else "differ")

    def shows(self, run: int) -> bool:
        """Whether what `run` wrote is visible."""
        return run <= self.run and run not in self.skipped

    def followed_by(  # noqa: PLR0913 - all that an export says of itself
        self,
        run: int,
        *,
        shards: tuple[int, ...],
        as_at: date,
        received_at: datetime,
        sequence: int,
        export_id: str,
        totals_agree: bool,
        sheets: Mapping[str, DealerSheet] | None = None,
        totals: Mapping[str, TotalsState] | None = None,
    ) -> "Published":
        """The state after `run` is published or approved: the numbers in between become skipped.

        Raises ValueError unless `run` is above the published one.
        """
        if run <= self.run:
            raise ValueError(f"run {run} is not above the published run {self.run}")
        # Tested control: publish-skips-numbers-between
        return Published(
            run=run,
            generation=self.generation + 1,
            n=len(shards),
            shards=shards,
            skipped=self.skipped | frozenset(range(self.run + 1, run)),
            as_at=as_at,
            received_at=received_at,
            sequence=sequence,
            export_id=export_id,
            totals_agree=totals_agree,
            recent=tuple(sorted({*self.recent, as_at}))[-KEPT_DATES:],
            sheets=dict(sheets or {}),
            totals=dict(totals or {}),
        )

    def undone_to(self, replaced: "Published") -> "Published":
        """The state after this run is undone: what it `replaced`, at the next generation.

        Skipped stay those of now: some of the replaced state's may have been swept since.
        """
        skipped = frozenset(run for run in self.skipped if run < replaced.run)
        return replace(replaced, generation=self.generation + 1, skipped=skipped)

    def without_swept(self, runs: Iterable[int]) -> "Published":
        """The same truth once nothing of `runs` is left in the table. The generation stays: held runs stay good."""
        return replace(self, skipped=self.skipped - frozenset(runs))
