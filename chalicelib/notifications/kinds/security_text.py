"""The text message with a code by which somebody shows, beside the password, that it is they.

Its last line binds the code to the portal's own address: browsers fill it in there, and on no other page.
https://wicg.github.io/sms-one-time-codes/
"""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from chalicelib.identity import queries
from chalicelib.identity.sent_codes import operations as sent_codes
from chalicelib.identity.sent_codes.model import Bound, CodePurpose
from chalicelib.kernel import i18n
from chalicelib.kernel.i18n import SOURCE_LOCALE
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.messages import PRODUCT
from chalicelib.mail.texts import TextMessage, is_one_part
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
        bound = Bound(CodePurpose(payload["purpose"]), payload["bound_to"])
        made = sent_codes.generate_code(scope, bound=bound, ask_id=payload["ask_id"], now=deps.clock(), ids=deps.ids)
        if made is None:
            return None
        known = queries.memberships(scope, payload["person_id"])
        dealer = dealer_of_person(known, email=payload["email"], asked_at=payload["dealer_id"])
        bind = f"\n\n@{urlsplit(deps.base_url).hostname} #{made.code}"
        texts = _texts(made.code, dealer.name if dealer else PRODUCT, dealer.locale if dealer else SOURCE_LOCALE, bind)
        return ComposedMail(TextMessage(made.sent.to, next(filter(is_one_part, texts))))

    def refused(self, scope: IdentityScope, item: OutboxItem, *, now: datetime) -> None:
        """It is logged: the person has another sent, or uses another way. Their email has nothing to do with it."""

    def bounced(self, scope: IdentityScope, report: BounceReport, *, now: datetime, ids: Ids) -> bool:
        """Text messages do not bounce."""
        del scope, report, now, ids
        return False


def _texts(code: str, name: str, locale: str, bind: str) -> Iterator[str]:
    """The text, and shorter ones for names and languages that take more than one message. The last one fits."""
    for product, language in ((name[:_MAX_NAME], locale), (PRODUCT, locale), (PRODUCT, SOURCE_LOCALE)):
        with i18n.activated(language):
            words = _("%(code)s is your code for %(product)s. Do not tell it to anybody.", code=code, product=product)
        yield f"{words}{bind}"
        yield words
