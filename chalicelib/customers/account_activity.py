"""What happened on a customer's own account, out of the dealer's audit trail."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.kernel.ids import is_ulid, moment_of
from chalicelib.kernel.keys import is_portal_customer
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.store import audit
from chalicelib.store.audit import AuditEntry, AuditFilter

MAX_READ = 10_000
"""Rows of the dealer's trail that are read for one account: most dealers' of the time shown."""
_ERA_STARTED = "account.era_started"


class AccountActivity(NamedTuple):
    """Newest first; `complete_since` is how far back nothing is missing."""

    entries: list[AuditEntry]
    complete_since: datetime


def account_activity(
    scope: CustomerScope,
    *,
    events: Collection[str],
    since: datetime,
    before: datetime | None = None,
    now: datetime,
    limit: int,
) -> AccountActivity:
    """Rows of these events about the current account, and about the portal customer that they are, since then.

    With `before`, only what came before it: at most `limit` of each of the two.

    Of an account whose number was another customer's, only what was done in its present era. Each account costs
    MAX_READ at most, and twice that where it is in a later era.
    """
    found: list[AuditEntry] = []
    complete_since = since
    for ref in own_refs(scope):
        era_began, known_since = _era_began(scope, ref, since=since, now=now)
        # Tested control: own-era-of-trail
        first = max(known_since, era_began + timedelta(milliseconds=1)) if era_began else known_since
        wanted = AuditFilter(events=events, subjects=(ref,), first=first, end=before)
        page = audit.find(scope, wanted=wanted, now=now, limit=limit, max_read=MAX_READ)
        found += [entry for entry in page.entries if era_began is None or _is_of_era(entry, era_began)]
        complete_since = max(complete_since, known_since, audit.reached(page.next) if page.next else since)
    return AccountActivity(sorted(found, key=lambda entry: entry.at, reverse=True), complete_since)


def own_refs(scope: CustomerScope) -> list[str]:
    """The current account and the portal customer that they are; not the other accounts of a group."""
    current = {scope.ledger_ref} & scope.account_refs
    return sorted(ref for ref in scope.account_refs if ref in current or is_portal_customer(ref))


def _era_began(scope: CustomerScope, ref: str, *, since: datetime, now: datetime) -> tuple[datetime | None, datetime]:
    """When the account's present era began, if that was after `since`, and from when on this is certain.

    The era's own id is of the export that suggested it; the customer changed when somebody decided so.
    """
    if not scope.eras.get(ref):
        return None, since
    wanted = AuditFilter(events=(_ERA_STARTED,), subjects=(ref,), first=since)
    page = audit.find(scope, wanted=wanted, now=now, limit=1, max_read=MAX_READ)
    if page.entries:
        return page.entries[0].at, since
    return None, audit.reached(page.next) if page.next else since


def _is_of_era(entry: AuditEntry, began: datetime) -> bool:
    """Whether what it is about came later, too: a file of the earlier customer may have been checked since."""
    ids = [str(entry.detail[name]) for name in ("file", "request") if name in entry.detail]
    return all(is_ulid(one) and moment_of(one) > began for one in ids)
