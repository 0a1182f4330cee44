"""Which accounts can be invited now, and why the others are held back. Pure."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.customers.enrolment.model import UNDELIVERED, EnrolmentSummary, State, asks_whose, ineligibility_reason
from chalicelib.customers.model import DirectoryEntry
from chalicelib.dealers.bounces.model import Bounce
from chalicelib.kernel.emails import comparable_email

_OWN_BOOKS = frozenset({"internal", "cash"})
_UNDER_WAY = frozenset({State.QUEUED, State.INVITED, State.UNCERTAIN})
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "sir", "prof", "rev", "the"})
_WORD = re.compile(r"[^\W_]+")


class Reason(StrEnum):
    """Why an account is held back, the first that holds."""

    ACTIVE = "active"
    INVITED = "invited"
    INTERNAL = "internal"
    ARCHIVED = "archived"
    CLOSED = "closed"
    IN_DOUBT = "in_doubt"
    NO_EMAIL = "no_email"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    SHARED_EMAIL = "shared_email"
    SINGLE_NAME = "no_second_name"


@dataclass(frozen=True, slots=True)
class Readiness:
    """Every account of the dealer, by number: those that are ready, and the others by reason."""

    ready: Sequence[DirectoryEntry]
    held_back: Mapping[Reason, Sequence[DirectoryEntry]]

    def chosen(self, include: Container[Reason]) -> list[DirectoryEntry]:
        """Those that are ready, and those that are held back for a reason to `include`."""
        also = [entry for reason, entries in self.held_back.items() if reason in include for entry in entries]
        return [*self.ready, *also]

    @property
    def reasons(self) -> dict[str, Reason | None]:
        """By account number, also of those that are ready."""
        held_back = {entry.ref: reason for reason, entries in self.held_back.items() for entry in entries}
        return {**dict.fromkeys((entry.ref for entry in self.ready), None), **held_back}


def scan(
    entries: Iterable[DirectoryEntry],
    enrolments: Mapping[str, EnrolmentSummary],
    bounces: Mapping[str, Bounce],
    linked: Container[str] = frozenset(),
) -> Readiness:
    """Sort all accounts. `linked`: accounts whose figures a customer added in the portal sees."""
    everybody = list(entries)
    shared = _shared(everybody)
    ready: list[DirectoryEntry] = []
    held_back: dict[Reason, list[DirectoryEntry]] = {reason: [] for reason in Reason}
    for entry in everybody:
        reason = _reason(entry, enrolments.get(entry.ref), bounces, shared, is_linked=entry.ref in linked)
        (held_back[reason] if reason else ready).append(entry)
    return Readiness(ready, held_back)


def has_full_name(name: str) -> bool:
    """Whether it has two words that are no title: `Mr A L Barlow` has, `Mr Barlow` and `Barlow` have not."""
    return len([word for word in _WORD.findall(name) if word.casefold() not in _TITLES]) > 1


def _reason(
    entry: DirectoryEntry,
    enrolment: EnrolmentSummary | None,
    bounces: Mapping[str, Bounce],
    shared: Container[str],
    *,
    is_linked: bool,
) -> Reason | None:
    if enrolment and (enrolment.state is State.ACTIVE or enrolment.state in _UNDER_WAY):
        return Reason.ACTIVE if enrolment.state is State.ACTIVE else Reason.INVITED
    if entry.account_type in _OWN_BOOKS:
        return Reason.INTERNAL
    if entry.archived:
        return Reason.ARCHIVED
    if asks_whose(entry.next_era, enrolment, is_linked=is_linked):
        return Reason.IN_DOUBT
    if ineligibility_reason(entry):
        is_shut = entry.account_status == "closed" or not entry.portal_eligible
        return Reason.CLOSED if is_shut else Reason.NO_EMAIL
    return _reason_of_address(entry, enrolment, bounces, shared)


def _reason_of_address(
    entry: DirectoryEntry,
    enrolment: EnrolmentSummary | None,
    bounces: Mapping[str, Bounce],
    shared: Container[str],
) -> Reason | None:
    email = comparable_email(entry.email or "")
    found = bounces.get(email)
    # Tested control: bounced-address-not-campaigned
    if found:
        return Reason.COMPLAINED if found.is_complaint else Reason.BOUNCED
    if enrolment and enrolment.state in UNDELIVERED and comparable_email(enrolment.email) == email:
        return Reason.BOUNCED
    if email in shared:
        return Reason.SHARED_EMAIL
    return None if has_full_name(entry.name) else Reason.SINGLE_NAME


def _shared(entries: Iterable[DirectoryEntry]) -> frozenset[str]:
    """Addresses of more than one account that is a customer's."""
    once, more = set[str](), set[str]()
    for entry in entries:
        if entry.email and not entry.archived and entry.account_type not in _OWN_BOOKS:
            email = comparable_email(entry.email)
            (more if email in once else once).add(email)
    return frozenset(more)
