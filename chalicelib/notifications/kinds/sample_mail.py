"""A mail of the dealer's that one of its admins sends to themselves, to see what customers get."""

from dataclasses import replace

from chalicelib.dealers.wording import operations as wording
from chalicelib.identity.model import MembershipKind
from chalicelib.identity.queries import memberships_of_email
from chalicelib.kernel import i18n
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.notifications.samples import SAMPLES, drafted, sample_mail
from chalicelib.store.outbox import OutboxItem


class SampleMail(Notice):
    """Payload: mail (one of SAMPLES), email and person_id of the admin. It has what they have drafted by now."""

    kind = wording.SAMPLE_MAIL

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where the admin has left since, or a newer release wrote a mail that this one does not know."""
        name, email, person_id = (item.payload[key] for key in ("mail", "email", "person_id"))
        known = memberships_of_email(IdentityScope(), email)
        works_there = any(one.dealer_id == scope.dealer_id and one.kind is MembershipKind.STAFF for one in known)
        if name not in SAMPLES or not works_there:
            return None
        dealer = drafted(scope, person_id=person_id, now=deps.clock())
        mail = sample_mail(deps, dealer, name, to=email)
        with i18n.activated(dealer.locale):
            return ComposedMail(replace(mail, subject=_("Test: %(subject)s", subject=mail.subject)))
