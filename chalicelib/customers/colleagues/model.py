"""What somebody may do on an account, and the people of an account with it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.kernel.areas import ALL_AREAS, Area
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.roles import CUSTOMER_ROLES, Role

MAX_PEOPLE = 50
"""Of an account, with those whose invitation is open."""
MAX_INVITATIONS = 20
"""Of an account that are open at a time."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do on an account, in which areas, and on which accounts of its group; none named means all.

    An admin has all areas and accounts: who gives rights to others has them. Raises ValueError for a role of staff.
    """

    role: Role = Role.ADMIN
    areas: frozenset[Area] = ALL_AREAS
    accounts: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.role not in CUSTOMER_ROLES:
            raise ValueError(f"not a level on an account: {self.role}")
        if self.role is Role.ADMIN:
            object.__setattr__(self, "areas", ALL_AREAS)
            object.__setattr__(self, "accounts", frozenset())

    def reach(self, refs: frozenset[str]) -> frozenset[str]:
        """Those of these accounts that they see."""
        # Tested control: colleague-accounts-limited
        return refs & self.accounts if self.accounts else refs


EVERYTHING = Rights()
"""Of the first user of an account, and of everybody from before there were levels."""


class State(StrEnum):
    """The last thing that happened to somebody's access."""

    QUEUED = "queued"
    INVITED = "invited"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"
    UNSENT = "unsent"  # the mail service took it for no address: nothing left
    ACTIVE = "active"
    CANCELLED = "cancelled"
    ENDED = "ended"


OPEN = frozenset({State.QUEUED, State.INVITED, State.UNCERTAIN, State.BOUNCED, State.UNSENT})
GONE = frozenset({State.CANCELLED, State.ENDED})


class Manager(NamedTuple):
    """Who gives rights to others: a user of the account who is its admin, or somebody `of_dealer`."""

    person_id: str
    email: str
    name: str = ""
    of_dealer: bool = False


def invitation_key(invitation_id: str) -> str:
    """Of somebody whom a colleague has invited."""
    return f"i{invitation_id}"


def person_key(person_id: str) -> str:
    """Of somebody whom the dealer has invited."""
    return f"p{person_id}"


@dataclass(frozen=True, slots=True)
class Grant:
    """The stored rights of one person, or of the invitation to one. `key` names it within the account.

    `invited_by` is the id of a person. `ended` is the ULID of its end: who is invited after that is not meant.
    `version` is that of the record as it was read, 0 of one that is not written yet.
    """

    key: str
    email: str
    rights: Rights
    state: State
    era: str = ""
    invitation_id: str = ""
    person_id: str = ""
    invited_by: str = ""
    queued_at: datetime | None = None
    expires_at: datetime | None = None
    ended: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of an account: `user` has logged in for it, or there is an open invitation.

    `version` is that of their rights, 0 where none were ever stored.
    """

    key: str
    email: str
    rights: Rights
    state: State
    user: AccountUser | None = None
    grant: Grant | None = None

    @property
    def version(self) -> int:
        """What a form names that changes them."""
        return self.grant.version if self.grant else 0

    @property
    def is_admin(self) -> bool:
        """Whether they have logged in and manage the others."""
        return self.user is not None and self.rights.role is Role.ADMIN

    def has_expired(self, now: datetime) -> bool:
        """Whether the link of their invitation no longer works."""
        expires = self.grant.expires_at if self.grant else None
        return self.state is State.INVITED and expires is not None and expires <= now


def grant_of(grants: Mapping[str, Grant], person_id: str, invitation_id: str, era: str) -> Grant | None:
    """The one that counts for somebody who was invited by this invitation: its own before one of the person."""
    own = grants.get(invitation_key(invitation_id)) if invitation_id else None
    if own:
        return own
    of_person = grants.get(person_key(person_id))
    if of_person is None or of_person.era != era:
        return None
    is_invited_again = of_person.ended and invitation_id > of_person.ended
    return None if is_invited_again else of_person


def rights_of(grants: Mapping[str, Grant], user: AccountUser) -> Rights | None:
    """What a user of the account may do; None where that has ended."""
    found = grant_of(grants, user.person_id, user.invitation_id, user.era)
    if found is None:
        return EVERYTHING
    return None if found.state in GONE else found.rights


def colleagues(grants: Iterable[Grant], users: Iterable[AccountUser], era: str) -> list[Colleague]:
    """The people of the account in this era, then those who are invited."""
    by_key = {one.key: one for one in grants}
    people: list[Colleague] = []
    for user in sorted(users, key=lambda one: one.email):
        if user.era != era:
            continue
        found = grant_of(by_key, user.person_id, user.invitation_id, era)
        if found and found.state in GONE:
            continue
        key = found.key if found else person_key(user.person_id)
        rights = found.rights if found else EVERYTHING
        people.append(Colleague(key, user.email, rights, State.ACTIVE, user, found))
    known = {one.key for one in people}
    waiting = [
        Colleague(one.key, one.email, one.rights, one.state, None, one)
        for one in sorted(by_key.values(), key=lambda one: one.email)
        if one.state in OPEN and one.era == era and one.key not in known
    ]
    return [*people, *waiting]


def of_email(people: Iterable[Colleague], email: str) -> Colleague | None:
    """Who of them has this address, or is invited to it."""
    return next((one for one in people if comparable_email(one.email) == comparable_email(email)), None)


def admins(people: Iterable[Colleague]) -> list[AccountUser]:
    """Those who manage the others."""
    return [one.user for one in people if one.user and one.is_admin]
