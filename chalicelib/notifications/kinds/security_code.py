"""The mail with a code by which somebody shows, beside the password, that it is they.

Neither the subject nor the line that mail programs show beside it has the code: it must not be read on a locked
telephone. https://pages.nist.gov/800-63-4/sp800-63b.html#out-of-band-authenticators
"""

from chalicelib.identity import queries
from chalicelib.identity.sent_codes import operations as sent_codes
from chalicelib.identity.sent_codes.model import Bound, CodePurpose
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.deps import MailDeps, dealer_of_person
from chalicelib.notifications.handlers import ComposedMail, IdentityMail
from chalicelib.notifications.login_facts import login_facts
from chalicelib.store.outbox import OutboxItem


class SecurityCode(IdentityMail):
    """Payload: person_id, email, purpose, bound_to, ask_id, dealer_id, origin. It leads to Forgot Password."""

    kind = "security_code"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """The dealer's at which it is entered. None where another was asked for since, or it is too late for it."""
        payload = item.payload
        purpose = CodePurpose(payload["purpose"])
        bound = Bound(purpose, payload["bound_to"])
        made = sent_codes.generate_code(scope, bound=bound, ask_id=payload["ask_id"], now=deps.clock(), ids=deps.ids)
        if made is None:
            return None
        known = queries.memberships(scope, payload["person_id"])
        dealer = dealer_of_person(known, email=payload["email"], asked_at=payload["dealer_id"])
        mail = deps.mail(
            self.kind,
            dealer,
            to=made.sent.to,
            link=deps.link(f"/d/{dealer.slug}/forgot" if dealer else "/forgot"),
            code=made.code,
            to_log_in=purpose is CodePurpose.LOG_IN,
            **login_facts(item, dealer),
        )
        return ComposedMail(mail)
