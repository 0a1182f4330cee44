"""What a code is that was sent to somebody, and of whom one is accepted. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.identity.model import SENT, STRONG, FactorKind, Membership, MembershipKind, Person
from chalicelib.kernel.ids import Ids

LIFE = timedelta(minutes=10)
RESEND_AFTER = timedelta(minutes=1)
MAX_TRIES = 5
MAX_SENT = 5
"""Codes of one login: each lets it wait for LIFE again."""
_DIGITS = 6


class CodePurpose(StrEnum):
    """What a code is for: it counts for nothing else. Stored: one keeps its name."""

    LOG_IN = "log_in"
    TURN_ON = "turn_on"
    CONFIRM = "confirm"
    NOTIFY = "notify"  # it proves a number for notifications


@dataclass(frozen=True, slots=True)
class Bound:
    """What a code counts for: `bound_to` is the id of the login that waits, or of the session."""

    purpose: CodePurpose
    bound_to: str


PROVING = frozenset({CodePurpose.TURN_ON, CodePurpose.NOTIFY})
"""The code goes to a number that it is to prove."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a code goes: by mail, or to a mobile number, which is named where it is not proved yet."""

    kind: FactorKind
    new_number: str = ""


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code that was asked for. `code_hash` is empty until the message is written; `to` is where it goes.

    `ask_id` is another each time that one is sent again; `asked` counts how often. `other_asked_at`: when one of the
    other kind was asked for last, which this one has replaced.
    """

    bound: Bound
    kind: FactorKind
    person_id: str
    to: str
    ask_id: str
    asked_at: datetime
    expires_at: datetime
    code_hash: str = ""
    asked: int = 1
    other_asked_at: datetime | None = None

    def counts(self, now: datetime) -> bool:
        """Whether it can still be entered."""
        # Tested control: sent-code-expires
        return now < self.expires_at

    def last_asked_at(self, kind: FactorKind) -> datetime | None:
        """When one of this kind was asked for last."""
        return self.asked_at if kind is self.kind else self.other_asked_at

    def seconds_to_wait(self, kind: FactorKind, now: datetime) -> int:
        """Before another of this kind may be sent: somebody who waits in vain has it sent the other way at once."""
        last = self.last_asked_at(kind)
        return max(0, int((last + RESEND_AFTER - now).total_seconds())) if last else 0


def new_code(ids: Ids) -> str:
    """Six digits."""
    return str(int.from_bytes(ids.random_bytes(16)) % 10**_DIGITS).zfill(_DIGITS)


def accepted_factors(person: Person, memberships: Iterable[Membership]) -> frozenset[FactorKind]:
    """By which of their factors somebody may show who they are.

    A code that is sent is not accepted from staff who have set up something that cannot be read or diverted on its way.
    From staff who have nothing else yet it is, so that they get in and set something up.
    """
    strong = person.factors & STRONG
    # Tested control: sent-code-not-beside-staff-factor
    if strong and is_staff(memberships):
        return strong
    return person.factors


def masked_number(number: str) -> str:
    """`+447700900123` -> `•••123`: who knows the number knows it again."""
    return f"•••{number[-3:]}"


def is_staff(memberships: Iterable[Membership]) -> bool:
    """Whether they belong to any dealership."""
    return any(one.kind is MembershipKind.STAFF for one in memberships)


def first_sent(person: Person) -> FactorKind | None:
    """By what a code is sent as soon as the password is right: where there is nothing else to show."""
    kinds = person.factors & SENT
    return min(kinds) if kinds and not person.factors & STRONG else None
