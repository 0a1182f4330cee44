"""The mail that invites a customer to one account."""

from datetime import datetime

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment import transitions
from chalicelib.customers.enrolment.invitation import INVITATION, end_link
from chalicelib.customers.enrolment.model import OPEN, Enrolment
from chalicelib.identity.model import FIRST_USER_ROLE, Membership, MembershipKind
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import from_link_part
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications import bounces
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.handlers import BounceReport, ComposedMail, Notice, repeatable_ids
from chalicelib.notifications.invitation_mail import invitation_mail
from chalicelib.store.outbox import OutboxItem


class CustomerInvitation(Notice):
    """Payload: account_ref, account_name, email, invitation_id, and in `replaces` that of one to another email.

    Staff see its fate as the account's state.
    """

    kind = INVITATION

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None if it was cancelled, answered or repeated since it was queued."""
        ref, name = item.payload["account_ref"], item.payload["account_name"]
        invitation_id = item.payload["invitation_id"]
        if replaced := item.payload.get("replaces"):
            end_link(scope, ref=ref, **replaced, now=deps.clock(), ids=repeatable_ids(item))
        enrolment = enrolments.enrolment(scope, ref)
        if enrolment is None or enrolment.invitation_id != invitation_id or enrolment.state not in OPEN:
            return None
        offered = offered_membership(scope, enrolment, name)
        mail, link = invitation_mail(
            scope,
            item,
            offered,
            deps=deps,
            account_number=offered.account_number,
            account_name=name,
            addressee=name,
        )

        def note(at: datetime) -> None:
            transitions.mark_invited(scope, ref=ref, invitation_id=invitation_id, expires_at=link.expires_at, now=at)

        return ComposedMail(mail, note, {"invitation": invitation_id})

    def uncertain(self, scope: ImportScope, item: OutboxItem) -> None:
        """Staff decide whether to send another."""
        transitions.mark_uncertain(scope, ref=item.payload["account_ref"], invitation_id=item.payload["invitation_id"])

    def refused(self, scope: ImportScope, item: OutboxItem, *, now: datetime) -> None:
        """The address does not work."""
        ref, invitation_id = item.payload["account_ref"], item.payload["invitation_id"]
        transitions.mark_unsent(scope, ref=ref, invitation_id=invitation_id, now=now)

    def bounced(self, scope: ImportScope, report: BounceReport, *, now: datetime, ids: Ids) -> bool:
        """The address does not work. A complaint counts whatever has become of the invitation since."""
        ref, invitation_id = from_link_part(report.tags["account"]), report.tags["invitation"]
        found = report.as_bounce(now)
        is_new = transitions.mark_bounced(
            scope, ref=ref, invitation_id=invitation_id, reason=found.reason, mail_id=found.mail_id, now=now, ids=ids
        )
        return is_new or (found.is_complaint and bounces.note(scope, found, now=now, ids=ids))


def offered_membership(scope: ImportScope, enrolment: Enrolment, name: str) -> Membership:
    """What the link of its mails gives."""
    return Membership(
        scope.dealer_id,
        MembershipKind.CUSTOMER,
        enrolment.ref,
        name,
        role=FIRST_USER_ROLE,
        invitation_id=enrolment.invitation_id,
        era=enrolment.era,
    )
