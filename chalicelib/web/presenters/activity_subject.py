"""What a row of the audit trail is about, in words, with the page of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.customers.colleagues.words import LEVELS
from chalicelib.dealers.staff.model import ROLE_LABELS
from chalicelib.feed.kinds import KINDS as FEED_KINDS
from chalicelib.kernel.account_fields import FIELD_LABELS
from chalicelib.kernel.areas import AREA_LABELS
from chalicelib.kernel.channels import CHANNEL_LABELS, Channel
from chalicelib.kernel.i18n import LazyText, ngettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import is_portal_customer, link_part
from chalicelib.kernel.roles import Role
from chalicelib.profiles.model import FIELD_LABELS as PROFILE_LABELS
from chalicelib.store.audit import AuditEntry
from chalicelib.tasks.kinds import KINDS as TASK_KINDS
from chalicelib.web.presenters.branding import FIELD_LABELS as BRAND_LABELS
from chalicelib.web.presenters.landing import PART_LABELS as LANDING_LABELS
from chalicelib.web.presenters.settings import ALLOWANCE_LABELS, INVITATION_LABELS, SETTING_LABELS
from chalicelib.web.presenters.wording import MAIL_LABELS, TEXT_LABELS

_OF_ACCOUNTS = frozenset(
    {
        "invitation",
        "account",
        "access",
        "colleague",
        "task",
        "feed",
        "change",
        "dispute",
        "consent",
        "request",
        "mail",
        "message",
        "forward",
    }
)
"""Kinds whose subject is an account, where they have one."""
_WITH_FILES = frozenset({"file", "shared"})
STAFF_SUBJECT = "staff"
"""The subject of an invitation to join the staff."""
_OF_RECEIVED_FILES = frozenset({"file.accepted", "file.done", "file.asked_again", "file.fetched", "file.withdrawn"})
_LABELS_OF: Mapping[str, Mapping[str, LazyText]] = {
    "task": {name: one.label for name, one in TASK_KINDS.items()},
    "feed": {name: one.label for name, one in FEED_KINDS.items()},
}
"""What a task or an item of the feed is called, by the kind that its audit row names."""


def run_number(entry: AuditEntry) -> int | None:
    """The run that an entry is about, or None."""
    kind, _space, number = entry.subject.rpartition(" ")
    return int(number) if kind == "import" and number.isdecimal() else None


def account_ref(entry: AuditEntry) -> str:
    """The number of the account, where it is about one."""
    kind, detail = entry.event.partition(".")[0], entry.detail
    if is_portal_customer(entry.subject):
        return str(detail.get("account") or detail.get("before") or "")
    is_of_account = kind in _OF_ACCOUNTS | _WITH_FILES and entry.subject != STAFF_SUBJECT
    return entry.subject if is_of_account else ""


def about(entry: AuditEntry, exports: Mapping[int, str]) -> tuple[str, str]:
    """What it happened to, and the page of that."""
    kind, detail = entry.event.partition(".")[0], entry.detail
    if kind == "message":
        return _message(entry.subject, detail)
    of_account = kind in _OF_ACCOUNTS and entry.subject not in {"", STAFF_SUBJECT}
    if of_account and not is_portal_customer(entry.subject):
        return _of_account(entry.subject, kind, detail)
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
    if kind == "colleague" and "level" in detail:
        return f"{detail.get('email', '')}, {colleague_rights(detail)}"
    return str(detail.get("references") or detail.get("email") or detail.get("title") or name or reason or "")


def colleague_rights(detail: Mapping[str, Any]) -> str:
    """The level that somebody is given, with the areas and accounts where it is not all of them."""
    named = str(detail.get("areas", "")).split()
    areas = [str(label) for area, label in AREA_LABELS.items() if area.value in named]
    level = next((str(label) for role, label in LEVELS.items() if role.value == detail.get("level")), "")
    return ", ".join(filter(None, (level, *areas, str(detail.get("accounts", "")))))


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


def _message(ref: str, detail: Mapping[str, Any]) -> tuple[str, str]:
    """A conversation by its account and subject."""
    account = "" if is_portal_customer(ref) else _("Account %(account)s", account=ref)
    link = f"/staff/messages/{link_part(ref)}/{detail['thread']}" if "thread" in detail else ""
    return ", ".join(filter(None, (account, str(detail.get("title", ""))))), link


def _of_account(ref: str, kind: str, detail: Mapping[str, Any]) -> tuple[str, str]:
    """What of an account; the page is the dispute's own, where it is one."""
    words, page = _account(ref, _what_of_it(kind, detail))
    return words, f"/staff/disputes/{link_part(ref)}/{detail['dispute']}" if "dispute" in detail else page


def _account(ref: str, of_whom: str) -> tuple[str, str]:
    words = [_("Account %(account)s", account=ref), of_whom]
    return ", ".join(filter(None, words)), f"/staff/accounts/{link_part(ref)}"
