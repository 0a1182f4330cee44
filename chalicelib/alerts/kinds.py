"""The kinds of what customers are notified of: one table, of which the bell, the mails and the preferences are made."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.dealers.model import Module
from chalicelib.kernel.areas import Area
from chalicelib.kernel.i18n import LazyText, lazy_gettext


class AlertChannel(StrEnum):
    """A way to notify somebody. PORTAL is the list behind the bell."""

    PORTAL = "portal"
    EMAIL = "email"
    SMS = "sms"


_BOTH = frozenset({AlertChannel.PORTAL, AlertChannel.EMAIL})
_BY_MAIL = frozenset({AlertChannel.EMAIL})


@dataclass(frozen=True, slots=True)
class AlertKind:
    """What the users of an account are notified of.

    `mails` are the kinds of outbox items, and so the templates of templates/mail, that it comes in. `channels` are used
    where nobody has chosen otherwise; of one that is a `must` nobody can. `bundled`: several events are one entry and
    one mail. `module`: only while the dealer has it; `area`: only to those who are given it. `may_be_texted`: who wants
    to may have a text message too.
    """

    name: str
    label: LazyText
    mails: tuple[str, ...]
    module: Module | None = None
    channels: frozenset[AlertChannel] = _BOTH
    must: bool = False
    bundled: bool = False
    area: Area | None = None
    may_be_texted: bool = False


NEW_DOCUMENTS = AlertKind(
    "new_documents",
    lazy_gettext("New invoices and credits"),
    ("new_documents",),
    Module.INVOICES,
    bundled=True,
    area=Area.INVOICES,
    may_be_texted=True,
)
DISPUTE_NEWS = AlertKind(
    "dispute_news",
    lazy_gettext("Updates on my disputes"),
    ("dispute_news",),
    Module.INVOICES,
    area=Area.DISPUTES,
    may_be_texted=True,
)
PAYMENT_REMINDER = AlertKind(
    "payment_reminder",
    lazy_gettext("Reminders of payments"),
    ("payment_reminder",),
    Module.INVOICES,
    bundled=True,
    area=Area.INVOICES,
    may_be_texted=True,
)
MESSAGE_ANSWERED = AlertKind(
    "message_answered",
    lazy_gettext("Answers to my questions"),
    ("message_answered",),
    Module.MESSAGES,
    area=Area.MESSAGES,
    may_be_texted=True,
)
STATEMENT_READY = AlertKind(
    "statement_ready",
    lazy_gettext("My monthly statement"),
    ("statement_ready",),
    Module.INVOICES,
    area=Area.STATEMENTS,
    may_be_texted=True,
)
DOCUMENTS_SHARED = AlertKind(
    "documents_shared",
    lazy_gettext("Documents shared with me"),
    ("documents_shared",),
    Module.DOCUMENTS,
    bundled=True,
    area=Area.DOCUMENTS,
    may_be_texted=True,
)
DOCUMENT_REQUESTED = AlertKind(
    "document_requested",
    lazy_gettext("Requests for documents"),
    ("document_requested", "document_reminder", "document_asked_again"),
    Module.DOCUMENTS,
    area=Area.DOCUMENTS,
)
CHANGE_REFUSED = AlertKind("change_refused", lazy_gettext("Changes of my details"), ("change_refused",))
INVITATION = AlertKind(
    "invitation",
    lazy_gettext("Invitations to log in"),
    ("customer_invitation", "invitation_reminder", "colleague_invitation"),
    channels=_BY_MAIL,
    must=True,
)
ACCESS = AlertKind(
    "access",
    lazy_gettext("Who has access to my account"),
    ("access_changed", "colleague_joined"),
    channels=_BY_MAIL,
    must=True,
)
SECURITY = AlertKind(
    "security",
    lazy_gettext("The security of my login"),
    (
        "password_reset",
        "password_changed",
        "second_factor",
        "security_code",
        "security_text",
        "passkey_changed",
        "new_device",
        "email_change",
        "email_change_requested",
        "email_changed",
    ),
    channels=_BY_MAIL,
    must=True,
)
KINDS = (
    NEW_DOCUMENTS,
    PAYMENT_REMINDER,
    MESSAGE_ANSWERED,
    DISPUTE_NEWS,
    STATEMENT_READY,
    DOCUMENTS_SHARED,
    DOCUMENT_REQUESTED,
    CHANGE_REFUSED,
    INVITATION,
    ACCESS,
    SECURITY,
)
BY_NAME: Mapping[str, AlertKind] = {kind.name: kind for kind in KINDS}
OPTIONAL_MAILS = frozenset(mail for kind in KINDS if not kind.must for mail in kind.mails)
"""Those that nobody has to get."""
