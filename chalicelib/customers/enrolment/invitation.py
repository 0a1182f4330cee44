"""One invitation as it is written: the enrolment, its audit row, the outbox item that sends it, the end of its link."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.customers.enrolment.model import OPEN, Enrolment, State
from chalicelib.customers.enrolment.repo import EnrolmentChange
from chalicelib.customers.model import DirectoryEntry
from chalicelib.identity.invitations import cancel_invitation as cancel_link
from chalicelib.identity.model import FIRST_USER_ROLE, Membership, MembershipKind
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, TenantScope
from chalicelib.store.audit import audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record

INVITATION = "customer_invitation"


@dataclass(frozen=True, slots=True)
class Inviter:
    """Who invites: a person's id, and the email by which staff know them. `campaign`: the id of one that does it."""

    person_id: str
    email: str
    campaign: str = ""


def invitation_change(
    scope: TenantScope, entry: DirectoryEntry, before: Enrolment | None, *, inviter: Inviter, now: datetime, ids: Ids
) -> EnrolmentChange:
    """A queued invitation, with its audit row and the outbox item that sends it.

    The first of an account goes to the customer who has its number now: where it seems to have been another customer's
    before, the new era begins with it.
    """
    new = Enrolment(
        ref=entry.ref,
        state=State.QUEUED,
        email=entry.email or "",
        invitation_id=ids.ulid(now),
        invited_by=inviter.email,
        queued_at=now,
        # Tested control: first-invitation-begins-era
        era=before.era if before else entry.next_era,
        dismissed_era=before.dismissed_era if before else "",
        repeats=before.repeats_on(now) + 1 if before else 0,
        campaign=inviter.campaign,
    )
    also = _audit_and_outbox(scope, entry, new, before, actor=inviter.person_id, now=now, ids=ids)
    return EnrolmentChange(new, before, also)


def _audit_and_outbox(
    scope: TenantScope,
    entry: DirectoryEntry,
    new: Enrolment,
    before: Enrolment | None,
    *,
    actor: str,
    now: datetime,
    ids: Ids,
) -> tuple[Record, ...]:
    open_before = before if before and before.state in OPEN else None
    # A link to the same email ends when the next is made; one to another has to be ended.
    moved = open_before if open_before and open_before.email != new.email else None
    payload = {
        "account_ref": entry.ref,
        "account_name": entry.name,
        "email": new.email,
        "invitation_id": new.invitation_id,
        **({"replaces": {"email": moved.email, "invitation_id": moved.invitation_id}} if moved else {}),
    }
    audit = audit_row(
        scope,
        ids=ids,
        now=now,
        actor=actor,
        event="invitation.queued",
        subject=entry.ref,
        detail={
            "email": new.email,
            **({"era": new.era} if new.era else {}),
            **({"again": "yes"} if open_before else {}),
            **({"campaign": new.campaign} if new.campaign else {}),
        },
    )
    # Nobody waits for the mails of a campaign, and hundreds of them would keep others waiting.
    return audit, outbox_item(scope, kind=INVITATION, payload=payload, now=now, ids=ids, bulk=bool(new.campaign))


def end_link(scope: TenantScope, *, ref: str, email: str, invitation_id: str, now: datetime, ids: Ids) -> None:
    """From here on the link of that invitation opens nothing, nor will one be made for it."""
    offered = Membership(scope.dealer_id, MembershipKind.CUSTOMER, ref, role=FIRST_USER_ROLE)
    cancel_link(IdentityScope(), email=email, membership=offered, invitation_id=invitation_id, now=now, ids=ids)
