"""What staff and operators do with invitations. Each account's change is one transaction, and safe to repeat."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.customers.directory import queries as directory
from chalicelib.customers.enrolment import queries, repo
from chalicelib.customers.enrolment.daily_limits import count_invitations, give_back
from chalicelib.customers.enrolment.invitation import Inviter, end_link, invitation_change
from chalicelib.customers.enrolment.model import (
    OPEN,
    Enrolment,
    EnrolmentSummary,
    State,
    asks_whose,
    ineligibility_reason,
    owner_in_doubt,
)
from chalicelib.customers.enrolment.queries import Enrolments
from chalicelib.customers.enrolment.repo import EnrolmentChange
from chalicelib.customers.model import DirectoryEntry
from chalicelib.customers.portal_customers import queries as portal_customers
from chalicelib.customers.portal_customers import repo as links
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer
from chalicelib.identity.invitation_limits import too_many
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import is_portal_customer
from chalicelib.kernel.scopes import DealerScope, ImportScope, TenantScope
from chalicelib.store.audit import audit_row
from chalicelib.store.backoff import attempts
from chalicelib.store.record import CHANGED

IN_DOUBT = lazy_gettext("It seems to belong to somebody else now. Open the account and confirm whose it is.")


@dataclass(frozen=True, slots=True)
class InviteResult:
    """The references invited now, and for each other one the reason in plain words.

    `postponed` are those that a day's number left no room for, where a part was asked for.
    """

    invited: tuple[str, ...]
    refused: Mapping[str, LazyText]
    postponed: tuple[str, ...] = ()


def invite_customers(
    scope: DealerScope, *, dealer: Dealer, refs: Iterable[str], invited_by: str, now: datetime, ids: Ids
) -> InviteResult:
    """Queue an invitation for each account. Internal, closed, archived ones and those without an email are refused.

    A customer that was added in the portal is named by `~<ulid>`. Raises InvalidError where the dealer's invite
    allowance would be passed, TooManyError where that of the day would; then nobody is invited.
    """
    inviter = Inviter(scope.person_id, invited_by)
    return invite_by(scope, inviter, dealer=dealer, refs=refs, now=now, ids=ids)


def invite_by(
    scope: TenantScope,
    inviter: Inviter,
    *,
    dealer: Dealer,
    refs: Iterable[str],
    in_part: bool = False,
    now: datetime,
    ids: Ids,
) -> InviteResult:
    """The same by somebody who need not be there: a campaign's turn has come.

    `in_part` invites the first of them where the day's number has no room for all.
    """
    accounts = directory.read(scope, dealers.published(scope))
    known = queries.enrolments(scope)
    wanted = list(dict.fromkeys(refs))
    added = portal_customers.entries(scope, wanted)
    found = {ref: added.get(ref) or accounts.get(ref) for ref in wanted}
    unseen = any(entry and entry.next_era and not known.get(ref) for ref, entry in found.items())
    linked = links.linked_accounts(scope) if unseen else frozenset()
    refused = {ref: reason for ref, entry in found.items() if (reason := _refusal(entry, known.get(ref), linked))}
    chosen = [entry for ref, entry in found.items() if entry and ref not in refused]
    _require_allowance(dealer, known, chosen)
    before = repo.enrolments_of(scope, (entry.ref for entry in chosen if known.get(entry.ref)))
    maximum = dealer.daily_invitations
    counted = count_invitations(scope, chosen, before, maximum=maximum, in_part=in_part, now=now)
    refused |= counted.refused
    chosen = [entry for entry in chosen if entry.ref not in {*refused, *counted.postponed}]
    invitations = [
        invitation_change(scope, entry, before.get(entry.ref), inviter=inviter, now=now, ids=ids) for entry in chosen
    ]
    lost_race = repo.put_all(scope, invitations)
    give_back(scope, counted, lost_race, now=now)
    refused |= dict.fromkeys(sorted(lost_race), lazy_gettext("Invited by somebody else at the same moment"))
    invited = tuple(entry.ref for entry in chosen if entry.ref not in lost_race)
    return InviteResult(invited, refused, counted.postponed)


def resend_invitation(scope: DealerScope, *, ref: str, invited_by: str, now: datetime, ids: Ids) -> None:
    """Queue a fresh invitation, to the email the export has now; the older link stops working at once.

    Raises NotFoundError where nobody was ever invited, ConflictError where no invitation is open, InvalidError where
    the account cannot be invited any more, TooManyError where that is enough for today.
    """
    before = _open_enrolment(scope, ref)
    entry = account(scope, ref)
    doubt = IN_DOUBT if owner_in_doubt(entry.next_era, before) else None
    if reason := doubt or ineligibility_reason(entry):
        raise InvalidError(_("%(name)s cannot be invited. %(reason)s.", name=entry.name, reason=reason))
    maximum = dealers.dealer(scope).daily_invitations
    counted = count_invitations(scope, [entry], {ref: before}, maximum=maximum, now=now)
    if counted.refused:
        raise too_many(counted.refused[ref], now=now)

    def again(found: Enrolment) -> EnrolmentChange:
        return invitation_change(scope, entry, found, inviter=Inviter(scope.person_id, invited_by), now=now, ids=ids)

    try:
        _put_over(scope, before, again)
    except ConflictError:
        give_back(scope, counted, [ref], now=now)
        raise
    # The link of before ends once another invitation is sure to follow. The sender ends it too, if this should fail.
    with suppress(ConflictError):
        _end_link(scope, before, now=now, ids=ids)


def cancel_invitation(scope: DealerScope, *, ref: str, now: datetime, ids: Ids) -> None:
    """End an open invitation, its link and a mail still waiting. Raises NotFoundError and ConflictError as above."""
    _cancel(scope, _open_enrolment(scope, ref), actor=scope.person_id, now=now, ids=ids)


def cancel_invitations_to(scope: ImportScope, *, email: str, actor: str, now: datetime, ids: Ids) -> list[str]:
    """End all open invitations to this address, as it was written then; of which accounts. Repeatable.

    Raises ConflictError where one of them changes at the same moment: try again.
    """
    known = queries.enrolments(scope).by_ref
    refs = [ref for ref, one in known.items() if one.state in OPEN and comparable_email(one.email) == email]
    found = repo.enrolments_of(scope, refs)
    for before in found.values():
        _cancel(scope, before, actor=actor, now=now, ids=ids)
    return sorted(found)


def _cancel(scope: TenantScope, before: Enrolment, *, actor: str, now: datetime, ids: Ids) -> None:
    _end_link(scope, before, now=now, ids=ids)  # first: whatever fails after it, nobody gets in
    audit = audit_row(scope, ids=ids, now=now, actor=actor, event="invitation.cancelled", subject=before.ref)
    _put_over(
        scope, before, lambda found: EnrolmentChange(replace(found, state=State.CANCELLED), before=found, also=(audit,))
    )


def _put_over(scope: TenantScope, before: Enrolment, change: Callable[[Enrolment], EnrolmentChange]) -> None:
    """Write what `change` makes of an open invitation, also where the mail's fate was noted since it was read.

    Raises ConflictError where it was answered, or another took its place.
    """
    found: Enrolment | None = before
    for _attempt in attempts():
        if found is None or found.invitation_id != before.invitation_id or found.state not in OPEN:
            break
        if not repo.put_all(scope, [change(found)]):
            return
        found = repo.enrolment(scope, before.ref)
    raise ConflictError(CHANGED)


def account(scope: TenantScope, ref: str) -> DirectoryEntry:
    """One account of the published run, or one customer that was added in the portal. Raises NotFoundError."""
    if is_portal_customer(ref):
        entry = portal_customers.entries(scope, [ref]).get(ref)
    else:
        entry = directory.entry(scope, dealers.published(scope), ref)
    if entry is None:
        raise NotFoundError
    return entry


def _refusal(entry: DirectoryEntry | None, known: EnrolmentSummary | None, linked: frozenset[str]) -> LazyText | None:
    if entry is None:
        return lazy_gettext("There is no such account")
    if known and known.state in {State.QUEUED, State.INVITED, State.UNCERTAIN}:
        return lazy_gettext("Already invited")
    if known and known.state is State.ACTIVE:
        return lazy_gettext("Already active")
    in_doubt = asks_whose(entry.next_era, known, is_linked=entry.ref in linked)
    return IN_DOUBT if in_doubt else ineligibility_reason(entry)


def allowance_left(dealer: Dealer, known: Enrolments) -> int:
    """How many more customers the dealer's licence lets it invite."""
    return max(0, dealer.invite_allowance - len(_invited(known)))


def _invited(known: Enrolments) -> set[str]:
    counting = OPEN | {State.ACTIVE}
    return {ref for ref, enrolment in known.by_ref.items() if enrolment.state in counting}


def _require_allowance(dealer: Dealer, known: Enrolments, chosen: list[DirectoryEntry]) -> None:
    used = _invited(known)
    if len(used | {entry.ref for entry in chosen}) > max(dealer.invite_allowance, len(used)):
        left = max(0, dealer.invite_allowance - len(used))
        raise InvalidError(
            _(
                "Your licence allows %(allowed)s invited customers and has %(left)s left. "
                "Your account manager can raise it.",
                allowed=dealer.invite_allowance,
                left=left,
            )
        )


def _end_link(scope: TenantScope, before: Enrolment, *, now: datetime, ids: Ids) -> None:
    end_link(scope, ref=before.ref, email=before.email, invitation_id=before.invitation_id, now=now, ids=ids)


def _open_enrolment(scope: TenantScope, ref: str) -> Enrolment:
    found = repo.enrolment(scope, ref)
    if found is None:
        raise NotFoundError
    if found.state not in OPEN:
        raise ConflictError(_("There is no open invitation for this account"))
    return found
