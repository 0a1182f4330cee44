"""An account's number is used again for somebody else: from then on the account is in another era.

Nothing is moved. Rows of the ledger, people, memberships and links carry the era that they are of, and those of another
era than the account's count for nothing.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.customers.directory import queries as directory
from chalicelib.customers.enrolment import repo
from chalicelib.customers.enrolment.model import OPEN, Enrolment, State, owner_in_doubt
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.customers.portal_customers import repo as portal_customers
from chalicelib.customers.portal_customers.model import PortalCustomer
from chalicelib.dealers import queries as dealers
from chalicelib.identity.memberships import end_earlier_era
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope, IdentityScope, ImportScope
from chalicelib.store.audit import audit_row
from chalicelib.store.outbox import outbox_item

STARTED = "era_started"
DECIDED = lazy_gettext("Somebody else has decided this, or a newer export has. Open the account again.")


def start_era(scope: DealerScope | ImportScope, *, ref: str, era: str, reason: str, now: datetime, ids: Ids) -> bool:
    """Begin `era`, a ULID, in which the account is another customer's and nobody is invited yet.

    False where it has begun already, or a later one: nothing is written. The heads of its rows carry `era`; it does not
    matter whether they are published before or after. Callers notify the outbox at once, by which memberships,
    sessions, links and an open invitation from before end: it takes identity's role, which an import has not. Raises
    ConflictError where the enrolment changes at the same moment: try again.
    """
    before = repo.enrolment(scope, ref)
    if before and before.era >= era:
        return False
    actor = scope.person_id if isinstance(scope, DealerScope) else "import"
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
    _require_doubt(scope, ref, era)
    if not start_era(scope, ref=ref, era=era, reason="staff", now=now, ids=ids):
        raise ConflictError(DECIDED)


def confirm_same_customer(scope: DealerScope, *, ref: str, era: str, now: datetime, ids: Ids) -> None:
    """It is the same customer under another name: their access is as before. Raises ConflictError."""
    before = _require_doubt(scope, ref, era)
    new = before or Enrolment(ref, State.CANCELLED, "", ids.ulid(now), invited_by=scope.person_id, queued_at=now)
    detail = {"era": era}
    audit = audit_row(
        scope, ids=ids, now=now, actor=scope.person_id, event="account.same_customer", subject=ref, detail=detail
    )
    repo.put(scope, replace(new, dismissed_era=era), before=before, also=(audit,))


def _require_doubt(scope: DealerScope, ref: str, era: str) -> Enrolment | None:
    entry = directory.entry(scope, dealers.published(scope), ref)
    if entry is None:
        raise NotFoundError
    before = repo.enrolment(scope, ref)
    if entry.next_era != era or not owner_in_doubt(era, before):
        raise ConflictError(DECIDED)
    return before


def end_earlier_memberships(scope: ImportScope, *, ref: str, now: datetime, ids: Ids) -> None:
    """End the memberships of the account that are of an earlier era, with their sessions. Repeatable.

    Raises ConflictError where one of them changes at the same moment: try again.
    """
    era = current_era(scope, ref)
    for user in repo.users(scope, ref):
        if user.era < era:
            end_earlier_membership(scope, ref=ref, person_id=user.person_id, now=now, ids=ids)


def end_earlier_membership(scope: ImportScope, *, ref: str, person_id: str, now: datetime, ids: Ids) -> None:
    """The same for one person, also where their first log in came too late to be among the account's users."""
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
