"""The mail to somebody whose second factor has changed, or who has used a recovery code."""

from chalicelib.identity import queries
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.deps import MailDeps, dealer_of_person
from chalicelib.notifications.handlers import ComposedMail, IdentityMail
from chalicelib.notifications.login_facts import login_facts
from chalicelib.store.outbox import OutboxItem

CHANGES: dict[str, tuple[LazyText, LazyText]] = {
    "app_on": (
        lazy_gettext("An authenticator app was set up"),
        lazy_gettext("From now on a code of the app is asked for when you log in."),
    ),
    "app_off": (
        lazy_gettext("Your authenticator app was turned off"),
        lazy_gettext("A code of the app is no longer asked for when you log in."),
    ),
    "passkey_on": (
        lazy_gettext("Your passkeys are a second factor now"),
        lazy_gettext("From now on a passkey is asked for when you log in with your password."),
    ),
    "email_on": (
        lazy_gettext("Codes by email are turned on"),
        lazy_gettext("From now on a code that we send to this address is asked for when you log in."),
    ),
    "email_off": (
        lazy_gettext("Codes by email are turned off"),
        lazy_gettext("A code is no longer sent to this address when you log in."),
    ),
    "sms_on": (
        lazy_gettext("Codes by text message are turned on"),
        lazy_gettext("From now on a code that we send to your mobile number is asked for when you log in."),
    ),
    "sms_changed": (
        lazy_gettext("Your mobile number for codes was changed"),
        lazy_gettext("Codes go to the new number when you log in, and no more to the one of before."),
    ),
    "sms_off": (
        lazy_gettext("Codes by text message are turned off"),
        lazy_gettext("Your mobile number for codes is deleted. Codes are no longer sent there."),
    ),
    "codes_made": (
        lazy_gettext("New recovery codes were made"),
        lazy_gettext("The recovery codes that you had before no longer work."),
    ),
    "reset": (
        lazy_gettext("Your second factor was reset"),
        lazy_gettext("Every browser was logged out. Log in with your password, then set a second factor up again."),
    ),
    "reset_requested": (
        lazy_gettext("Your second factor is about to be reset"),
        lazy_gettext("Somebody asked the portal's operator for it in your name. If it was not you, tell us at once."),
    ),
    "reset_of_colleague": (
        lazy_gettext("A colleague's second factor is about to be reset"),
        lazy_gettext("Somebody asked the portal's operator for it. If it was not your colleague, tell us at once."),
    ),
    "reset_cancelled": (
        lazy_gettext("Your second factor is not reset"),
        lazy_gettext("The request that we wrote to you about was cancelled. Your second factor stays as it is."),
    ),
    "reset_of_colleague_cancelled": (
        lazy_gettext("A colleague's second factor is not reset"),
        lazy_gettext("The request that we wrote to you about was cancelled. It stays as it is."),
    ),
    "code_used": (
        lazy_gettext("A recovery code was used"),
        lazy_gettext("It no longer works."),
    ),
}
"""A heading and what it means, by the change that the payload names."""


class SecondFactor(IdentityMail):
    """Payload: email, change, origin, `left` where a recovery code was used, `who` where it is about somebody else."""

    kind = "second_factor"

    def compose(self, scope: IdentityScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail:
        """The dealer's, where the person knows one alone. It leads to Forgot Password, or to the users."""
        email = item.payload["email"]
        heading, words = CHANGES[item.payload["change"]]
        dealer = dealer_of_person(queries.memberships_of_email(scope, email), email=email)
        payload = item.payload
        own = f"/d/{dealer.slug}/forgot" if dealer else "/forgot"
        link = deps.link("/staff/users" if "who" in payload else own)
        mail = deps.mail(
            self.kind,
            dealer,
            to=email,
            link=link,
            heading=heading,
            words=words,
            left=payload.get("left"),
            who=payload.get("who", ""),
            **login_facts(item, dealer),
        )
        return ComposedMail(mail)
