"""The mail that invites somebody to a dealer's staff."""

from datetime import datetime

from chalicelib.dealers.staff import operations as staff
from chalicelib.dealers.staff import repo as members
from chalicelib.dealers.staff.model import StaffState
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.handlers import BounceReport, ComposedMail, Notice, repeatable_ids
from chalicelib.notifications.invitation_mail import invitation_mail
from chalicelib.store.outbox import OutboxItem


class StaffInvitation(Notice):
    """Payload: email, role, invitation_id. The list of staff says what became of it."""

    kind = staff.INVITATION

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None if it was answered or repeated since it was queued."""
        email, invitation_id = item.payload["email"], item.payload["invitation_id"]
        invited = members.invitation(scope, email)
        if invited is None or invited.invitation_id != invitation_id:
            return None
        role = Role(item.payload["role"])
        offered = Membership(scope.dealer_id, MembershipKind.STAFF, role=role, invitation_id=invitation_id)
        mail, link = invitation_mail(scope, item, offered, deps=deps)

        def note(_sent_at: datetime) -> None:
            _advance(scope, item, StaffState.INVITED, link.expires_at)

        return ComposedMail(mail, note, {"invitation": invitation_id})

    def uncertain(self, scope: ImportScope, item: OutboxItem) -> None:
        """Staff decide whether to send another."""
        _advance(scope, item, StaffState.UNCERTAIN)

    def refused(self, scope: ImportScope, item: OutboxItem, *, now: datetime) -> None:  # noqa: ARG002 - see repeatable_ids
        """The address does not work: the dealer's activity says so, as of one that bounced."""
        staff.mark_bounced(
            scope,
            email=item.payload["email"],
            invitation_id=item.payload["invitation_id"],
            reason="refused",
            now=item.queued_at,
            ids=repeatable_ids(item),
        )

    def bounced(self, scope: ImportScope, report: BounceReport, *, now: datetime, ids: Ids) -> bool:
        """The address does not work."""
        return staff.mark_bounced(
            scope,
            email=report.to,
            invitation_id=report.tags["invitation"],
            reason=report.reason,
            now=now,
            ids=ids,
        )


def _advance(scope: ImportScope, item: OutboxItem, state: StaffState, expires_at: datetime | None = None) -> None:
    staff.advance_invitation(
        scope,
        email=item.payload["email"],
        invitation_id=item.payload["invitation_id"],
        state=state,
        expires_at=expires_at,
    )
