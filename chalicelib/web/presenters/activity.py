"""What the rows of the audit trail are called."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.ingest.failures import OVERTAKEN_CODES
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import is_ulid
from chalicelib.kernel.keys import is_portal_customer
from chalicelib.rendering.user_agents import origin_in_words
from chalicelib.store.audit import BY_CUSTOMER, PROGRAMS, AuditEntry
from chalicelib.web.presenters.activity_subject import STAFF_SUBJECT, about, account_ref

KINDS: Mapping[str, LazyText] = {
    "invitation": lazy_gettext("Invitations"),
    "account": lazy_gettext("Customers"),
    "file": lazy_gettext("Documents received"),
    "request": lazy_gettext("Document requests"),
    "shared": lazy_gettext("Documents shared"),
    "import": lazy_gettext("Imports"),
    "staff": lazy_gettext("Staff"),
    "api_key": lazy_gettext("API keys"),
    "settings": lazy_gettext("Settings and look"),
    "task": lazy_gettext("To do"),
    "feed": lazy_gettext("For your system"),
    "message": lazy_gettext("Messages"),
    "change": lazy_gettext("Change requests"),
    "dispute": lazy_gettext("Disputes"),
    "forward": lazy_gettext("Forwarded documents"),
    "consent": lazy_gettext("Contact preferences"),
    "profile": lazy_gettext("Profiles"),
}
"""What the page can be narrowed to, and what that is called."""

_PREFIXES = {
    "account": ("account.", "access.", "customer.", "colleague."),
    "invitation": ("invitation.", "campaign.", "mail."),
    "settings": ("settings.", "brand.", "logo.", "landing.", "texts.", "mails.", "dealer."),
}
"""How the names of its events begin, where that is more than the kind itself."""


EVENTS: Mapping[str, tuple[str, LazyText]] = {
    "invitation.queued": ("envelope", lazy_gettext("Customer invited")),
    "invitation.accepted": ("person-check", lazy_gettext("Invitation accepted")),
    "invitation.cancelled": ("envelope-x", lazy_gettext("Invitation cancelled")),
    "invitation.address_changed": ("envelope", lazy_gettext("Address of an undelivered invitation changed")),
    "invitation.bounced": ("envelope-exclamation", lazy_gettext("Invitation not delivered")),
    "invitation.reminded": ("bell", lazy_gettext("Customer reminded of an invitation")),
    "campaign.started": ("send", lazy_gettext("Campaign of invitations planned")),
    "campaign.sent": ("send", lazy_gettext("Invitations of a campaign sent")),
    "campaign.postponed": ("clock", lazy_gettext("Invitations of a campaign postponed: none were left of that day")),
    "campaign.paused": ("pause-circle", lazy_gettext("Campaign of invitations paused")),
    "campaign.stopped": ("pause-circle", lazy_gettext("Campaign stopped: the licence allows no more")),
    "campaign.resumed": ("send", lazy_gettext("Campaign of invitations resumed")),
    "campaign.cancelled": ("x-circle", lazy_gettext("Campaign of invitations cancelled")),
    "mail.returned": ("envelope-exclamation", lazy_gettext("Email not delivered")),
    "mail.works_again": ("envelope", lazy_gettext("Address said to work again")),
    "account.activated": ("person-check", lazy_gettext("Customer logged in for the first time")),
    "account.same_customer": ("person-check", lazy_gettext("Same customer confirmed")),
    "account.email_changed": ("envelope", lazy_gettext("Email address of a user changed")),
    "colleague.invited": ("person-plus", lazy_gettext("Person invited to an account")),
    "colleague.joined": ("person-check", lazy_gettext("Invited person joined an account")),
    "colleague.rights_changed": ("person-badge", lazy_gettext("Level or areas of a person changed")),
    "colleague.invitation_withdrawn": ("envelope-x", lazy_gettext("Invitation of a person withdrawn")),
    "colleague.bounced": ("envelope-exclamation", lazy_gettext("Invitation of a person not delivered")),
    "access.viewed": ("eye", lazy_gettext("Portal seen as the customer")),
    "access.view_ended": ("eye-slash", lazy_gettext("Portal no longer seen as the customer")),
    "access.ended": ("person-x", lazy_gettext("Access ended")),
    "account.era_started": ("arrow-repeat", lazy_gettext("Account number given to another customer")),
    "customer.created": ("person-plus", lazy_gettext("Customer added")),
    "customer.linked": ("arrow-left-right", lazy_gettext("Customer linked to an account")),
    "customer.unlinked": ("person-x", lazy_gettext("Customer no longer linked to an account")),
    "file.begun": ("cloud-arrow-up", lazy_gettext("Upload started")),
    "file.checked": ("file-earmark-check", lazy_gettext("Document checked")),
    "file.scanned": ("shield-check", lazy_gettext("Document scanned for viruses")),
    "file.accepted": ("inbox", lazy_gettext("Document received")),
    "file.withdrawn": ("arrow-repeat", lazy_gettext("Document of an earlier customer not passed on")),
    "file.fetched": ("arrow-up-square", lazy_gettext("Document fetched by your program")),
    "file.refused": ("x-circle", lazy_gettext("Document not accepted")),
    "file.done": ("check-circle", lazy_gettext("Document dealt with")),
    "file.asked_again": ("arrow-repeat", lazy_gettext("Document requested again")),
    "request.asked": ("file-earmark-plus", lazy_gettext("Document requested")),
    "request.fulfilled": ("check-circle", lazy_gettext("All documents of a request received")),
    "request.reopened": ("arrow-repeat", lazy_gettext("Document still wanted")),
    "request.reminded": ("bell", lazy_gettext("Customer reminded of a document")),
    "request.overdue": ("exclamation-triangle", lazy_gettext("Document overdue")),
    "request.cancelled": ("x-circle", lazy_gettext("Document request cancelled")),
    "request.ended": ("arrow-repeat", lazy_gettext("Request to an earlier customer ended")),
    "attached.begun": ("paperclip", lazy_gettext("Upload of a file for a conversation or dispute started")),
    "attached.checked": ("file-earmark-check", lazy_gettext("File for a conversation or dispute checked")),
    "attached.scanned": ("shield-check", lazy_gettext("File for a conversation or dispute scanned for viruses")),
    "attached.accepted": ("paperclip", lazy_gettext("File for a conversation or dispute stored")),
    "attached.refused": ("x-circle", lazy_gettext("File for a conversation or dispute not accepted")),
    "shared.begun": ("cloud-arrow-up", lazy_gettext("Upload of a document for a customer started")),
    "shared.checked": ("file-earmark-check", lazy_gettext("Document for a customer checked")),
    "shared.scanned": ("shield-check", lazy_gettext("Document for a customer scanned for viruses")),
    "shared.accepted": ("folder2-open", lazy_gettext("Document for a customer stored")),
    "shared.refused": ("x-circle", lazy_gettext("Document for a customer not accepted")),
    "shared.shown": ("eye", lazy_gettext("Document made visible to the customer")),
    "shared.hidden": ("eye-slash", lazy_gettext("Document hidden from the customer")),
    "shared.changed": ("pencil-square", lazy_gettext("Document for a customer renamed or described")),
    "shared.deleted": ("trash", lazy_gettext("Document for a customer deleted")),
    "shared.announced": ("envelope", lazy_gettext("Customer notified of documents by email")),
    "shared.opened": ("folder2-open", lazy_gettext("Document opened for the first time")),
    "import.opened": ("arrow-down-square", lazy_gettext("Export arrived")),
    "import.published": ("check-circle", lazy_gettext("Export applied")),
    "import.refused": ("x-circle", lazy_gettext("Export refused")),
    "import.failed": ("exclamation-octagon", lazy_gettext("Export stopped")),
    "import.held": ("pause-circle", lazy_gettext("Export held")),
    "import.same_customers": ("person-check", lazy_gettext("Renamed customers confirmed as the same")),
    "import.undone": ("arrow-counterclockwise", lazy_gettext("Export undone")),
    "staff.invited": ("person-plus", lazy_gettext("Colleague invited")),
    "staff.joined": ("person-check", lazy_gettext("Colleague joined")),
    "staff.factor_reset": ("shield-exclamation", lazy_gettext("Second factor of a colleague reset")),
    "staff.factor_reset_requested": (
        "shield-exclamation",
        lazy_gettext("Reset of a colleague's second factor requested from the operator"),
    ),
    "staff.factor_reset_cancelled": (
        "shield-check",
        lazy_gettext("Requested reset of a colleague's second factor cancelled"),
    ),
    "staff.role_changed": ("person-badge", lazy_gettext("Role of a colleague changed")),
    "staff.removed": ("person-x", lazy_gettext("Colleague removed")),
    "staff.bounced": ("envelope-exclamation", lazy_gettext("Invitation of a colleague not delivered")),
    "staff.invitation_cancelled": ("x-circle", lazy_gettext("Invitation of a colleague cancelled")),
    "staff.email_changed": ("envelope", lazy_gettext("Email address of a colleague changed")),
    "api_key.created": ("key", lazy_gettext("API key created")),
    "api_key.revoked": ("key", lazy_gettext("API key revoked")),
    "settings.changed": ("sliders", lazy_gettext("Settings changed")),
    "brand.changed": ("palette", lazy_gettext("Look of the portal changed")),
    "texts.changed": ("file-earmark-text", lazy_gettext("Texts changed")),
    "mails.changed": ("envelope", lazy_gettext("Emails changed")),
    "mails.tested": ("envelope", lazy_gettext("Test of an email sent")),
    "logo.set": ("shop", lazy_gettext("Logo changed")),
    "logo.removed": ("shop", lazy_gettext("Logo removed")),
    "landing.published": ("window", lazy_gettext("Customer Landing Page changed")),
    "landing.withdrawn": ("window", lazy_gettext("Customer Landing Page taken down")),
    "task.assigned": ("person-check", lazy_gettext("Task assigned")),
    "task.released": ("person-dash", lazy_gettext("Task given back")),
    "task.done": ("check2-square", lazy_gettext("Task done")),
    "feed.taken": ("check-circle", lazy_gettext("Taken into your dealer system")),
    "feed.rejected": ("arrow-return-left", lazy_gettext("Not taken by your dealer system")),
    "feed.taker_changed": ("gear", lazy_gettext("Who takes items changed")),
    "message.asked": ("chat-left-text", lazy_gettext("Question asked")),
    "message.written": ("chat-left-text", lazy_gettext("Another message from the customer")),
    "message.answered": ("send", lazy_gettext("Question answered")),
    "message.file": ("paperclip", lazy_gettext("File added to a question")),
    "message.noted": ("lock", lazy_gettext("Internal note added to a question")),
    "message.closed": ("archive", lazy_gettext("Question closed")),
    "message.closed_by_customer": ("archive", lazy_gettext("Question closed by the customer")),
    "message.reopened": ("arrow-counterclockwise", lazy_gettext("Question reopened")),
    "message.assigned": ("person-check", lazy_gettext("Question assigned")),
    "message.handed": ("people", lazy_gettext("Question handed over")),
    "staff_mails.chosen": ("bell", lazy_gettext("Emails to a colleague chosen")),
    "recipients.group": ("people", lazy_gettext("Group of recipients saved")),
    "recipients.group_deleted": ("people", lazy_gettext("Group of recipients deleted")),
    "recipients.people": ("people", lazy_gettext("Recipients of messages saved")),
    "message.ended": ("arrow-repeat", lazy_gettext("Question of an earlier customer ended")),
    "change.asked": ("pencil-square", lazy_gettext("Change requested")),
    "change.withdrawn": ("x-circle", lazy_gettext("Change withdrawn")),
    "change.ended": ("arrow-repeat", lazy_gettext("Change of an earlier customer ended")),
    "change.passed_on": ("check-circle", lazy_gettext("Change passed on")),
    "change.refused": ("slash-circle", lazy_gettext("Change refused")),
    "dispute.raised": ("chat-square-text", lazy_gettext("Dispute raised")),
    "dispute.acknowledged": ("check2", lazy_gettext("Dispute acknowledged")),
    "dispute.reviewed": ("search", lazy_gettext("Dispute taken under review")),
    "dispute.credited": ("check-circle", lazy_gettext("Dispute resolved with a credit")),
    "dispute.rejected": ("x-circle", lazy_gettext("Dispute rejected")),
    "dispute.withdrawn": ("arrow-counterclockwise", lazy_gettext("Dispute withdrawn")),
    "dispute.reopened": ("arrow-repeat", lazy_gettext("Dispute reopened")),
    "dispute.file": ("paperclip", lazy_gettext("File added to a dispute")),
    "dispute.noted": ("sticky", lazy_gettext("Internal note on a dispute")),
    "forward.sent": ("send", lazy_gettext("Document forwarded")),
    "forward.opened": ("eye", lazy_gettext("Forwarded document opened for the first time")),
    "forward.ended": ("x-circle", lazy_gettext("Link to a document ended")),
    "forward.undelivered": ("envelope-x", lazy_gettext("Email with a document not delivered")),
    "consent.changed": ("megaphone", lazy_gettext("Contact preferences changed")),
    "consent.ended": ("arrow-repeat", lazy_gettext("Contact preferences of an earlier customer ended")),
    "notifications.chosen": ("bell", lazy_gettext("Notifications chosen")),
    "profile.changed": ("person-vcard", lazy_gettext("Profile changed")),
    "profile.photo_changed": ("person-vcard", lazy_gettext("Photo changed")),
    "profile.photo_removed": ("person-vcard", lazy_gettext("Photo removed")),
    "dealer.changed": ("sliders", lazy_gettext("Allowances or modules changed")),
    "dealer.suspended": ("pause-circle", lazy_gettext("Portal suspended")),
    "dealer.resumed": ("check-circle", lazy_gettext("Portal no longer suspended")),
    "dealer.closing_requested": ("calendar-x", lazy_gettext("Portal to be closed")),
    "dealer.closing_withdrawn": ("check-circle", lazy_gettext("Portal not to be closed")),
    "dealer.exported": ("download", lazy_gettext("All data exported")),
    "dealer.export_checked": ("check2-square", lazy_gettext("Export of all data checked")),
    "dealer.deletion_begun": ("trash", lazy_gettext("Deletion of all data begun")),
    "dealer.created": ("shop", lazy_gettext("Portal set up")),
}

OVERTAKEN = ("arrow-right", lazy_gettext("Export overtaken"))
BY_CUSTOMERS = frozenset(
    {
        "account.activated",
        "account.email_changed",
        "colleague.joined",
        "invitation.accepted",
        "message.asked",
        "message.written",
        "message.closed_by_customer",
        "change.asked",
        "change.withdrawn",
        "dispute.raised",
        "dispute.withdrawn",
        "dispute.reopened",
        "forward.sent",
        "forward.ended",
        "consent.changed",
        "notifications.chosen",
        "profile.changed",
        "profile.photo_changed",
        "profile.photo_removed",
        "file.begun",
        "shared.opened",
    }
)
BY_EITHER_SIDE = frozenset({"attached.begun", "attached.refused", "message.file", "dispute.file"})
"""What staff and customers do. Somebody who was never of the staff is a customer."""
_PROGRAMS: Mapping[str, LazyText] = {
    **dict.fromkeys(PROGRAMS, lazy_gettext("The portal")),
    "agent": lazy_gettext("Your upload program"),
    "inbox": lazy_gettext("Your inbox"),
    "outbox": lazy_gettext("Your outbox"),
}
_ID = re.compile(r"[0-9A-Z]{26}")


class Line(NamedTuple):
    """One row of the list. `link` leads to what it is about, where that has a page.

    `account` is the number of the account, and `origin` where who did it was: each empty where there is none.
    """

    at: datetime
    event: str
    icon: str
    what: str
    about: str
    link: str
    account: str
    who: str
    origin: str


def event_prefixes(kind: str) -> tuple[str, ...]:
    """How the events of one of KINDS begin; of any other text, every event."""
    return _PREFIXES.get(kind, (f"{kind}.",)) if kind in KINDS else ()


def accounts(entry: AuditEntry) -> frozenset[str]:
    """The accounts, exported or added in the portal, of which a person who did it may be a user; none of a program."""
    own = entry.subject if is_portal_customer(entry.subject) else ""
    refs = {account_ref(entry), own} - {""}
    return frozenset(refs) if is_ulid(entry.actor) else frozenset()


def line(entry: AuditEntry, people: Mapping[str, str], exports: Mapping[int, str]) -> Line:
    """`people`: what staff and customers are called, by id. `exports`: what exports are called, by run."""
    icon, what = EVENTS.get(entry.event, ("dot", entry.event.replace(".", ": ").replace("_", " ")))
    subject, link = about(entry, exports)
    if entry.event == "invitation.queued" and entry.detail.get("again"):
        what = _("Invitation sent again")
    if entry.event == "task.assigned":
        what = _assigned(entry, people)
    if entry.event == "import.refused" and entry.detail.get("code") in OVERTAKEN_CODES:
        icon, what = OVERTAKEN
    return Line(
        entry.at,
        entry.event,
        icon,
        str(what),
        subject,
        link,
        account_ref(entry),
        _who(entry, people),
        origin_in_words(entry.origin),
    )


def _assigned(entry: AuditEntry, people: Mapping[str, str]) -> str:
    to = str(entry.detail.get("to", ""))
    if to == entry.actor:
        return _("Task taken")
    return _("Task assigned to %(person)s", person=named(to, people)) if to else _("Task assigned")


def is_by_customer(entry: AuditEntry) -> bool:
    """Whether a customer has done it: always, or this time."""
    return entry.event in BY_CUSTOMERS or entry.detail.get("by") == BY_CUSTOMER


def _who(entry: AuditEntry, people: Mapping[str, str]) -> str:
    person = entry.actor.rpartition(" ")[2]
    is_somebody = entry.actor not in PROGRAMS and person not in people
    can_be_customer = is_by_customer(entry) or entry.event in BY_EITHER_SIDE
    if can_be_customer and entry.subject != STAFF_SUBJECT and is_somebody:
        return _("The customer")
    if entry.subject == STAFF_SUBJECT and person not in people and "email" in entry.detail:
        return str(entry.detail["email"])
    return named(entry.actor, people)


def named(actor: str, emails: Mapping[str, str]) -> str:
    """Who did something, for a reader: never an id. `emails`: of the dealer's staff and of customers, by id."""
    kind, _space, person = actor.rpartition(" ")
    if person in emails:
        return emails[person]
    if kind == BY_CUSTOMER:
        return _("The customer")
    if kind == "staff" or _ID.fullmatch(person):
        return _("A former colleague")
    return str(_PROGRAMS.get(actor, actor))
