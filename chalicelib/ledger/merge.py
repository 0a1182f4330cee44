"""What an export's rows make of the rows that are there: full files, and the meaning of absence. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.ccx.entity import Key
from chalicelib.ledger.row import Row, newest_first

_CREDITS = frozenset({"payment", "credit_note", "discount", "journal", "refund"})


@dataclass(frozen=True, slots=True)
class Merged:
    """All rows of the account, newest first, and how they came to be.

    `settled` were open and are not in the export; `without_receipt` are those of them that no receipt in it covers.
    `explained` is that part of the move of the sum outstanding (minor units, negative where it falls) that new receipts
    account for, or a balance brought forward.
    """

    rows: list[Row]
    new: tuple[Key, ...] = ()
    changed: int = 0
    unchanged: int = 0
    settled: int = 0
    without_receipt: int = 0
    explained: int = 0


def key_of(row: Row) -> Key:
    """What identifies a row within its account."""
    return row.type, row.transaction_id


def merge(
    before: Sequence[Row], fresh: Sequence[Row], *, rejected: Collection[Key], complete: bool, as_at: date
) -> Merged:
    """Put the accepted rows over those that are there. If they are `complete`, an absent open row counts as settled."""
    known = {key_of(row): row for row in before}
    rows, new, changed = [], [], 0
    for row in fresh:
        old = known.pop(key_of(row), None)
        made = _dated(row, old, as_at)
        rows.append(made)
        if old is None:
            new.append(key_of(row))
        elif _exported_fields(made) != _exported_fields(old):
            changed += 1
    settled = []
    for key, old in known.items():
        # Tested control: rejected-row-keeps-value
        if key in rejected:
            rows.append(old._replace(stale=True))
        elif complete and old.outstanding:
            settled.append(old)
            rows.append(_settled(old, as_at))
        else:
            rows.append(old)
    rows.sort(key=newest_first, reverse=True)
    came = set(new)
    new_rows = [row for row in fresh if key_of(row) in came]
    moved = sum(row.outstanding for row in rows) - sum(row.outstanding for row in before)
    return Merged(
        rows,
        tuple(new),
        changed,
        len(fresh) - len(new) - changed,
        len(settled),
        _without_receipt(settled, new_rows) if settled else 0,
        _explained(moved, new_rows),
    )


def freeze(before: Sequence[Row], rejected: Collection[Key]) -> Merged:
    """The rows as they were; those that the export holds but that were rejected are marked stale."""
    rows = [row._replace(stale=True) if key_of(row) in rejected else row for row in before]
    return Merged(rows)


def _dated(row: Row, old: Row | None, as_at: date) -> Row:
    """A row that was open and is settled without a date has been so, as far as we know, since it was first seen so.

    Of one that was never seen open nobody knows.
    """
    if row.outstanding or row.settled_date:
        return row
    if old is None:
        return row._replace(settled_inferred=True)
    if old.outstanding:
        return row._replace(settled_date=as_at.isoformat(), settled_inferred=True)
    return row._replace(settled_date=old.settled_date, settled_inferred=old.settled_inferred)


def _settled(row: Row, as_at: date) -> Row:
    return row._replace(
        outstanding=0,
        settled_date=as_at.isoformat(),
        settled_reason=None,
        settled_inferred=True,
        stale=False,
        vanished=True,
    )


def _exported_fields(row: Row) -> Row:
    """The row as the export has it, without what only we know."""
    return row._replace(document=None, lines=None, stale=False, settled_inferred=False, vanished=False)


def _without_receipt(settled: Sequence[Row], new: Sequence[Row]) -> int:
    """How many absent items no new receipt covers, and none where they were rolled forward into one row."""
    if any(row.type == "brought_forward" for row in new):
        return 0
    cover = sum(abs(row.total) for row in new if row.type in _CREDITS)
    left = 0
    for row in sorted(settled, key=lambda row: abs(row.outstanding)):
        cover -= abs(row.outstanding)
        left += cover < 0
    return left


def _explained(moved: int, new: Sequence[Row]) -> int:
    """Receipts, credits and discounts lower what is outstanding; bounced and paid out money raises it."""
    if moved < 0:
        if any(row.type == "brought_forward" for row in new):
            return moved
        return max(moved, sum(row.total for row in new if row.type in _CREDITS and row.total < 0))
    return min(moved, sum(row.total for row in new if row.type in _CREDITS and row.total > 0))


def with_references(
    rows: Sequence[Row], *, documents: Mapping[str, int], lines: Mapping[Key, list[int]], before: Sequence[Row]
) -> list[Row]:
    """Rows with their document's run and their lines' place. `documents` maps the ids the account has to their runs."""
    old = {key_of(row): row.lines for row in before if row.lines}
    out = []
    for row in rows:
        run = documents.get(row.document_id) if row.document_id else None
        document: list[str | int] | None = None if run is None or row.document_id is None else [row.document_id, run]
        place = lines.get(key_of(row)) or old.get(key_of(row))
        if row.document != document or row.lines != place:
            row = row._replace(document=document, lines=place)  # noqa: PLW2901 - the same row, completed
        out.append(row)
    return out
