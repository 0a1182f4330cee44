"""The mail to somebody whose password was changed. It leads to Forgot Password, for the case that it was another."""

from chalicelib.dealers.model import Dealer
from chalicelib.identity import factors, queries
from chalicelib.identity.passkeys import queries as passkeys
from chalicelib.kernel import i18n
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.deps import MailDeps, dealer_of_person, name_at
from chalicelib.notifications.handlers import ComposedMail, IdentityMail
from chalicelib.notifications.login_facts import formats_of, login_facts
from chalicelib.store.outbox import OutboxItem


class PasswordChanged(IdentityMail):
    """Payload: email, origin, is_reset; the last two are missing in older items."""

    kind = "password_changed"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail:
        """The dealer's, where the person knows one alone; a password belongs to the person, not to one of several."""
        email = item.payload["email"]
        dealer = dealer_of_person(queries.memberships_of_email(scope, email), email=email)
        person_id = queries.person_id_of(scope, email)
        name = name_at(dealer, person_id)
        link = deps.link(f"/d/{dealer.slug}/forgot" if dealer else "/forgot")
        mail = deps.mail(
            self.kind,
            dealer,
            to=email,
            addressee=name,
            link=link,
            is_reset=bool(item.payload.get("is_reset")),
            **login_facts(item, dealer),
            factors=_factors(scope, person_id, dealer) if person_id else [],
        )
        return ComposedMail(mail)


def _factors(scope: IdentityScope, person_id: str, dealer: Dealer | None) -> list[str]:
    """What else belongs to the login, so that its owner knows what somebody else has added."""
    fmt = formats_of(dealer)
    app = factors.security_settings(scope, person_id).app
    with i18n.activated(fmt.locale):
        named = [
            _("Passkey “%(name)s”, added on %(day)s", name=one.name, day=fmt.date(one.created_at))
            for one in passkeys.passkeys(scope, person_id)
        ]
        return [*named, _("Authenticator app, set up on %(day)s", day=fmt.date(app.since))] if app else named
