"""Documents are opened: by a person of the account, or by somebody whom one was sent on to."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime

from chalicelib.kernel.errors import BusyError, ConflictError
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.ledger.row import Row, RowKey
from chalicelib.ledger.viewed import repo
from chalicelib.ledger.viewed.model import Viewer, is_noted, month_of

_TRIES = 3


def note_views(
    scope: CustomerScope, *, ref: str, rows: Iterable[Row], viewer: Viewer, today: date, now: datetime
) -> None:
    """Each counts once for each viewer, with the first time and the last. Staff who see as the customer are nobody.

    Callers ask first whether a person looks. The document is what they came for: a view that cannot be noted because
    others are written at the same moment is let go.
    """
    # Tested control: view-by-staff-counts-for-nothing
    if scope.is_read_only:
        return
    by_month: dict[str, list[RowKey]] = defaultdict(list)
    for row in rows:
        if is_noted(row, today=today):
            by_month[month_of(row.transaction_date)].append(row.key)
    for month, keys in by_month.items():
        _note(scope, ref, viewer, keys, month, now)


def _note(scope: CustomerScope, ref: str, viewer: Viewer, keys: list[RowKey], month: str, now: datetime) -> None:
    for _ in range(_TRIES):
        with suppress(ConflictError, BusyError):
            repo.note(scope, ref, viewer, keys, month=month, now=now)
            return
