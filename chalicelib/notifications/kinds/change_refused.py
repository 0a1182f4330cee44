"""The mail to a customer whose change the dealer does not make, with the reason."""

from chalicelib.alerts.kinds import CHANGE_REFUSED
from chalicelib.alerts.model import Alert
from chalicelib.customers.change_requests import operations as changes
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.account_fields import FIELD_LABELS
from chalicelib.kernel.i18n import activated
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.store.outbox import OutboxItem


class ChangeRefused(Notice):
    """Payload: account_ref, email, field, value, reason."""

    kind = changes.REFUSAL

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail:
        """To the person who asked. It leads to the page where they did."""
        asked = item.payload
        dealer = read_by(dealers.dealer(scope), asked["email"])
        with activated(dealer.locale):
            field = str(FIELD_LABELS[asked["field"]])
        mail = deps.mail(
            self.kind,
            dealer,
            to=asked["email"],
            link=deps.link("/details"),
            account_number=asked["account_ref"],
            field=field,
            value=asked["value"],
            reason=asked["reason"],
        )
        ref = asked["account_ref"]
        about = {"field": asked["field"], "value": asked["value"], "reason": asked["reason"]}
        return ComposedMail(mail, alerts=(Alert(CHANGE_REFUSED.name, ref, current_era(scope, ref), "/details", about),))
