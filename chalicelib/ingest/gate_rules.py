"""Whether a checked export may become true: applied, held for the dealer, or refused. The worst file decides."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from chalicelib.ccx.codes import Code
from chalicelib.ccx.manifest import Manifest
from chalicelib.ccx.messages import Day, Message, Money, Param, Share
from chalicelib.ingest.counts import ControlTotal, FileCount
from chalicelib.kernel.clock import local_date

APPLY_SHARE = 1
"""Up to this percentage of rejected rows a file is applied."""
MIN_ROWS = 5
"""Up to this many rejected rows it is applied too, if they are under REFUSE_SHARE."""
REFUSE_SHARE = 10
"""From this percentage of rejected rows on a file is refused. In between, the export is held."""
GUARD_MIN_ITEMS = 50
"""Guards ignore files with no more items than this: in a small file every change is a large share."""
MAX_OTHER_OWNERS = 20
"""Numbers that a dealer's system gives to other customers between two exports. More look like a clean-up of names."""
ACCOUNTS_SHARE, OPEN_SHARE, ROWS_SHARE, TOTAL_SHARE = 20, 30, 50, 50


AHEAD = timedelta(days=2)
"""Figures may be true for the day after they are made, in any time zone, and for one more."""


class Decision(StrEnum):
    """What becomes of the run, the worst last."""

    PUBLISH = "publish"
    HOLD = "hold"
    REFUSE = "refuse"


class Delta(NamedTuple):
    """A number before this export and with it."""

    name: str
    before: int
    after: int


class TotalMove(NamedTuple):
    """The sum outstanding in a currency, minor units. `items` were open before; receipts account for `explained`."""

    currency: str
    items: int
    before: int
    after: int
    explained: int = 0


class Dates(NamedTuple):
    """The date of the figures; when the export was made or received, whichever is first; the date of those before."""

    as_at: date
    known: date
    before: date | None


def dates_of(manifest: Manifest, *, opened_at: datetime, before: date | None) -> Dates:
    """The dates of an export that is read at `opened_at`, over figures as at `before`."""
    known = min(local_date(moment, manifest.timezone) for moment in (manifest.generated_at, opened_at))
    return Dates(manifest.as_at, known, before)


@dataclass(frozen=True, slots=True)
class Guards:
    """What a full export would take away. `rows` are counts by file, `totals` sums outstanding by currency.

    `other_owners`: accounts that seem to be somebody else's now, whose users would be suspended. Open items settled by
    a receipt in the file or rolled forward do not count as removed.
    """

    accounts_before: int = 0
    accounts_removed: int = 0
    open_before: int = 0
    open_removed: int = 0
    dates: Dates | None = None
    other_owners: int = 0
    rows: tuple[Delta, ...] = ()
    totals: tuple[TotalMove, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision and all that speaks against publishing."""

    decision: Decision
    reasons: tuple[Message, ...] = ()


def verdict(
    files: Iterable[FileCount],
    *,
    guards: Guards,
    controls: Iterable[ControlTotal] = (),
    only_hold: Collection[str] = (),
) -> Verdict:
    """The decision over the whole export, from its counts alone. Files of `only_hold` entities never refuse it."""
    decisions = [Decision.PUBLISH]
    reasons = []
    for file in files:
        decision = decision_of(rows=file.rows, rejected=file.rejected, only_holds=file.entity in only_hold)
        decisions.append(decision)
        if decision is not Decision.PUBLISH:
            limit = APPLY_SHARE if decision is Decision.HOLD else REFUSE_SHARE
            reasons.append(
                _reason(
                    Code.G401_ERRORS,
                    rejected=file.rejected,
                    rows=file.rows,
                    file=file.path,
                    percent=Share(file.rejected, file.rows),
                    limit=limit,
                )
            )
    held = [*_control_reasons(controls), *_guard_reasons(guards)]
    if held:
        decisions.append(Decision.HOLD)
    return Verdict(max(decisions, key=list(Decision).index), (*reasons, *held))


def decision_of(*, rows: int, rejected: int, only_holds: bool = False) -> Decision:
    """One file by its rejected rows: up to 1 %, or up to 5 and under 10 %, is applied; from 10 % on it is refused.

    Rows that hang on others' leave figures as they are: a file of such `only_holds`, and up to 5 of them never do.
    """
    if rejected * 100 >= rows * REFUSE_SHARE and rejected and not only_holds:
        return Decision.REFUSE
    # Tested control: reject-thresholds
    if rejected * 100 <= rows * APPLY_SHARE or rejected <= MIN_ROWS:
        return Decision.PUBLISH
    return Decision.HOLD


def _control_reasons(controls: Iterable[ControlTotal]) -> Iterator[Message]:
    for control in controls:
        if control.contradicts:  # with a row of which the amount cannot be read, the file's thresholds decide
            yield _reason(
                Code.G406_CONTROL_TOTAL,
                column=control.column,
                file=control.file,
                counted=Money(control.counted or 0, control.currency),
                declared=Money(control.declared or 0, control.currency),
            )


def _date_reasons(dates: Dates) -> Iterator[Message]:
    """Every age and due date is counted from `as_at`, so a wrong one makes all of them wrong."""
    ahead = dates.as_at - dates.known
    if ahead > AHEAD:
        yield _reason(Code.G407_AS_AT_AHEAD, as_at=Day(dates.as_at.isoformat()), days=ahead.days)
    if dates.before is not None and dates.as_at < dates.before:
        yield _reason(Code.G408_AS_AT_BACK, as_at=Day(dates.as_at.isoformat()), before=Day(dates.before.isoformat()))


def _guard_reasons(guards: Guards) -> Iterator[Message]:
    if guards.dates:
        yield from _date_reasons(guards.dates)
    for code, removed, before, limit in (
        (Code.G402_ACCOUNTS, guards.accounts_removed, guards.accounts_before, ACCOUNTS_SHARE),
        (Code.G403_OPEN_ITEMS, guards.open_removed, guards.open_before, OPEN_SHARE),
    ):
        if before > GUARD_MIN_ITEMS and removed * 100 > before * limit:
            yield _reason(
                code,
                removed=removed,
                before=before,
                percent=Share(removed, before),
                limit=limit,
            )
    for file, before, after in guards.rows:
        if before > GUARD_MIN_ITEMS and (before - after) * 100 > before * ROWS_SHARE:
            yield _reason(Code.G404_FEWER_ROWS, file=file, before=before, after=after, limit=ROWS_SHARE)
    yield from _total_reasons(guards.totals)
    if guards.other_owners > MAX_OTHER_OWNERS:
        yield _reason(Code.G409_OTHER_OWNERS, changed=guards.other_owners, limit=MAX_OTHER_OWNERS)


def _total_reasons(totals: Iterable[TotalMove]) -> Iterator[Message]:
    for currency, items, before, after, explained in totals:
        if items > GUARD_MIN_ITEMS and abs(after - before - explained) * 100 > abs(before) * TOTAL_SHARE:
            yield _reason(
                Code.G405_TOTAL_MOVED,
                before=Money(before, currency),
                after=Money(after, currency),
                limit=TOTAL_SHARE,
            )


def _reason(code: Code, **params: Param) -> Message:
    return Message(code, params)
