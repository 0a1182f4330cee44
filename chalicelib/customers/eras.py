"""An account's number is used again for somebody else: from then on the account is in another era.

Nothing is moved. Rows of the ledger, people, memberships and links carry the era that they are of, and those of another
era than the account's count for nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.directory import queries as directory
from chalicelib.customers.enrolment import repo
from chalicelib.customers.enrolment.model import OPEN, Enrolment, State, asks_whose, owner_in_doubt
from chalicelib.customers.enrolment.queries import current_era, enrolments
from chalicelib.customers.enrolment.repo import EnrolmentChange
from chalicelib.customers.model import DirectoryEntry
from chalicelib.customers.portal_customers import repo as portal_customers
from chalicelib.customers.portal_customers.model import PortalCustomer
from chalicelib.dealers import queries as dealers
from chalicelib.identity.memberships import end_earlier_era
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids, first_ulid
from chalicelib.kernel.scopes import DealerScope, IdentityScope, ImportScope, TenantScope
from chalicelib.store.audit import IMPORT, audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import CHANGED, Record

STARTED = "era_started"
SAME_CUSTOMERS = "same_customers"
AT_ONCE = 500
"""Accounts that one outbox item decides on, unless a decision would then need more than MAX_ITEMS of them."""
MAX_ITEMS = 50
"""Outbox items of one decision. They share a transaction, so with more accounts each item takes more."""
_TIME = 10
"""Characters of a ULID that stand for its time. All eras that one export suggests have its time."""
DECIDED = lazy_gettext("Somebody else has decided this, or a newer export has. Open the account again.")


def start_era(scope: DealerScope | ImportScope, *, ref: str, era: str, reason: str, now: datetime, ids: Ids) -> bool:
    """Begin `era`, a ULID, in which the account is another customer's and nobody is invited yet.

    False where it has begun already, or a later one: nothing is written. The heads of its rows carry `era`; it does not
    matter whether they are published before or after. Callers notify the outbox at once: its item ends earlier
    memberships, sessions, links and an open invitation, which takes identity's role; an import does not have it. Raises
    ConflictError where the enrolment changes at the same moment: try again.
    """
    before = repo.enrolment(scope, ref)
    if before and before.era >= era:
        return False
    actor = scope.person_id if isinstance(scope, DealerScope) else IMPORT
    # No invitation has the era's own id, so whatever was begun on `before` is refused.
    new = Enrolment(ref, State.CANCELLED, "", invitation_id=era, invited_by=actor, queued_at=now, era=era)
    detail = {"reason": reason, "era": era, "before": before.era if before else ""}
    audit = audit_row(scope, ids=ids, now=now, actor=actor, event="account.era_started", subject=ref, detail=detail)
    payload = {"account_ref": ref, "invitation": _open_invitation(before)}
    item = outbox_item(scope, kind=STARTED, payload=payload, now=now, ids=ids)
    repo.put(scope, new, before=before, also=(audit, item))
    return True


def confirm_somebody_else(scope: DealerScope, *, ref: str, era: str, now: datetime, ids: Ids) -> None:
    """The account is another customer's since the export that suggested `era`, which begins. Raises ConflictError."""
    _enrolment_to_decide(scope, ref, era)
    if not start_era(scope, ref=ref, era=era, reason="staff", now=now, ids=ids):
        raise ConflictError(DECIDED)


def confirm_same_customer(scope: DealerScope, *, ref: str, era: str, now: datetime, ids: Ids) -> None:
    """It is the same customer under another name: their access is as before. Raises ConflictError."""
    before = _enrolment_to_decide(scope, ref, era)
    change = _same_customer(scope, before, ref=ref, era=era, actor=scope.person_id, now=now, ids=ids)
    repo.put(scope, change.new, before=before, also=change.also)


def _same_customer(
    scope: TenantScope, before: Enrolment | None, *, ref: str, era: str, actor: str, now: datetime, ids: Ids
) -> EnrolmentChange:
    new = before or Enrolment(ref, State.CANCELLED, "", ids.ulid(now), invited_by=actor, queued_at=now)
    audit = audit_row(
        scope, ids=ids, now=now, actor=actor, event="account.same_customer", subject=ref, detail={"era": era}
    )
    return EnrolmentChange(replace(new, dismissed_era=era), before, (audit,))


def undecided(scope: TenantScope, *, suggested_at: datetime) -> list[DirectoryEntry]:
    """Accounts that seem to be somebody else's by the export opened at `suggested_at`, and nobody has decided on.

    Staff are asked about some of them only: see `asked`.
    """
    return undecided_of(scope, directory.read(scope, dealers.published(scope)).entries, suggested_at=suggested_at)


def undecided_of(
    scope: TenantScope, entries: Iterable[DirectoryEntry], *, suggested_at: datetime
) -> list[DirectoryEntry]:
    """The same of `entries`, also those of an export that is not published."""
    time, known = _time_of(suggested_at), enrolments(scope)
    return [
        entry
        for entry in entries
        if entry.next_era.startswith(time) and owner_in_doubt(entry.next_era, known.get(entry.ref))
    ]


def asked(scope: TenantScope, entries: list[DirectoryEntry]) -> list[DirectoryEntry]:
    """Those of which staff have to say whose they are: their users are suspended until then."""
    if not entries:
        return []
    known, linked = enrolments(scope), portal_customers.linked_accounts(scope)
    return [
        entry for entry in entries if asks_whose(entry.next_era, known.get(entry.ref), is_linked=entry.ref in linked)
    ]


def same_customers_items(
    scope: DealerScope | ImportScope, *, suggested_at: datetime, accounts: int, actor: str, now: datetime, ids: Ids
) -> list[Record]:
    """For the transaction of the decision that all `accounts` of that export are the same customers as before."""
    share = min(MAX_ITEMS, -(-accounts // AT_ONCE) or 1)
    payloads = ({"time": _time_of(suggested_at), "index": index, "of": share, "actor": actor} for index in range(share))
    return [outbox_item(scope, kind=SAME_CUSTOMERS, payload=one, now=now, ids=ids) for one in payloads]


def confirm_same_customers(
    scope: ImportScope, *, time: str, index: int, of: int, actor: str, now: datetime, ids_of: Callable[[str], Ids]
) -> int:
    """Carry out a share of such a decision; how many accounts. Repeatable: what is decided already is left.

    Raises ConflictError where an enrolment changes at the same moment: try again.
    """
    entries = directory.read(scope, dealers.published(scope, fresh=True)).entries
    eras = {
        entry.ref: entry.next_era
        for entry in entries
        if entry.next_era.startswith(time) and directory.shard_of(entry.ref, of) == index
    }
    before = repo.enrolments_of(scope, eras)
    changes = [
        _same_customer(scope, before.get(ref), ref=ref, era=era, actor=actor, now=now, ids=ids_of(ref))
        for ref, era in eras.items()
        if owner_in_doubt(era, before.get(ref))
    ]
    if repo.put_all(scope, changes):
        raise ConflictError(CHANGED)
    return len(changes)


def _time_of(moment: datetime) -> str:
    return first_ulid(moment)[:_TIME]


def _enrolment_to_decide(scope: DealerScope, ref: str, era: str) -> Enrolment | None:
    entry = directory.entry(scope, dealers.published(scope), ref)
    if entry is None:
        raise NotFoundError
    before = repo.enrolment(scope, ref)
    if entry.next_era != era or not owner_in_doubt(era, before):
        raise ConflictError(DECIDED)
    return before


def end_earlier_memberships(scope: ImportScope, *, ref: str, now: datetime, ids: Ids) -> list[str]:
    """End the memberships of the account that are of an earlier era, with their sessions; whose. Repeatable.

    Raises ConflictError where one of them changes at the same moment: try again.
    """
    era = current_era(scope, ref)
    people = [user.person_id for user in repo.users(scope, ref) if user.era < era]
    for person_id in people:
        end_earlier_membership(scope, ref=ref, person_id=person_id, now=now, ids=ids)
    return people


def end_earlier_membership(scope: ImportScope, *, ref: str, person_id: str, now: datetime, ids: Ids) -> None:
    """The same for one person, also where their first login came too late to be among the account's users."""
    end_earlier_era(
        IdentityScope(),
        person_id=person_id,
        dealer_id=scope.dealer_id,
        account_ref=ref,
        era=current_era(scope, ref),
        now=now,
        ids=ids,
    )


def earlier_links(scope: ImportScope, ref: str) -> list[PortalCustomer]:
    """Portal customers that were linked to the account in an earlier era."""
    era = current_era(scope, ref)
    return [one for one in portal_customers.linked_to(scope, ref) if one.account_era < era]


def _open_invitation(before: Enrolment | None) -> dict[str, str] | None:
    if before is None or before.state not in OPEN:
        return None
    return {"email": before.email, "invitation_id": before.invitation_id}
