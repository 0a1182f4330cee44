"""The mail to an admin of an account when somebody has accepted an invitation to it."""

from chalicelib.customers.colleagues import queries, transitions
from chalicelib.customers.colleagues.model import of_email
from chalicelib.customers.colleagues.words import LEVELS
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.i18n import activated
from chalicelib.kernel.keys import is_portal_customer
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.store.outbox import OutboxItem


class ColleagueJoined(Notice):
    """Payload: account_ref, era, email, colleague."""

    kind = transitions.JOINED

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where the reader is no admin of the account any more, or the other has no access to it."""
        ref, email = item.payload["account_ref"], item.payload["email"]
        people = queries.people(scope, ref, item.payload["era"])
        reader, joined = of_email(people, email), of_email(people, item.payload["colleague"])
        if reader is None or not reader.is_admin or joined is None:
            return None
        dealer = read_by(dealers.dealer(scope), email)
        with activated(dealer.locale):
            level = str(LEVELS[joined.rights.role])
        mail = deps.mail(
            self.kind,
            dealer,
            to=email,
            link=deps.link("/colleagues"),
            account_number="" if is_portal_customer(ref) else ref,
            colleague=joined.email,
            level=level,
        )
        return ComposedMail(mail)
