"""A model of the import's commit, small enough for thousands of histories, with all that hangs on a run's number.

The store holds items under (what, run): heads, which name pages of their own run or of earlier ones that they keep;
marks that a run leaves on overlays of rows; sheets of the dealer, named by PUBLISHED. A run may be staged twice, late,
or by a worker that was given up; the sweeper deletes what nobody can read. A `Mutation` breaks one rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ACCOUNTS = ("a", "b")
YEARS = (2023, 2024)
FINAL, SWEEPABLE = 6, 7
"""Days for which a run may be undone or read on, and after which it is swept."""


class Mutation(StrEnum):
    """A rule taken out."""

    NUMBERS_NOT_SKIPPED = "numbers between two published runs are not skipped"
    PAST_GENERATION = "a run of a past generation is published"
    ENDED_RUN_WRITES = "a run that has ended goes on writing"
    FORGOTTEN_UNSWEPT = "a number leaves skipped before its heads are deleted"
    UNDO_ANY_TIME = "undo is possible however long ago the run was published"
    KEPT_PAGE_SWEPT = "the sweeper deletes a page that a living head names"
    KEPT_OF_SKIPPED = "a head names a page of a skipped run"
    MARK_LEFT = "a number leaves skipped before its marks are deleted"
    NAMED_SHEET_SWEPT = "the sweeper deletes a dealer sheet that PUBLISHED or an undoable run names"
    SHEETS_NOT_LISTED = "a run does not list the dealer sheets that it wrote"


Export = Mapping[str, Mapping[int, int]]
"""For each account what its rows of a year come to."""


@dataclass(frozen=True)
class Published:
    """What readers go by. `sheet` is the run that wrote the dealer's sheet."""

    run: int = 0
    generation: int = 0
    skipped: frozenset[int] = frozenset()
    sheet: int = 0

    def shows(self, run: int) -> bool:
        return run <= self.run and run not in self.skipped


@dataclass
class Run:
    """`heads` has for each account that it changes the years' pages: the run that wrote each."""

    number: int
    base: Published
    export: Export
    sheet: int
    heads: dict[str, dict[int, int]]
    before: dict[str, int]
    listed: bool = True
    state: str = "staging"
    ended: int = 0
    swept: bool = False


@dataclass
class Model:
    """The store and the clock, in days."""

    mutation: Mutation | None = None
    today: int = 0
    published: Published = Published()
    runs: dict[int, Run] = field(default_factory=dict)
    heads: dict[tuple[str, int], dict[int, int]] = field(default_factory=dict)
    pages: dict[tuple[str, int, int], int] = field(default_factory=dict)
    marks: set[tuple[str, int]] = field(default_factory=set)
    sheets: dict[int, int] = field(default_factory=lambda: {0: 0})

    def breaks(self, mutation: Mutation) -> bool:
        return self.mutation is mutation

    def in_state(self, *states: str) -> list[Run]:
        return [run for run in self.runs.values() if run.state in states]

    def head_run(self, account: str, at: Published) -> int:
        """The run of the account's newest head that is visible. 0: there is none."""
        return max((run for ref, run in self.heads if ref == account and at.shows(run)), default=0)

    def open(self, export: Export, sheet: int) -> None:
        """Only the accounts, years and sheets that differ from what is published are written."""
        number, base = len(self.runs) + 1, self.published
        now = {account: self.truth(base.run).get(account) for account in ACCOUNTS}
        changed = {account: rows for account, rows in export.items() if rows != now[account]}
        run = Run(number, base, export, sheet, {}, {account: self.head_run(account, base) for account in changed})
        for account, rows in changed.items():
            run.heads[account] = {year: self._page(account, year, rows[year], run) for year in rows}
        run.listed = not self.breaks(Mutation.SHEETS_NOT_LISTED)
        self.runs[number] = run

    def _page(self, account: str, year: int, amount: int, run: Run) -> int:
        """The run that wrote the page to be named: an earlier one if what it holds is the same."""
        if self.breaks(Mutation.KEPT_OF_SKIPPED):
            same = [of for (ref, y, of), held in self.pages.items() if (ref, y, held) == (account, year, amount)]
            return max(same, default=run.number)
        old = self.heads.get((account, run.before[account]), {}).get(year, 0)
        return old if old and self.pages.get((account, year, old)) == amount else run.number

    def truth(self, number: int) -> Export:
        return self.runs[number].export if number else {}

    def stage(self, run: Run, accounts: Iterable[str]) -> None:
        """A worker reads that the run is staging, and writes: the same whenever it is repeated."""
        if run.state != "staging" and not self.breaks(Mutation.ENDED_RUN_WRITES):
            return
        for account in accounts:
            for year, of in run.heads[account].items():
                if of == run.number:
                    self.pages[account, year, of] = run.export[account][year]
            self.heads[account, run.number] = dict(run.heads[account])
        if self._writes_sheet(run):
            self.sheets[run.number] = run.sheet

    def _writes_sheet(self, run: Run) -> bool:
        return self.sheets.get(run.base.sheet) != run.sheet

    def end(self, run: Run, state: str) -> None:
        run.state, run.ended = state, self.today

    def publish(self, run: Run) -> None:
        """One transaction. Afterwards overlays are marked with the run that has seen them."""
        now = self.published
        if run.base.generation != now.generation and not self.breaks(Mutation.PAST_GENERATION):
            self.end(run, "refused")
            return
        if run.number <= now.run:
            return
        between = range(now.run + 1, run.number)
        skipped = now.skipped if self.breaks(Mutation.NUMBERS_NOT_SKIPPED) else now.skipped | frozenset(between)
        sheet = run.number if run.number in self.sheets else run.base.sheet
        self.published = Published(run.number, now.generation + 1, skipped, sheet)
        self.end(run, "published")
        self.marks |= {(account, run.number) for account in run.heads}

    def may_undo(self) -> bool:
        run = self.runs.get(self.published.run)
        return run is not None and (self.today - run.ended < FINAL or self.breaks(Mutation.UNDO_ANY_TIME))

    def undo(self) -> None:
        run, now = self.runs[self.published.run], self.published
        skipped = frozenset(number for number in now.skipped if number < run.base.run)
        self.published = Published(run.base.run, now.generation + 1, skipped, run.base.sheet)
        self.end(run, "undone")

    def sweep(self) -> None:
        """Oldest first, what ended a week ago; then numbers of which nothing is left are no longer skipped."""
        for run in self.runs.values():
            if run.swept or run.state in {"staging", "held"} or self.today - run.ended < SWEEPABLE:
                continue
            if run.state != "published":
                self._delete_written(run)
            elif self.published.shows(run.number):
                self._delete_superseded(run)
            else:
                continue
            run.swept = True
        gone = {run.number for run in self.in_state("refused", "failed", "undone") if run.swept}
        if self.breaks(Mutation.FORGOTTEN_UNSWEPT):
            gone = {run.number for run in self.in_state("refused", "failed", "undone")}
        now = self.published
        kept = now.skipped - {number for number in gone if not now.shows(number)}
        self.published = Published(now.run, now.generation, kept, now.sheet)

    def _delete_written(self, run: Run) -> None:
        """All that ends in the number of a run that nobody will read: heads, pages, marks, sheets."""
        for account in run.heads:
            self.heads.pop((account, run.number), None)
            for year in YEARS:
                self.pages.pop((account, year, run.number), None)
        if not self.breaks(Mutation.MARK_LEFT):
            self.marks = {mark for mark in self.marks if mark[1] != run.number}
        if run.listed:
            self.sheets.pop(run.number, None)

    def _delete_superseded(self, run: Run) -> None:
        """What the heads and the sheet that it replaced name and its own do not."""
        for account, old in run.before.items():
            was, now = self.heads.pop((account, old), {}), self.heads.get((account, run.number), {})
            for year, of in was.items():
                if now.get(year) != of or self.breaks(Mutation.KEPT_PAGE_SWEPT):
                    self.pages.pop((account, year, of), None)
        for sheet in list(self.sheets):
            if sheet < run.number and (sheet not in self._named_sheets() or self.breaks(Mutation.NAMED_SHEET_SWEPT)):
                self.sheets.pop(sheet)

    def _named_sheets(self) -> set[int]:
        """Those of what is published and of each run that it may still be undone to."""
        undoable = (r.base.sheet for r in self.in_state("published", "held", "staging") if not r.swept)
        return {self.published.sheet, *undoable}

    def check(self) -> None:
        """What readers see is one whole export, with marks of runs that are visible, and nothing dead is left over."""
        truth, now = self.truth(self.published.run), self.published
        for account in ACCOUNTS:
            assert self._read(account) == truth.get(account), "a reader sees one whole export"
        assert self.sheets.get(now.sheet) == (self.runs[now.run].sheet if now.run else 0), "the sheet is that export's"
        true_marks = {(ref, r.number) for r in self.in_state("published") for ref in r.heads if now.shows(r.number)}
        assert {mark for mark in self.marks if now.shows(mark[1])} <= true_marks, "a mark of a dead run counts"
        swept = {run.number for run in self.in_state("refused", "failed", "undone") if run.swept}
        left = {run for _, run in self.heads} | {run for *_, run in self.pages} | self.sheets.keys()
        assert not swept & left, "of a swept run nothing is left"

    def _read(self, account: str) -> Mapping[int, int] | None:
        run = self.head_run(account, self.published)
        if not run:
            return None
        return {year: self.pages.get((account, year, of), -1) for year, of in self.heads[account, run].items()}
