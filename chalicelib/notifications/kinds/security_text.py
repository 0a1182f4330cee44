"""The text message with a code by which somebody shows, beside the password, that it is they.

Its last line binds the code to the portal's own address: browsers fill it in there, and on no other page.
https://wicg.github.io/sms-one-time-codes/
"""

from datetime import datetime
from urllib.parse import urlsplit

from chalicelib.identity import queries
from chalicelib.identity.sent_codes import operations as sent_codes
from chalicelib.identity.sent_codes.model import Bound, Purpose
from chalicelib.kernel import i18n
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.messages import PRODUCT
from chalicelib.mail.texts import MAX_LENGTH, TextMessage
from chalicelib.notifications.deps import MailDeps, dealer_of_person
from chalicelib.notifications.handlers import BounceReport, ComposedMail, IdentityMail
from chalicelib.store.outbox import OutboxItem

_MAX_NAME = 40


class SecurityText(IdentityMail):
    """Payload: person_id, email, purpose, bound_to, ask_id, dealer_id, origin."""

    kind = "security_text"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where another was asked for since, or it is too late for it."""
        payload = item.payload
        bound = Bound(Purpose(payload["purpose"]), payload["bound_to"])
        made = sent_codes.make(scope, bound=bound, ask_id=payload["ask_id"], now=deps.clock(), ids=deps.ids)
        if made is None:
            return None
        dealer = dealer_of_person(queries.memberships(scope, payload["person_id"]), payload["dealer_id"])
        name = (dealer.name if dealer else PRODUCT)[:_MAX_NAME]
        with i18n.activated(dealer.locale if dealer else i18n.SOURCE_LOCALE):
            words = _("%(code)s is your code for %(product)s. Do not tell it to anybody.", code=made.code, product=name)
        bind = f"\n\n@{urlsplit(deps.base_url).hostname} #{made.code}"
        bound_words = f"{words}{bind}" if len(words) + len(bind) <= MAX_LENGTH else words[:MAX_LENGTH]
        return ComposedMail(TextMessage(made.sent.to, bound_words))

    def refused(self, scope: IdentityScope, item: OutboxItem, *, now: datetime) -> None:
        """It is logged: the person has another sent, or uses another way. Their email has nothing to do with it."""

    def bounced(self, scope: IdentityScope, report: BounceReport, *, now: datetime, ids: Ids) -> bool:
        """Text messages do not bounce."""
        del scope, report, now, ids
        return False
