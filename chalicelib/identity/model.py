"""People as values: who they are, for whom they may act, the session they are in, the invitation they hold."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.keys import key_part

NOT_AN_EMAIL = "Enter an email address in the form name@example.com"


class Kind(StrEnum):
    """On which side of the counter somebody stands."""

    STAFF = "staff"
    CUSTOMER = "customer"


class Role(StrEnum):
    """What staff may do; a customer's user is always USER."""

    ADMIN = "admin"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Person:
    """One human, by email. `password_hash` is argon2id and stays inside this slice."""

    person_id: str
    email: str
    password_hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """May act for a dealer (staff) or one of its accounts (customer). `active` since the first login after that."""

    dealer_id: str
    kind: Kind
    account_ref: str | None = None
    account_name: str = ""
    role: Role = Role.USER
    active: bool = False
    invitation_id: str = ""

    @property
    def key(self) -> str:
        """Names it among a person's memberships: `<dealer>#S` or `<dealer>#A.<ref, encoded>`."""
        return membership_key(dealer_id=self.dealer_id, account_ref=self.account_ref)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is logged in. `session_id` is its secret's hash; `csrf` comes from the secret, never stored."""

    session_id: str
    person_id: str
    email: str
    membership: Membership | None
    csrf: str
    created_at: datetime
    last_seen: datetime
    expires_at: datetime
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a one-time link offers. `known`: the email has an account, so ask for a login, never for a new password."""

    invitation_id: str
    email: str
    membership: Membership
    expires_at: datetime
    known: bool = False


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A dealer's agent's key as staff see it: its first characters, never the whole."""

    key_id: str
    dealer_id: str
    name: str
    prefix: str
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link that still works: `request_id` (a ULID) asked for it, `membership` is what it offers."""

    link_hash: str
    purpose: str
    request_id: str
    email: str
    expires_at: datetime
    person_id: str | None = None
    membership: Membership | None = None


@dataclass(frozen=True, slots=True)
class Current:
    """Which link counts for a subject, if any, and which request made it or cancelled it."""

    link_hash: str | None
    request_id: str


def membership_key(*, dealer_id: str, account_ref: str | None) -> str:
    """The key of a membership: staff without, a customer with an account."""
    return f"{dealer_id}#S" if account_ref is None else f"{dealer_id}#A.{key_part(account_ref)}"


def normal_email(text: str) -> str:
    """`  Al.Barlow@Postgate.Example ` -> `al.barlow@postgate.example`: one spelling, one person.

    Raises InvalidError on `email`.
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise InvalidError(NOT_AN_EMAIL, {"email": NOT_AN_EMAIL}) from None


def email_hash(email: str) -> str:
    """The key of a normal email."""
    return sha256(email.encode()).hexdigest()
