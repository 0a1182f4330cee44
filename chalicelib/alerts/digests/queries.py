"""Reads of what is new for somebody."""

from chalicelib.alerts.digests import repo
from chalicelib.alerts.digests.model import LOOKED_BACK, NewRow
from chalicelib.kernel.scopes import ImportScope


def refs_with_news(scope: ImportScope, run: int) -> list[str]:
    """The accounts to which the run has brought something, in order."""
    return sorted({row.ref for row in repo.new_rows(scope, run)})


def news(scope: ImportScope, run: int, ref: str, *, before: int, person_id: str) -> list[NewRow]:
    """What the run has brought the account, without what the person was told of with runs that were undone since.

    `before` is the run that it replaced: those in between are not to be seen any more. Their events are kept until they
    are swept, a week later: what is imported again by then is not told twice.
    """
    told: set[NewRow] = set()
    for earlier in range(max(before + 1, run - LOOKED_BACK), run):
        if repo.was_told(scope, earlier, person_id):
            told.update(repo.new_rows(scope, earlier, ref=ref))
    return [row for row in repo.new_rows(scope, run, ref=ref) if row not in told]
