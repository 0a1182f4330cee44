"""Threads of messages, as customers and staff read them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import is_portal_customer, link_part
from chalicelib.ledger.row import TransactionType
from chalicelib.messages.model import About, Conversation, Entry, EntryKind, ListedThread, Side, Thread
from chalicelib.messages.recipients.model import Recipient, RecipientKind
from chalicelib.messages.recipients.queries import Addressing, Choice
from chalicelib.rendering.contact import initials
from chalicelib.web.presenters.files import Chip
from chalicelib.web.presenters.transactions import TYPES

WAITS_FOR_DEALER: Chip = (lazy_gettext("Waiting for an answer"), "hourglass-split", "info")
WAITS_FOR_STAFF: Chip = (lazy_gettext("To be answered"), "chat-left-text", "warn")
ANSWERED: Chip = (lazy_gettext("Answered"), "check-circle", "ok")
CLOSED: Chip = (lazy_gettext("Closed"), "archive", "")
NEW: Chip = (lazy_gettext("New"), "envelope", "info")


OWN_STATES: Mapping[str, LazyText] = MappingProxyType(
    {
        "": lazy_gettext("All"),
        "open": lazy_gettext("Still open"),
        "unread": lazy_gettext("Unread"),
        "closed": lazy_gettext("Closed"),
    }
)
"""What customers narrow their list to."""
STAFF_STATES: Mapping[str, LazyText] = MappingProxyType(
    {
        "": lazy_gettext("All open"),
        "waiting": lazy_gettext("To be answered"),
        "mine": lazy_gettext("For me"),
        "nobodys": lazy_gettext("Assigned to nobody"),
        "unread": lazy_gettext("Unread"),
        "closed": lazy_gettext("Closed"),
    }
)
"""The same for staff. For me is what is assigned to them, or to nobody and addressed to them or a group of theirs."""
ANYBODY, DEALER = "", "dealer"
"""Of the filter by whom it is addressed to: all conversations, and those for nobody in particular."""


class Writer(NamedTuple):
    """Who wrote something: a name and, where that is more than an address, whose or which one."""

    name: str
    of: str = ""


class Line(NamedTuple):
    """One entry. `step` says what was done where nothing was written; `is_own`: by the reader."""

    entry: Entry
    who: Writer
    initials: str
    step: str
    is_own: bool
    is_note: bool


class Reading(NamedTuple):
    """Who has read a thread and since when; `is_all`: its newest message too."""

    name: str
    at: datetime
    is_all: bool


def title_of(about: About) -> str:
    """`Invoice 127070`."""
    return _("%(type)s %(reference)s", type=TYPES[TransactionType(about.type)], reference=about.reference)


def own_page_of(about: About, ref: str | None) -> str:
    """Its page, for the customer of this account; empty where there is none."""
    if ref is None:
        return ""
    return f"/invoices/{link_part(ref)}/{about.type}/{link_part(about.transaction_id)}?on={about.on}"


def customer_of(thread: Thread) -> str:
    """`Mr A L Barlow, 1200`, of a customer added in the portal the name alone."""
    number = "" if is_portal_customer(thread.account_ref) else thread.account_ref
    return ", ".join(filter(None, (thread.account_name, number))) or _("A customer added in the portal")


def staff_page_of(thread: Thread) -> str:
    """Its page for the dealer's staff."""
    return f"/staff/messages/{link_part(thread.account_ref)}/{thread.thread_id}"


def is_in_state(listed: ListedThread, state: str, *, person_id: str = "", reaches_them: bool = False) -> bool:
    """Whether a list narrowed so has it. `reaches_them`: it is addressed to the reader or a group of theirs."""
    thread = listed.thread
    match state:
        case "open":
            return thread.is_open
        case "closed":
            return not thread.is_open
        case "unread":
            return listed.unread
        case "waiting":
            return thread.waits
        case "mine":
            return thread.assigned_to == person_id or (thread.assigned_to is None and reaches_them)
        case "nobodys":
            return thread.assigned_to is None
    return True


def is_about(thread: Thread, text: str) -> bool:
    """Whether every word is in its subject, the reference of what it is about, or who asked."""
    about = thread.about.reference if thread.about else ""
    known = f"{thread.subject} {about} {thread.account_name} {thread.account_ref}".casefold()
    return all(word in known for word in text.casefold().split())


def offered(choices: Iterable[Choice], dealer: str) -> list[tuple[str, str]]:
    """To whom a customer may write, as options of a field."""
    return [
        (one.value, _("%(name)s, looks after your account", name=one.name) if one.is_rep else one.name or dealer)
        for one in choices
    ]


def is_addressed(resolved: Recipient | None, wanted: str) -> bool:
    """Whether a list narrowed by whom it goes to has what goes to `resolved` now."""
    if wanted == ANYBODY:
        return True
    return resolved is None if wanted == DEALER else resolved is not None and resolved.value == wanted


def addressees(addressing: Addressing, labels: Mapping[str, str]) -> dict[str, str]:
    """All groups and all colleagues, as options: what they are called by what a form says."""
    groups = {one.recipient.value: one.name for one in addressing.directory.groups}
    people = {Recipient(RecipientKind.PERSON, one).value: label for one, label in labels.items()}
    return {**groups, **dict(sorted(people.items(), key=lambda one: one[1].casefold()))}


def own_chip(thread: Thread) -> Chip:
    """How a thread stands for its customer."""
    return _chip(thread, WAITS_FOR_DEALER)


def staff_chip(thread: Thread) -> Chip:
    """How it stands for the dealer's staff."""
    return _chip(thread, WAITS_FOR_STAFF)


def _chip(thread: Thread, waits: Chip) -> Chip:
    if not thread.is_open:
        return CLOSED
    return waits if thread.waits else ANSWERED


def lines(
    entries: Iterable[Entry], reader_id: str, names: Mapping[str, Writer], others: Mapping[Side, str]
) -> list[Line]:
    """`names` are those that are known, by id; `others` what anybody else of a side is called."""
    return [_line(entry, reader_id, names, others) for entry in entries]


def _line(entry: Entry, reader_id: str, names: Mapping[str, Writer], others: Mapping[Side, str]) -> Line:
    is_own = entry.person_id == reader_id
    named = names.get(entry.person_id)
    who = named or Writer(others[entry.side])
    return Line(
        entry,
        Writer(_("You")) if is_own else who,
        initials(named.name) if named else "",
        _handed(entry, "" if is_own else who.name)
        if entry.kind is EntryKind.HANDED
        else _step(entry.kind, "" if is_own else who.name),
        is_own,
        entry.kind is EntryKind.NOTE,
    )


def _step(kind: EntryKind, who: str) -> str:
    """What was done where nothing was written; without `who` it was the reader."""
    if kind is EntryKind.CLOSED:
        return _("%(who)s closed this conversation", who=who) if who else _("You closed this conversation")
    if kind is EntryKind.REOPENED:
        return _("%(who)s reopened this conversation", who=who) if who else _("You reopened this conversation")
    return ""


def _handed(entry: Entry, who: str) -> str:
    if not entry.text:
        return _("%(who)s handed this to all", who=who) if who else _("You handed this to all")
    if who:
        return _("%(who)s handed this over to %(to)s", who=who, to=entry.text)
    return _("You handed this over to %(to)s", to=entry.text)


def file_ids(found: Conversation) -> list[str]:
    """The files that are part of it."""
    return [entry.file_id for entry in found.entries if entry.file_id]


def readings(
    found: Conversation, side: Side, names: Mapping[str, Writer], other: str, *, reader_id: str
) -> list[Reading]:
    """Who of a side has read it but the reader, the last first."""
    newest = found.thread.shown_id
    read = [
        Reading(names.get(person, Writer(other)).name, mark.at, mark.up_to >= newest)
        for person, mark in found.read.items()
        if mark.side is side and person != reader_id
    ]
    return sorted(read, key=lambda one: one.at, reverse=True)


def read_by_dealer(found: Conversation) -> datetime | None:
    """When somebody at the dealer first read the newest message, where that is the customer's."""
    if found.thread.shown_side is not Side.CUSTOMER:
        return None
    read = [mark.at for mark in found.read.values() if mark.side is Side.STAFF and mark.up_to >= found.thread.shown_id]
    return min(read, default=None)
