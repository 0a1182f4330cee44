"""The mail to a customer whose change the dealer does not make, with the reason."""

from chalicelib.alerts.kinds import CHANGE_REFUSED
from chalicelib.alerts.model import Alert
from chalicelib.customers import queries as customers
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
    """Payload: account_ref, email, field, value, reason; person_id and era since that is stored of a request."""

    kind = changes.REFUSAL

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """To the person who asked, at the email that they have now. It leads to the page where they did.

        None where they no longer have access.
        """
        asked = item.payload
        to = _present_email(scope, item)
        if to is None:
            return None
        dealer = read_by(dealers.dealer(scope), to)
        with activated(dealer.locale):
            field = str(FIELD_LABELS[asked["field"]])
        mail = deps.mail(
            self.kind,
            dealer,
            to=to,
            link=deps.link("/details"),
            account_number=asked["account_ref"],
            field=field,
            value=asked["value"],
            reason=asked["reason"],
        )
        ref = asked["account_ref"]
        about = {"field": asked["field"], "value": asked["value"], "reason": asked["reason"]}
        return ComposedMail(mail, alerts=(Alert(CHANGE_REFUSED.name, ref, current_era(scope, ref), "/details", about),))


def _present_email(scope: ImportScope, item: OutboxItem) -> str | None:
    asked = item.payload
    if not asked.get("person_id"):
        return str(asked["email"])
    users = customers.users_of_account(scope, asked["account_ref"], asked["era"])
    return next((user.email for user in users if user.person_id == asked["person_id"]), None)
