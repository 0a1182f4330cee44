"""What a customer's user reads of what happened on their account, and to their own login.

Only the events that are listed here are shown, in words for customers: whatever else the trails have is the dealer's.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.identity.model import PersonEvent
from chalicelib.kernel.account_fields import FIELD_LABELS
from chalicelib.kernel.areas import Area
from chalicelib.kernel.channels import CHANNEL_LABELS, Channel
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.roles import Role
from chalicelib.store.audit import PROGRAMS, AuditEntry
from chalicelib.web.presenters.activity import is_by_customer
from chalicelib.web.presenters.activity_subject import colleague_rights

ACCOUNT_EVENTS: Mapping[str, tuple[str, LazyText]] = {
    "invitation.accepted": ("person-check", lazy_gettext("Invitation accepted")),
    "account.activated": ("person-check", lazy_gettext("First login for this account")),
    "account.email_changed": ("envelope", lazy_gettext("Email address of a user changed")),
    "colleague.invited": ("person-plus", lazy_gettext("Colleague invited")),
    "colleague.joined": ("person-check", lazy_gettext("Colleague joined")),
    "colleague.rights_changed": ("person-badge", lazy_gettext("Access of a colleague changed")),
    "colleague.invitation_withdrawn": ("envelope-x", lazy_gettext("Invitation of a colleague withdrawn")),
    "colleague.bounced": ("envelope-exclamation", lazy_gettext("Invitation of a colleague not delivered")),
    "access.ended": ("person-x", lazy_gettext("Access ended")),
    "message.asked": ("chat-left-text", lazy_gettext("Question asked")),
    "message.answered": ("send", lazy_gettext("Question answered")),
    "message.file": ("paperclip", lazy_gettext("File added to a question")),
    "message.closed": ("archive", lazy_gettext("Question closed")),
    "message.closed_by_customer": ("archive", lazy_gettext("Question closed")),
    "message.reopened": ("arrow-counterclockwise", lazy_gettext("Question reopened")),
    "change.asked": ("pencil-square", lazy_gettext("Change requested")),
    "change.withdrawn": ("x-circle", lazy_gettext("Change withdrawn")),
    "change.passed_on": ("check-circle", lazy_gettext("Change passed on")),
    "change.refused": ("slash-circle", lazy_gettext("Change refused")),
    "dispute.raised": ("chat-square-text", lazy_gettext("Dispute raised")),
    "dispute.acknowledged": ("check2", lazy_gettext("Dispute acknowledged")),
    "dispute.reviewed": ("search", lazy_gettext("Dispute taken under review")),
    "dispute.credited": ("check-circle", lazy_gettext("Dispute resolved with a credit")),
    "dispute.rejected": ("x-circle", lazy_gettext("Dispute rejected")),
    "dispute.file": ("paperclip", lazy_gettext("File added to a dispute")),
    "dispute.withdrawn": ("arrow-counterclockwise", lazy_gettext("Dispute withdrawn")),
    "dispute.reopened": ("arrow-repeat", lazy_gettext("Dispute reopened")),
    "forward.sent": ("send", lazy_gettext("Document forwarded")),
    "forward.opened": ("eye", lazy_gettext("Forwarded document opened for the first time")),
    "forward.ended": ("x-circle", lazy_gettext("Link to a document ended")),
    "forward.undelivered": ("envelope-x", lazy_gettext("Email with a document not delivered")),
    "consent.changed": ("megaphone", lazy_gettext("Contact preferences changed")),
    "file.begun": ("cloud-arrow-up", lazy_gettext("Upload of a document started")),
    "file.accepted": ("inbox", lazy_gettext("Document received")),
    "file.refused": ("x-circle", lazy_gettext("Document not accepted")),
    "file.asked_again": ("arrow-repeat", lazy_gettext("Document requested again")),
    "request.asked": ("file-earmark-plus", lazy_gettext("Document requested")),
    "request.fulfilled": ("check-circle", lazy_gettext("All documents of a request received")),
    "request.cancelled": ("x-circle", lazy_gettext("Document request cancelled")),
    "access.viewed": ("eye", lazy_gettext("Your pages looked at, as you see them")),
    "shared.announced": ("folder2-open", lazy_gettext("Documents shared with you")),
    "shared.opened": ("eye", lazy_gettext("Shared document opened for the first time")),
}
"""Of the dealer's trail, about the account."""
_AREAS = {
    "message": Area.MESSAGES,
    "dispute": Area.DISPUTES,
    "forward": Area.STATEMENTS,  # they may be of one, and who is given these is given invoices too
    "file": Area.DOCUMENTS,
    "request": Area.DOCUMENTS,
    "shared": Area.DOCUMENTS,
}
"""By the first word of an event: what it is about."""


_OF_PEOPLE = ("colleague.", "access.ended")
"""What is for those who manage the account's people."""


def events_of(areas: Collection[Area], role: Role) -> list[str]:
    """Those of the account that somebody reads who is given these areas and this role."""
    return [
        event
        for event in ACCOUNT_EVENTS
        if ((area := _AREAS.get(event.split(".")[0])) is None or area in areas)
        and (role is Role.ADMIN or not event.startswith(_OF_PEOPLE))
    ]


LOGIN_EVENTS: Mapping[str, tuple[str, LazyText]] = {
    "logged_in": ("person-check", lazy_gettext("Logged in")),
    "logged_out": ("box-arrow-right", lazy_gettext("Logged out")),
    "session_revoked": ("laptop", lazy_gettext("Another browser logged out")),
    "other_sessions_revoked": ("laptop", lazy_gettext("All other browsers logged out")),
    "sessions_ended": ("laptop", lazy_gettext("Logged out everywhere")),
    "language_chosen": ("translate", lazy_gettext("Language chosen")),
    "password_changed": ("key", lazy_gettext("Password changed")),
    "password_reset": ("key", lazy_gettext("New password set by email link")),
    "app_on": ("phone", lazy_gettext("Authenticator app set up")),
    "app_off": ("phone", lazy_gettext("Authenticator app turned off")),
    "email_on": ("envelope", lazy_gettext("Codes by email turned on")),
    "email_off": ("envelope", lazy_gettext("Codes by email turned off")),
    "sms_on": ("phone", lazy_gettext("Codes by text message turned on")),
    "sms_changed": ("phone", lazy_gettext("Mobile number for codes changed")),
    "sms_off": ("phone", lazy_gettext("Codes by text message turned off")),
    "text_number_set": ("phone", lazy_gettext("Mobile number for notifications set")),
    "text_number_deleted": ("phone", lazy_gettext("Mobile number for notifications deleted")),
    "recovery_codes_made": ("files", lazy_gettext("New recovery codes made")),
    "recovery_code_used": ("files", lazy_gettext("Recovery code used")),
    "device_forgotten": ("laptop", lazy_gettext("Trusted browser removed")),
    "passkey_on": ("fingerprint", lazy_gettext("Passkeys used as second factor")),
    "passkey_added": ("fingerprint", lazy_gettext("Passkey added")),
    "passkey_renamed": ("fingerprint", lazy_gettext("Passkey renamed")),
    "passkey_removed": ("fingerprint", lazy_gettext("Passkey removed")),
    "email_change_requested": ("envelope", lazy_gettext("Change of email address requested")),
    "email_change_resent": ("envelope", lazy_gettext("Link to another email address sent again")),
    "email_change_cancelled": ("envelope", lazy_gettext("Change of the email address cancelled")),
    "email_changed": ("envelope", lazy_gettext("Email address changed")),
    "factors_reset": ("phone", lazy_gettext("Second factor reset")),
    "factors_reset_requested": ("phone", lazy_gettext("Reset of the second factor requested")),
    "factors_reset_cancelled": ("phone", lazy_gettext("Reset of the second factor cancelled")),
    "reset_requested": ("envelope", lazy_gettext("Link for a new password requested")),
}
"""Of the person's own trail."""
_BY_ANYBODY = frozenset(
    {"reset_requested", "sessions_ended", "factors_reset", "factors_reset_requested", "factors_reset_cancelled"}
)
_NAMELESS = frozenset({"shared.announced", "shared.opened"})
"""What the dealer has hidden again since is not named here either."""


class OwnLine(NamedTuple):
    """One row of the list."""

    at: datetime
    icon: str
    what: str
    about: str
    who: str


class Reader(NamedTuple):
    """Who reads: `emails` are those of the account's users by id, `dealer` the dealer's name."""

    person_id: str
    emails: Mapping[str, str]
    dealer: str


def account_line(entry: AuditEntry, reader: Reader) -> OwnLine | None:
    """None of what is not for customers."""
    # Tested control: own-events-listed
    if entry.event not in ACCOUNT_EVENTS:
        return None
    icon, what = ACCOUNT_EVENTS[entry.event]
    return OwnLine(entry.at, icon, str(what), _about(entry), _who(entry, reader))


def login_line(event: PersonEvent) -> OwnLine | None:
    """The same of the reader's own login; anybody who knows an email may ask for a new password."""
    if event.event not in LOGIN_EVENTS:
        return None
    icon, what = LOGIN_EVENTS[event.event]
    where = _("from %(address)s", address=event.address) if event.address else ""
    return OwnLine(event.at, icon, str(what), where, "" if event.event in _BY_ANYBODY else _("You"))


def _about(entry: AuditEntry) -> str:
    detail = entry.detail
    if entry.event in _NAMELESS:
        return ""
    if field := detail.get("field"):
        return str(FIELD_LABELS.get(field, ""))
    if channels := detail.get("channels"):
        return ", ".join(str(CHANNEL_LABELS[Channel(channel)]) for channel in channels)
    reason = detail.get("reason") if entry.event == "access.viewed" else ""
    if email := detail.get("email") if entry.event.startswith("forward.") else "":
        return _("%(reference)s to %(email)s", reference=detail.get("reference", ""), email=email)
    if entry.event.startswith(_OF_PEOPLE):
        rights = colleague_rights(detail) if "level" in detail else ""
        return ", ".join(filter(None, (str(detail.get("email", "")), rights)))
    return str(detail.get("title") or detail.get("name") or detail.get("references") or reason or "")


def _who(entry: AuditEntry, reader: Reader) -> str:
    if entry.actor == reader.person_id:
        return _("You")
    if entry.actor in reader.emails:
        return reader.emails[entry.actor]
    by_customer = is_by_customer(entry) and entry.actor not in PROGRAMS
    return _("Another user of this account") if by_customer else reader.dealer
