"""The mail to those of the staff who want to know when a customer raises a dispute, or reopens one."""

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.staff import queries as staff
from chalicelib.dealers.staff_mails.model import StaffEvent
from chalicelib.disputes import queries, steps
from chalicelib.disputes.model import Action
from chalicelib.kernel.dispute_codes import REASON_LABELS
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.rendering.format import formats
from chalicelib.store.outbox import OutboxItem


class NewDispute(Notice):
    """Payload: of_account, dispute_id, step: how many steps the dispute had with this one, email."""

    kind = steps.FOR_STAFF

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where they work there no more, or the customer has withdrawn it since."""
        ref, email = item.payload["of_account"], item.payload["email"]
        try:
            found = queries.dispute(scope, ref, item.payload["dispute_id"])
        except NotFoundError:
            return None
        if email not in staff.emails(scope).values() or not found.is_open:
            return None
        step = found.steps[item.payload["step"] - 1]
        dealer = read_by(dealers.dealer(scope), email)
        fmt = formats(dealer.locale, dealer.time_zone, dealer.currency)
        return ComposedMail(
            deps.mail(
                self.kind,
                dealer,
                to=email,
                link=deps.link(f"/staff/disputes/{link_part(ref)}/{found.dispute_id}"),
                again=step.action is Action.REOPEN,
                customer=", ".join(filter(None, (found.account_name, ref))),
                references=found.references,
                amount=fmt.money(found.amount, found.currency),
                reason=REASON_LABELS[found.reason],
                words=step.text,
            ),
            staff_event=StaffEvent.DISPUTE,
        )
