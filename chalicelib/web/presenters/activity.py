"""What the rows of the audit trail are called."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.dealers.staff.model import ROLE_LABELS
from chalicelib.feed.kinds import KINDS as FEED_KINDS
from chalicelib.ingest.failures import OVERTAKEN_CODES
from chalicelib.kernel.account_fields import FIELD_LABELS
from chalicelib.kernel.channels import CHANNEL_LABELS, Channel
from chalicelib.kernel.i18n import LazyText, lazy_gettext, ngettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import is_portal_customer, link_part
from chalicelib.kernel.roles import Role
from chalicelib.profiles.model import FIELD_LABELS as PROFILE_LABELS
from chalicelib.rendering.user_agents import origin_in_words
from chalicelib.store.audit import PROGRAMS, AuditEntry
from chalicelib.tasks.kinds import KINDS as TASK_KINDS
from chalicelib.web.presenters.branding import FIELD_LABELS as BRAND_LABELS
from chalicelib.web.presenters.landing import PART_LABELS as LANDING_LABELS
from chalicelib.web.presenters.settings import ALLOWANCE_LABELS, INVITATION_LABELS, SETTING_LABELS
from chalicelib.web.presenters.wording import MAIL_LABELS, TEXT_LABELS

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
    "change": lazy_gettext("Change requests"),
    "consent": lazy_gettext("Contact preferences"),
    "profile": lazy_gettext("Profiles"),
}
"""What the page can be narrowed to, and what that is called."""

_PREFIXES = {
    "account": ("account.", "access.", "customer."),
    "invitation": ("invitation.", "campaign.", "mail."),
    "settings": ("settings.", "brand.", "logo.", "landing.", "texts.", "mails.", "dealer."),
}
"""How the names of its events begin, where that is more than the kind itself."""

_OF_ACCOUNTS = frozenset({"invitation", "account", "access", "task", "feed", "change", "consent", "request", "mail"})
"""Kinds whose subject is an account, where they have one."""
_WITH_FILES = frozenset({"file", "shared"})
STAFF_SUBJECT = "staff"
"""The subject of an invitation to join the staff."""

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
    "mail.returned": ("envelope-exclamation", lazy_gettext("Mail not delivered")),
    "mail.works_again": ("envelope", lazy_gettext("Address said to work again")),
    "account.activated": ("person-check", lazy_gettext("Customer logged in for the first time")),
    "account.same_customer": ("person-check", lazy_gettext("Same customer confirmed")),
    "account.email_changed": ("envelope", lazy_gettext("Email address of a user changed")),
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
    "file.asked_again": ("arrow-repeat", lazy_gettext("Document asked for again")),
    "request.asked": ("file-earmark-plus", lazy_gettext("Document asked for")),
    "request.fulfilled": ("check-circle", lazy_gettext("All documents of a request received")),
    "request.reopened": ("arrow-repeat", lazy_gettext("Document still wanted")),
    "request.reminded": ("bell", lazy_gettext("Customer reminded of a document")),
    "request.overdue": ("exclamation-triangle", lazy_gettext("Document overdue")),
    "request.cancelled": ("x-circle", lazy_gettext("Document no longer asked for")),
    "request.ended": ("arrow-repeat", lazy_gettext("Request to an earlier customer ended")),
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
    "mails.changed": ("envelope", lazy_gettext("Mails changed")),
    "mails.tested": ("envelope", lazy_gettext("Test of a mail sent")),
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
    "change.asked": ("pencil-square", lazy_gettext("Change requested")),
    "change.withdrawn": ("x-circle", lazy_gettext("Change withdrawn")),
    "change.ended": ("arrow-repeat", lazy_gettext("Change of an earlier customer ended")),
    "change.passed_on": ("check-circle", lazy_gettext("Change passed on")),
    "change.refused": ("slash-circle", lazy_gettext("Change refused")),
    "consent.changed": ("megaphone", lazy_gettext("Contact preferences changed")),
    "consent.ended": ("arrow-repeat", lazy_gettext("Contact preferences of an earlier customer ended")),
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
        "invitation.accepted",
        "change.asked",
        "change.withdrawn",
        "consent.changed",
        "profile.changed",
        "profile.photo_changed",
        "profile.photo_removed",
        "file.begun",
        "shared.opened",
    }
)
_PROGRAMS: Mapping[str, LazyText] = {
    **dict.fromkeys(PROGRAMS, lazy_gettext("The portal")),
    "agent": lazy_gettext("Your upload program"),
    "inbox": lazy_gettext("Your inbox"),
    "outbox": lazy_gettext("Your outbox"),
}
_OF_RECEIVED_FILES = frozenset({"file.accepted", "file.done", "file.asked_again", "file.fetched", "file.withdrawn"})
_LABELS_OF: Mapping[str, Mapping[str, LazyText]] = {
    "task": {name: one.label for name, one in TASK_KINDS.items()},
    "feed": {name: one.label for name, one in FEED_KINDS.items()},
}
"""What a task or an item of the feed is called, by the kind that its audit row names."""
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


def run_number(entry: AuditEntry) -> int | None:
    """The run that an entry is about, or None."""
    kind, _space, number = entry.subject.rpartition(" ")
    return int(number) if kind == "import" and number.isdecimal() else None


def line(entry: AuditEntry, people: Mapping[str, str], exports: Mapping[int, str]) -> Line:
    """`people`: what the dealer's staff are called, by id. `exports`: what exports are called, by run."""
    icon, what = EVENTS.get(entry.event, ("dot", entry.event.replace(".", ": ").replace("_", " ")))
    about, link = _about(entry, exports)
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
        about,
        link,
        _account_ref(entry),
        _who(entry, people),
        origin_in_words(entry.origin),
    )


def _assigned(entry: AuditEntry, people: Mapping[str, str]) -> str:
    to = str(entry.detail.get("to", ""))
    if to == entry.actor:
        return _("Task taken")
    return _("Task assigned to %(person)s", person=named(to, people)) if to else _("Task assigned")


def _account_ref(entry: AuditEntry) -> str:
    """The number of the account, where it is about one."""
    kind, detail = entry.event.partition(".")[0], entry.detail
    if is_portal_customer(entry.subject):
        return str(detail.get("account") or detail.get("before") or "")
    is_of_account = kind in _OF_ACCOUNTS | _WITH_FILES and entry.subject != STAFF_SUBJECT
    return entry.subject if is_of_account else ""


def _about(entry: AuditEntry, exports: Mapping[int, str]) -> tuple[str, str]:
    """What it happened to, and the page of that."""
    kind, detail = entry.event.partition(".")[0], entry.detail
    of_account = kind in _OF_ACCOUNTS and entry.subject not in {"", STAFF_SUBJECT}
    if of_account and not is_portal_customer(entry.subject):
        return _account(entry.subject, _what_of_it(kind, detail))
    if kind == "shared":
        return _shared(entry.subject, detail, is_there=entry.event != "shared.deleted")
    if kind == "file":
        return _file(entry.subject, detail, received=entry.event in _OF_RECEIVED_FILES)
    if is_portal_customer(entry.subject):
        linked = str(detail.get("account") or detail.get("before") or "")
        customer = str(detail.get("name") or "") or _("A customer added in the portal")
        return _account(linked, customer) if linked else (customer, "")
    run = run_number(entry)
    if run is not None:
        return exports.get(run) or _("Upload %(number)s", number=run), f"/staff/imports/{run}"
    return _about_the_dealership(kind, entry.subject, detail)


_SETTINGS = (SETTING_LABELS | ALLOWANCE_LABELS | INVITATION_LABELS, "settings")
_PARTS: Mapping[str, tuple[Mapping[str, LazyText], str]] = {
    "settings": _SETTINGS,
    "dealer": _SETTINGS,
    "texts": (TEXT_LABELS, "settings"),
    "mails": (MAIL_LABELS, "settings"),
    "profile": (PROFILE_LABELS, "fields"),
    "landing": (LANDING_LABELS, "parts"),
}
"""What of the dealership was changed, by the kind of event: what its parts are called, and which detail names them."""


def _about_the_dealership(kind: str, subject: str, detail: Mapping[str, Any]) -> tuple[str, str]:
    """What belongs to no account and no file."""
    if kind == "campaign":
        return _campaign(detail), f"/staff/invitations/{subject}"
    if kind == "dealer" and "reason" in detail:
        return str(detail["reason"]), ""
    if kind == "brand":
        return _labelled(BRAND_LABELS, detail), ""
    if kind in _PARTS:
        labels, names = _PARTS[kind]
        return _labelled(labels, detail.get(names, ())), ""
    if items := detail.get("items"):
        return ngettext("%(num)s item", "%(num)s items", len(items), num=len(items)), ""
    if kind == "task":
        return _what_of_it(kind, detail), f"/staff/imports/{detail['run']}" if "run" in detail else ""
    named = "" if kind in {"api_key", "logo"} else subject
    role = str(ROLE_LABELS[Role(detail["role"])]) if kind == "staff" and "role" in detail else ""
    return ", ".join(filter(None, (str(detail.get("name") or detail.get("email") or named), role))), ""


def _labelled(labels: Mapping[str, LazyText], names: Iterable[str]) -> str:
    return ", ".join(str(labels.get(name, name)) for name in names)


def _campaign(detail: Mapping[str, Any]) -> str:
    if "invited" in detail:
        return ngettext("%(num)s customer", "%(num)s customers", detail["invited"], num=detail["invited"])
    if "accounts" in detail:
        return ngettext("%(num)s customer", "%(num)s customers", detail["accounts"], num=detail["accounts"])
    return ngettext("%(num)s customer left", "%(num)s customers left", detail["left"], num=detail["left"])


def _what_of_it(kind: str, detail: Mapping[str, Any]) -> str:
    """Whom or what of an account: an address, a document that was asked for, a field, channels, a task or an item."""
    label = _LABELS_OF.get(kind, {}).get(str(detail.get("kind")), "")
    return ", ".join(filter(None, (str(label), _named_by(kind, detail))))


def _named_by(kind: str, detail: Mapping[str, Any]) -> str:
    if field := detail.get("field"):
        return str(FIELD_LABELS.get(field, field))
    if channels := detail.get("channels") or ([detail["channel"]] if "channel" in detail else []):
        return ", ".join(str(CHANNEL_LABELS[Channel(channel)]) for channel in channels)
    if export := detail.get("export"):
        return _("Export %(number)s", number=export)
    name = detail.get("name") if kind == "task" else ""
    reason = detail.get("reason") if kind == "access" else ""
    if reason and (master := detail.get("master")):
        return _("%(reason)s (with account %(account)s)", reason=reason, account=master)
    return str(detail.get("email") or detail.get("title") or name or reason or "")


def _file(ref: str, detail: Mapping[str, Any], *, received: bool) -> tuple[str, str]:
    """A file by its account and name; it has a page once it was received."""
    account = "" if is_portal_customer(ref) else _("Account %(account)s", account=ref)
    link = f"/staff/documents/{link_part(ref)}/{detail['file']}" if received else ""
    return ", ".join(filter(None, (account, str(detail["name"])))), link


def _shared(ref: str, detail: Mapping[str, Any], *, is_there: bool) -> tuple[str, str]:
    """A document for a customer; the link of one that was deleted leads to the account's others."""
    home = f"/staff/accounts/{link_part(ref)}/documents"
    link = f"{home}/{detail['file']}" if is_there else home
    return ", ".join((_("Account %(account)s", account=ref), str(detail["name"]))), link


def _account(ref: str, of_whom: str) -> tuple[str, str]:
    words = [_("Account %(account)s", account=ref), of_whom]
    return ", ".join(filter(None, words)), f"/staff/accounts/{link_part(ref)}"


def _who(entry: AuditEntry, people: Mapping[str, str]) -> str:
    person = entry.actor.rpartition(" ")[2]
    if entry.event in BY_CUSTOMERS and entry.subject != STAFF_SUBJECT and person not in people:
        return _("The customer")
    if entry.subject == STAFF_SUBJECT and person not in people and "email" in entry.detail:
        return str(entry.detail["email"])
    return named(entry.actor, people)


def named(actor: str, emails: Mapping[str, str]) -> str:
    """Who did something, for a reader: never an id. `emails`: of the dealer's staff, by id."""
    kind, _space, person = actor.rpartition(" ")
    if person in emails:
        return emails[person]
    if kind == "staff" or _ID.fullmatch(person):
        return _("A former colleague")
    return str(_PROGRAMS.get(actor, actor))
