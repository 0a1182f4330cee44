"""What staff may be mailed of, and how soon. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from chalicelib.dealers.model import Module
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.roles import Role

STAFF_EVENT = "staff_event"
"""The kind of the outbox item that has those mailed who have chosen so."""
STAFF_MAILS = frozenset({"staff_news", "new_dispute", "export_missing"})
"""The kinds of these mails."""
DAILY_MAIL = "daily"
"""In the place of an event: the mail with all of a day."""


class StaffEvent(StrEnum):
    """What happens. A REPLY is a further message in a conversation that is theirs, or nobody's."""

    QUESTION = "question"
    OPEN_QUESTION = "open_question"
    REPLY = "reply"
    DISPUTE = "dispute"
    DOCUMENT = "document"
    MISSING_EXPORT = "missing_export"


class Pace(StrEnum):
    """How soon somebody is mailed."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


EVENT_LABELS: Mapping[StaffEvent, LazyText] = MappingProxyType(
    {
        StaffEvent.QUESTION: lazy_gettext("New questions to me or a group of mine"),
        StaffEvent.OPEN_QUESTION: lazy_gettext("New questions to nobody in particular"),
        StaffEvent.REPLY: lazy_gettext("Further messages in conversations that are mine or nobody's"),
        StaffEvent.DISPUTE: lazy_gettext("New and reopened disputes"),
        StaffEvent.DOCUMENT: lazy_gettext("Documents received"),
        StaffEvent.MISSING_EXPORT: lazy_gettext("Exports that have not come in time"),
    }
)
EVENT_LINES: Mapping[StaffEvent, LazyText] = MappingProxyType(
    {
        StaffEvent.QUESTION: lazy_gettext("New question"),
        StaffEvent.OPEN_QUESTION: lazy_gettext("New question"),
        StaffEvent.REPLY: lazy_gettext("Another message from the customer"),
        StaffEvent.DISPUTE: lazy_gettext("Dispute raised or reopened"),
        StaffEvent.DOCUMENT: lazy_gettext("Document received"),
        StaffEvent.MISSING_EXPORT: lazy_gettext("Export missing"),
    }
)
"""What a line of a mail says."""
PACE_LABELS: Mapping[Pace, LazyText] = MappingProxyType(
    {
        Pace.AT_ONCE: lazy_gettext("At once"),
        Pace.DAILY: lazy_gettext("Once a day, in one email"),
        Pace.NEVER: lazy_gettext("Never"),
    }
)
_MODULES: Mapping[StaffEvent, Module] = {
    StaffEvent.QUESTION: Module.MESSAGES,
    StaffEvent.OPEN_QUESTION: Module.MESSAGES,
    StaffEvent.REPLY: Module.MESSAGES,
    StaffEvent.DISPUTE: Module.INVOICES,
    StaffEvent.DOCUMENT: Module.DOCUMENTS,
}


def usual(event: StaffEvent, role: Role) -> Pace:
    """How soon somebody is mailed who has not chosen."""
    if event is StaffEvent.QUESTION:
        return Pace.AT_ONCE
    is_admins = event in {StaffEvent.DISPUTE, StaffEvent.MISSING_EXPORT}
    return Pace.AT_ONCE if is_admins and role is Role.ADMIN else Pace.NEVER


def offered(modules: Collection[str]) -> list[StaffEvent]:
    """Those that can happen at a dealer with these modules, in order."""
    return [one for one in StaffEvent if _MODULES.get(one, "") in {"", *modules}]


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody has chosen. `version` is None where nothing has been stored yet."""

    chosen: Mapping[StaffEvent, Pace] = field(default_factory=dict)
    version: int | None = None

    def pace(self, event: StaffEvent, role: Role) -> Pace:
        """How soon they are mailed of it."""
        return self.chosen.get(event, usual(event, role))

    def with_choice(self, choice: Mapping[StaffEvent, Pace], role: Role) -> "Choices":
        """With these; what is usual anyway is not kept, and follows the role."""
        made = {**self.chosen, **choice}
        return replace(self, chosen={one: pace for one, pace in made.items() if pace is not usual(one, role)})

    def without(self, name: str, role: Role) -> "Choices":
        """Without mails of the event of this name; of DAILY_MAIL without those that come once a day."""
        stopped = [one for one in StaffEvent if name in {one.value, DAILY_MAIL}]
        if name == DAILY_MAIL:
            stopped = [one for one in stopped if self.pace(one, role) is Pace.DAILY]
        return self.with_choice(dict.fromkeys(stopped, Pace.NEVER), role)

    def is_mailed(self, name: str, role: Role) -> bool:
        """Whether there still are such mails."""
        return self.without(name, role) != self


class News(NamedTuple):
    """A line of a mail: what happened, to what of whom, and where it is seen."""

    event: StaffEvent
    title: str
    customer: str
    path: str
