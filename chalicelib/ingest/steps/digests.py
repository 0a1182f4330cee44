"""Which accounts an export leaves as they are: known by a digest for each file, without reading a cell."""

from collections.abc import Collection, Mapping, Sequence

from chalicelib.ccx.digest import account_digest, record_number
from chalicelib.customers.model import DirectoryEntry, FileDigest
from chalicelib.ingest.checks.row_collector import Counted
from chalicelib.ingest.steps.part_format import CONTENT, LETTERS, Line, record_of

READ_AGAIN = "!"
"""Before a digest: the account had findings, so it is read again even if nothing has changed."""
KEPT_WHEN_ABSENT = frozenset({"documents", "invoice_lines"})
"""Files that only ever add: an account they do not name is as it was."""
WHOLE_SETS = frozenset({"invoice_lines"})
"""Files whose rows are taken in sets: those of a set left out were not taken, though they come again unchanged."""
Marks = Mapping[str, Sequence[Line]]


def digests_of(marks: Marks, headers: Mapping[str, str]) -> dict[str, str]:
    """A digest for each file that names the account. That of its documents knows their content too."""
    content = {"documents": marks.get(CONTENT, ())}
    return {
        entity: account_digest(
            header, sum(record_number(record_of(line).encode()) for line in (*lines, *content.get(entity, ())))
        )
        for entity, header in headers.items()
        if (lines := marks.get(LETTERS[entity]))
    }


def is_unchanged(old: DirectoryEntry, digests: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    """Whether the export says of this account what the last one did."""
    for entity in headers:
        now, before = digests.get(entity), old.digests.get(entity)
        if now is None:
            if before is not None and before.rows and entity not in KEPT_WHEN_ABSENT and not old.archived:
                return False
        elif before is None or before.digest != now:
            return False
    return not (old.archived and digests)


def same_as_before(old: DirectoryEntry | None, entity: str, digests: Mapping[str, str]) -> bool:
    """Whether this file's records are those of the last time, be they good or bad."""
    before = old.digests.get(entity) if old else None
    now = digests.get(entity)
    return now is None or (before is not None and before.digest.removeprefix(READ_AGAIN) == now)


def new_digests(
    old: DirectoryEntry | None,
    digests: Mapping[str, str],
    counts: Mapping[str, Counted],
    *,
    clean: bool,
    doubtful: Collection[str],
    open_rows: int = 0,
) -> dict[str, FileDigest]:
    """What to remember. In `doubtful` files absence says nothing yet, so they are read again.

    `open_rows` were there before: an export that says nothing of them must not make them forgotten.
    """
    out = dict(old.digests) if old else {}
    if open_rows and "transactions" in doubtful:
        out.setdefault("transactions", FileDigest("", open_rows))
    for entity in (*digests, *(entity for entity in out if entity not in digests)):
        if entity in digests:
            counted = counts[entity]
            main, second = ("balance", "") if entity == "customers" else ("total_amount", "outstanding_amount")
            sums = {column: amount for (column, _), amount in counted.totals.items()}
            mark = "" if clean and entity not in doubtful else READ_AGAIN
            left_out = entity in WHOLE_SETS and (counted.rejected or entity in doubtful)
            known = "" if left_out else digests[entity]
            out[entity] = FileDigest(mark + known, counted.rows, sums.get(main, 0), sums.get(second, 0))
        elif entity in KEPT_WHEN_ABSENT:
            continue
        elif entity in doubtful:
            out[entity] = out[entity]._replace(digest="")
        else:
            out[entity] = FileDigest("", 0)
    return out
