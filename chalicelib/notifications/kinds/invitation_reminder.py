"""The mail that reminds a customer of an invitation that they have not answered."""

from datetime import datetime

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment import transitions
from chalicelib.customers.enrolment.model import State
from chalicelib.customers.enrolment.reminders import REMINDER
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail
from chalicelib.notifications.invitation_mail import invitation_mail
from chalicelib.notifications.kinds.customer_invitation import CustomerInvitation, offered_membership
from chalicelib.rendering.format import formats
from chalicelib.store.outbox import OutboxItem


class InvitationReminder(CustomerInvitation):
    """Payload: account_ref, account_name, email, invitation_id. Its link takes the place of the one before."""

    kind = REMINDER

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None if it was answered, cancelled or repeated, or bounced, since it was queued."""
        ref, invitation_id = item.payload["account_ref"], item.payload["invitation_id"]
        enrolment = enrolments.enrolment(scope, ref)
        if enrolment is None or enrolment.invitation_id != invitation_id or enrolment.state is not State.INVITED:
            return None
        name = item.payload["account_name"]
        dealer = read_by(dealers.dealer(scope), item.payload["email"])
        fmt = formats(dealer.locale, dealer.time_zone)
        offered = offered_membership(scope, enrolment, name)
        mail, link = invitation_mail(
            scope,
            item,
            offered,
            deps=deps,
            account_number=offered.account_number,
            account_name=name,
            addressee=name,
            invited=fmt.date(fmt.today(enrolment.invited_at or enrolment.queued_at)),
        )

        def note(_sent_at: datetime) -> None:
            transitions.mark_reminded(scope, ref=ref, invitation_id=invitation_id, expires_at=link.expires_at)

        return ComposedMail(mail, note, {"invitation": invitation_id})

    def uncertain(self, scope: ImportScope, item: OutboxItem) -> None:
        """The invitation itself was sent."""
