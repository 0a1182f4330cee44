"""People as values: who they are, for whom they may act, the session they are in, the invitation they hold."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from chalicelib.kernel import emails
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.keys import is_portal_customer, key_part
from chalicelib.kernel.origin import Origin, origin_of
from chalicelib.kernel.roles import CUSTOMER_ROLES, STAFF_ROLES, Role

NOT_AN_EMAIL = lazy_gettext("Enter an email address in the form name@example.com")


class MembershipKind(StrEnum):
    """Whether somebody belongs to the dealership or to a customer."""

    STAFF = "staff"
    CUSTOMER = "customer"


_KEY_LETTERS = {MembershipKind.STAFF: "S", MembershipKind.CUSTOMER: "A"}
_ROLES = {MembershipKind.STAFF: STAFF_ROLES, MembershipKind.CUSTOMER: CUSTOMER_ROLES}
FIRST_USER_ROLE = Role.ADMIN
"""The first user of an account may do all there; so may those whose membership was stored before accounts had roles."""


class FactorKind(StrEnum):
    """By what somebody shows at login who they are, besides the password. Stored: a kind keeps its name."""

    APP = "app"
    PASSKEY = "passkey"
    EMAIL = "email"  # a code that is sent there
    SMS = "sms"  # the same to a mobile number that they have proved
    RECOVERY = "recovery"  # shown, but never set up by itself: its codes come with the others


STRONG = frozenset({FactorKind.APP, FactorKind.PASSKEY})
"""What is on something that the person has. The others are accepted of customers alone."""
SENT = frozenset({FactorKind.EMAIL, FactorKind.SMS})
"""Codes that are sent."""


@dataclass(frozen=True, slots=True)
class Person:
    """One human, by email. `password_hash` is argon2id and stays inside this slice.

    `factors` are set up and asked for at login; `factors_version` is another after each change of them. `reset_at`:
    when the password was last set by a mailed link. `language` is the locale that they have chosen to read, or empty:
    that of the dealer.
    """

    person_id: str
    email: str
    password_hash: str
    created_at: datetime
    factors: frozenset[FactorKind] = frozenset()
    factors_version: str = ""
    reset_at: datetime | None = None
    language: str = ""

    @property
    def credentials_version(self) -> str:
        """Names the password and the factors: what was allowed with others ends with them."""
        return sha256(f"{self.password_hash}\n{self.factors_version}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Membership:
    """May act at a dealer for what `kind` and `subject_ref` name: for the dealer itself (staff), or for an account.

    `active` since the first login after that. `era` is the account's when it was offered: when the account's number is
    used again for somebody else, the account begins another. Raises ValueError for a role that its kind does not have.
    """

    dealer_id: str
    kind: MembershipKind
    subject_ref: str | None = None
    account_name: str = ""
    role: Role = field(kw_only=True)
    active: bool = False
    invitation_id: str = ""
    era: str = ""

    def __post_init__(self) -> None:
        if self.role not in _ROLES[self.kind]:
            raise ValueError(f"{self.kind} has no role {self.role}")

    @property
    def key(self) -> str:
        """Names it among a person's memberships."""
        return membership_key(dealer_id=self.dealer_id, kind=self.kind, subject_ref=self.subject_ref)

    @property
    def account_ref(self) -> str | None:
        """The account, of a customer's membership; `~<ulid>` of a customer that no export names."""
        return self.subject_ref if self.kind is MembershipKind.CUSTOMER else None

    @property
    def account_number(self) -> str:
        """What the dealer's system calls the account, to show; empty where it has none."""
        ref = self.account_ref
        return "" if ref is None or is_portal_customer(ref) else ref


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is logged in. `session_id` is its secret's hash; `csrf` comes from the secret, never stored.

    `only_membership`: at login there was no other to change to. `second_factor`: one was shown, or set up since;
    `weak_factor`: it was a code that was sent, which is not enough for staff.
    `factor_due`: it is not the first login of a member of staff. `short_password`: it has to be changed first.
    """

    session_id: str
    person_id: str
    email: str
    membership: Membership | None
    csrf: str
    created_at: datetime
    last_seen: datetime
    expires_at: datetime
    address: str
    user_agent: str
    only_membership: bool = False
    second_factor: bool = False
    factor_due: bool = False
    short_password: bool = False
    weak_factor: bool = False
    language: str = ""

    @property
    def origin(self) -> Origin:
        """Where it was logged in, as an audit trail and a mail say it."""
        return origin_of(self.address, self.user_agent)


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """Where a request comes from: its address, its browser, and the secret of the session it had, which ends.

    `devices`: the secrets by which the browser says whose it is; `device` is the one that is right for who logs in.
    `trusted_secrets`: the secrets of logins there that asked for no second factor again.
    """

    address: str
    user_agent: str = ""
    old_secret: str | None = None
    devices: tuple[str, ...] = ()
    device: str | None = None
    trusted_secrets: tuple[str, ...] = ()

    @property
    def origin(self) -> Origin:
        """What an audit trail keeps of it."""
        return origin_of(self.address, self.user_agent)


@dataclass(frozen=True, slots=True)
class PersonEvent:
    """Something that happened to a person's own account, as their trail has it; `address` of where, if it is kept."""

    at: datetime
    event: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class PendingLogin:
    """A login between its two steps: the password was right. `login_id` is the hash of its secret.

    `link_hash`: of the invitation that is accepted with it. `credentials_version`: the person's at the first step.
    """

    login_id: str
    person_id: str
    credentials_version: str
    expires_at: datetime
    dealer_id: str | None = None
    link_hash: str | None = None


@dataclass(frozen=True, slots=True)
class AppFactor:
    """An authenticator app. `secret` is base32 and stays inside this slice; codes up to `last_step` are used up."""

    secret: str
    since: datetime
    last_step: int = 0


@dataclass(frozen=True, slots=True)
class SmsNumber:
    """The mobile number to which codes go, in E.164: the person has entered a code that was sent there."""

    number: str
    since: datetime


@dataclass(frozen=True, slots=True)
class TextNumber:
    """The mobile number to which notifications go, in E.164, proved as that of codes is.

    `opted_out_at`: when its owner was found to have answered STOP.
    """

    number: str
    since: datetime
    opted_out_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewApp:
    """An authenticator app that is being set up, in the session that began it alone."""

    secret: str
    session_id: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """The hashes of those that are left."""

    hashes: tuple[str, ...]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class FactorReset:
    """The operator has announced that this person's factors are reset, as they were at `factors_version`.

    `requested_as`: whom the system knows the operator as, who calls themselves `requested_by`; None of older ones.
    """

    person_id: str
    factors_version: str
    requested_by: str
    at: datetime
    requested_as: str | None = None


@dataclass(frozen=True, slots=True)
class TrustedBrowser:
    """A browser that is not asked for the second factor until `expires_at`. `device_id` is its secret's hash.

    `weak`: since a code was entered that had been sent.
    """

    device_id: str
    credentials_version: str
    since: datetime
    expires_at: datetime
    address: str
    user_agent: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail to a person that was not delivered; `mail_id` is the ULID of its outbox item."""

    email: str
    at: datetime
    kind: str
    mail_id: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a one-time link offers.

    `known`: the email has an account, so ask for a login, never for a new password. `inviter`: the name or email of the
    colleague who invites; empty where the dealer does.
    """

    invitation_id: str
    email: str
    membership: Membership
    expires_at: datetime
    known: bool = False
    inviter: str = ""


@dataclass(frozen=True, slots=True)
class PasswordToReset:
    """Whose password a mailed link sets, and how many characters it has at least."""

    email: str
    shortest: int


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A dealer's API key as staff see it: its first characters, never the whole. `made_by` is a person, if known."""

    key_id: str
    dealer_id: str
    name: str
    prefix: str
    created_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    made_by: str = ""


@dataclass(frozen=True, slots=True)
class WaitingEmail:
    """Another address that a person has asked to log in with, and whose link has not been opened yet."""

    email: str
    asked_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """A one-time link that still works: `request_id` (a ULID) asked for it, `membership` is what it offers."""

    link_hash: str
    purpose: str
    request_id: str
    email: str
    expires_at: datetime
    person_id: str | None = None
    membership: Membership | None = None
    inviter: str = ""


@dataclass(frozen=True, slots=True)
class ForwardTarget:
    """What the link of a document leads to that was sent on."""

    dealer_id: str
    account_ref: str
    forward_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ActiveLink:
    """Which link counts for a subject, if any, and which request made it or cancelled it."""

    link_hash: str | None
    request_id: str


def membership_key(*, dealer_id: str, kind: MembershipKind, subject_ref: str | None) -> str:
    """`<dealer>#<letter of the kind>`, and `.<subject, encoded>` where the kind has one: `<dealer>#S`, `<dealer>#A.12`.

    Stored in memberships, sessions and the subjects of one-time links: a kind keeps its letter.
    """
    subject = "" if subject_ref is None else f".{key_part(subject_ref)}"
    return f"{dealer_id}#{_KEY_LETTERS[kind]}{subject}"


def normal_email(text: str) -> str:
    """One spelling, one person (`kernel.emails`). Raises InvalidError on `email`."""
    try:
        return emails.normal_email(text)
    except ValueError:
        raise InvalidError(NOT_AN_EMAIL, {"email": NOT_AN_EMAIL}) from None


def canonical_email(email: str) -> str:
    """The one spelling of an email. Text that is no email stays as it is, and is treated like an unknown one.

    Of what is longer than any email, the beginning, which is longer too.
    """
    try:
        return normal_email(email)
    except InvalidError:
        return emails.comparable_email(email.strip()[: emails.MAX_EMAIL_LENGTH + 1])


def email_hash(email: str) -> str:
    """The key of a normal email."""
    return sha256(email.encode()).hexdigest()
