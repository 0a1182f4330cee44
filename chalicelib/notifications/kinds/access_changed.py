"""The mail to somebody who may do something else on an account from now on, or nothing any more."""

from chalicelib.customers.colleagues import operations as colleagues
from chalicelib.customers.colleagues import queries
from chalicelib.customers.colleagues.model import of_email
from chalicelib.customers.colleagues.words import LEVELS, accounts_in_words, areas_in_words
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.i18n import activated
from chalicelib.kernel.keys import is_portal_customer
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.store.outbox import OutboxItem


class AccessChanged(Notice):
    """Payload: account_ref, account_name, era, email, ended, and in `by` the email of the colleague who did it."""

    kind = colleagues.CHANGE

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """What they may do as of now; None where they have access again, or none any more, since it was queued."""
        ref, email, ended = item.payload["account_ref"], item.payload["email"], item.payload["ended"]
        found = of_email(queries.people(scope, ref, item.payload["era"]), email)
        has_access = found is not None and found.user is not None
        if ended == has_access:
            return None
        dealer = read_by(dealers.dealer(scope), email)
        rights = found.rights if found and not ended else None
        with activated(dealer.locale):
            words = {
                "level": str(LEVELS[rights.role]) if rights else "",
                "areas": areas_in_words(rights, dealer.modules) if rights else "",
                "limited_to": accounts_in_words(rights) if rights else "",
            }
        mail = deps.mail(
            self.kind,
            dealer,
            to=email,
            link=deps.link("/accounts"),
            account_number="" if is_portal_customer(ref) else ref,
            account_name=item.payload["account_name"],
            ended=ended,
            by=item.payload["by"],
            **words,
        )
        return ComposedMail(mail)
