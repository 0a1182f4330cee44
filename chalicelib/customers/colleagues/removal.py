"""The end of somebody's access to an account: on the dealer's side first, then at once on identity's."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.colleagues import repo as grants
from chalicelib.customers.colleagues.model import EVERYTHING, Grant, grant_of, person_key
from chalicelib.customers.colleagues.model import State as GrantState
from chalicelib.customers.enrolment import repo
from chalicelib.customers.enrolment.model import AccountUser, EndedAccess, State
from chalicelib.customers.enrolment.repo import EnrolmentChange
from chalicelib.identity.memberships import end_membership
from chalicelib.identity.model import MembershipKind
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, DealerScope, IdentityScope, ImportScope
from chalicelib.store.audit import BY_CUSTOMER, audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import CHANGED
from chalicelib.store.transactions import WriteItem

ENDED = "access_ended"


def end_access(
    scope: DealerScope | ImportScope | CustomerScope,
    *,
    ref: str,
    person_id: str,
    actor: str,
    seen: int | None = None,
    writes: Iterable[WriteItem] = (),
    now: datetime,
    ids: Ids,
) -> AccountUser:
    """Take this person's access to the account away. Without another user the account may be invited again.

    Their rights end with it, and so what their sessions reach. Callers notify the outbox at once, by which the
    membership and its sessions end. `writes` are made with it; `seen` is the version of the account's people where it
    is to be that. Raises NotFoundError for nobody who may log in for it, ConflictError where the enrolment or one of
    the account's people changes at the same moment: try again.
    """
    stored = grants.grants(scope, ref)
    users, before = repo.users(scope, ref), repo.enrolment(scope, ref)
    user = next((one for one in users if one.person_id == person_id), None)
    if user is None:
        raise NotFoundError
    by_customer = isinstance(scope, CustomerScope)
    detail = {"person": person_id, "email": user.email, **({"by": BY_CUSTOMER} if by_customer else {})}
    audit = audit_row(scope, ids=ids, now=now, actor=actor, event="access.ended", subject=ref, detail=detail)
    item = outbox_item(
        scope, kind=ENDED, payload={"account_ref": ref, "person_id": person_id, "email": user.email}, now=now, ids=ids
    )
    ended = repo.ended_access_record(
        scope,
        EndedAccess(user.email, now, f"{BY_CUSTOMER} {actor}" if by_customer else actor, user.era),
        ref=ref,
        ids=ids,
    )
    is_last = not any(one.era == user.era for one in users if one is not user)
    grant = _ended(grant_of(stored.by_key, user.person_id, user.invitation_id, user.era), user, stored, ended=item.sk)
    removing: list[WriteItem] = [
        grants.next_version(scope, ref=ref, seen=stored.version if seen is None else seen),
        grants.put_item(scope, grant, ref=ref),
        *writes,
    ]
    also = (audit, item, ended)
    if before and before.state is State.ACTIVE and before.era == user.era and is_last:
        change = EnrolmentChange(replace(before, state=State.CANCELLED), before, also)
        refused = repo.put_all(scope, [change], removing=[repo.removed_user(scope, user, ref=ref), *removing])
        if refused:
            raise ConflictError(CHANGED)
    else:
        repo.remove_user(scope, user, ref=ref, also=also, removing=removing)
    return user


def _ended(found: Grant | None, user: AccountUser, stored: grants.Grants, *, ended: str) -> Grant:
    """What their sessions find from now on, also of somebody who never had any."""
    key = person_key(user.person_id)
    before = stored.by_key.get(key)
    new = Grant(
        key,
        user.email,
        EVERYTHING,
        GrantState.ENDED,
        era=user.era,
        person_id=user.person_id,
        version=before.version if before else 0,
    )
    return replace(found or new, state=GrantState.ENDED, ended=ended)


def end_membership_of(scope: ImportScope, *, ref: str, person_id: str, before: str, now: datetime, ids: Ids) -> None:
    """The membership for the account, with its sessions, if its invitation is older than the ULID `before`."""
    end_membership(
        IdentityScope(),
        person_id=person_id,
        dealer_id=scope.dealer_id,
        kind=MembershipKind.CUSTOMER,
        subject_ref=ref,
        before=before,
        now=now,
        ids=ids,
    )
