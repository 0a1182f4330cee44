"""Reads of identity's items, as values."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.identity import records
from chalicelib.identity.model import (
    FIRST_USER_ROLE,
    ActiveLink,
    ApiKey,
    FactorKind,
    Membership,
    MembershipKind,
    OneTimeLink,
    Person,
    PersonEvent,
    Session,
    WaitingEmail,
    email_hash,
)
from chalicelib.kernel.ids import first_ulid
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.batch import batch_get
from chalicelib.store.roles import scoped


@scoped
def person_id_of(scope: IdentityScope, email: str) -> str | None:
    """Whose email it is."""
    found = records.EmailRecord.find(f"E#{email_hash(email)}", "EMAIL", consistent=True)
    return found.person_id if found else None


@scoped
def counted(scope: IdentityScope, key: str, window: int) -> int:
    """What a counter has reached in the window that starts at `window` (epoch seconds)."""
    found = records.LimitRecord.find(f"LIMIT#{key}", str(window), consistent=True)
    return int(found.n) if found else 0


def person_id_or_decoy(scope: IdentityScope, email: str) -> str:
    """Whose email it is, or an id that nobody has: what is read next is read for known and unknown alike (threat 5)."""
    return person_id_of(scope, email) or f"NOBODY{email_hash(email)[:20]}"


_DECOY = {
    "pk": {"S": "P#NOBODY"},
    "sk": {"S": "PERSON"},
    "person_id": {"S": "NOBODY"},
    "email": {"S": "nobody@nowhere.example"},
    "password_hash": {"S": "-"},
    "created_at": {"S": "2024-01-01T00:00:00.000000+0000"},
}
"""An item as the table gives it: read where there is none, so that known and unknown take as long (threat 5)."""


@scoped
def person(scope: IdentityScope, person_id: str) -> Person | None:
    """The person with this id."""
    found = records.PersonRecord.find(f"P#{person_id}", "PERSON", consistent=True)
    read = found or records.PersonRecord.from_raw_data(dict(_DECOY))  # a tenth of a millisecond that would give it away
    factors = frozenset(map(FactorKind, (read.factors or "").split()))
    person = Person(
        read.person_id,
        read.email,
        read.password_hash,
        read.created_at,
        factors,
        read.factors_version or "",
        read.reset_at,
        read.language or "",
    )
    return person if found else None


@scoped
def memberships(scope: IdentityScope, person_id: str) -> list[Membership]:
    """All of a person's, by dealer and account."""
    model = records.MembershipRecord
    return [
        as_membership(found) for found in model.query(f"P#{person_id}", model.sk.startswith("M#"), consistent_read=True)
    ]


@scoped
def person_events(
    scope: IdentityScope, person_id: str, *, since: datetime, before: datetime | None = None, limit: int
) -> list[PersonEvent]:
    """What a person's own trail says, newest first."""
    model = records.AuditRecord
    bounds = model.sk.between(f"AUDIT#{first_ulid(since)}", f"AUDIT#{first_ulid(before) if before else '~'}")
    rows = model.query(f"P#{person_id}", bounds, scan_index_forward=False, limit=limit, page_size=limit)
    return [PersonEvent(row.at, row.event, str(row.detail.get("address", ""))) for row in rows]


@scoped
def membership(scope: IdentityScope, person_id: str, key: str) -> Membership | None:
    """One of a person's memberships by its key."""
    found = records.MembershipRecord.find(f"P#{person_id}", f"M#{key}", consistent=True)
    return as_membership(found) if found else None


@scoped
def session(scope: IdentityScope, session_id: str) -> Session | None:
    """The session with this id, whether it still counts or not; `csrf` is left empty."""
    found = records.SessionRecord.find(f"S#{session_id}", "SESSION", consistent=True)
    return _as_session(found) if found else None


@scoped
def session_ids(scope: IdentityScope, person_id: str) -> list[tuple[str, str | None]]:
    """The id and the membership key of each session that a person's list names."""
    model = records.SessionEntry
    entries = model.query(f"P#{person_id}", model.sk.startswith("S#"), consistent_read=True)
    return [(entry.sk.removeprefix("S#"), entry.membership_key) for entry in entries]


@scoped
def session_ids_by_age(scope: IdentityScope, person_id: str) -> list[str]:
    """The sessions that a person's list names, those that end first before the others."""
    model = records.SessionEntry
    entries = model.query(f"P#{person_id}", model.sk.startswith("S#"), consistent_read=True)
    return [entry.sk.removeprefix("S#") for entry in sorted(entries, key=lambda entry: entry.ttl or 0)]


@scoped
def last_logins(scope: IdentityScope, person_ids: Iterable[str], key: str) -> dict[str, datetime]:
    """When each of these people last acted for the membership of this key; those who never did are left out."""
    wanted = [(f"P#{person_id}", f"M#{key}") for person_id in person_ids]
    found = batch_get(records.MembershipRecord, wanted) if wanted else []
    logins: dict[str, datetime | None] = {one.pk.removeprefix("P#"): one.last_login for one in found}
    return {person_id: at for person_id, at in logins.items() if at}


@scoped
def sessions(scope: IdentityScope, session_ids: Iterable[str]) -> list[Session]:
    """Those of the sessions that are there, newest first."""
    found = batch_get(records.SessionRecord, [(f"S#{one}", "SESSION") for one in session_ids], consistent=True)
    return sorted((_as_session(one) for one in found), key=lambda s: s.created_at, reverse=True)


@scoped
def is_link_used(scope: IdentityScope, link_hash: str) -> bool:
    """Whether the link with this hash was an invitation that was accepted."""
    return records.UsedLinkRecord.find(f"T#{link_hash}", "USED", consistent=True) is not None


@scoped
def link(scope: IdentityScope, link_hash: str) -> OneTimeLink | None:
    """A one-time link by the hash of its secret."""
    found = records.LinkRecord.find(f"T#{link_hash}", "LINK", consistent=True)
    if found is None:
        return None
    offered = membership_from(found.membership) if found.membership else None
    return OneTimeLink(
        link_hash,
        found.purpose,
        found.request_id,
        found.email,
        found.expires_at,
        found.person_id,
        offered,
        found.inviter or "",
    )


@scoped
def waiting_email(scope: IdentityScope, person_id: str) -> WaitingEmail | None:
    """The address that waits for its link to be opened, also one whose link has ended."""
    found = records.EmailChangeRecord.find(f"P#{person_id}", "EMAIL_CHANGE", consistent=True)
    return WaitingEmail(found.email, found.asked_at, found.expires_at) if found else None


@scoped
def active_link(scope: IdentityScope, subject: str) -> ActiveLink | None:
    """Which link counts for a subject."""
    found = records.ActiveLinkRecord.find(f"T#CURRENT#{subject}", "CURRENT", consistent=True)
    return ActiveLink(found.link_hash, found.request_id) if found else None


@scoped
def api_key(scope: IdentityScope, key_hash: str) -> ApiKey | None:
    """The working key with this hash."""
    found = records.ApiKeyRecord.find(f"K#{key_hash}", "KEY", consistent=True)
    return _as_api_key(found) if found else None


@scoped
def api_keys(scope: IdentityScope, dealer_id: str) -> list[tuple[ApiKey, str]]:
    """All keys a dealer ever made, oldest first, each with its hash."""
    found = records.ApiKeyRecord.query(f"K#DEALER#{dealer_id}", consistent_read=True)
    return [(_as_api_key(one), one.key_hash) for one in found]


@scoped
def known_devices(scope: IdentityScope, hashes: Iterable[str], *, now: datetime) -> list[str]:
    """Those of the hashes that some person's browser is known by."""
    found = batch_get(records.DeviceRecord, [(f"LIMIT#DEVICE#{one}", "DEVICE") for one in hashes])
    return [one.pk.removeprefix("LIMIT#DEVICE#") for one in found if one.expires_at > now]


def as_membership(found: records.MembershipRecord) -> Membership:
    """The value of an item."""
    kind = MembershipKind(found.kind)
    return Membership(
        found.dealer_id,
        kind,
        found.subject_ref or found.account_ref,
        found.account_name,
        role=_role(kind, found.role),
        active=found.active,
        invitation_id=found.invitation_id,
        era=found.era or "",
    )


def membership_from(data: Mapping[str, Any]) -> Membership:
    """The value of a JSON copy. Older ones call the subject `account_ref`."""
    kind = MembershipKind(data["kind"])
    fields = {name: value for name, value in data.items() if name != "account_ref"}
    subject_ref = data["account_ref"] if "account_ref" in data else data["subject_ref"]
    return Membership(**{**fields, "kind": kind, "subject_ref": subject_ref, "role": _role(kind, data["role"])})


def _role(kind: MembershipKind, stored: str) -> Role:
    """Before accounts had roles, all their users were stored as `user`."""
    role = Role(stored)
    return FIRST_USER_ROLE if kind is MembershipKind.CUSTOMER and role is Role.USER else role


def _as_session(found: records.SessionRecord) -> Session:
    return Session(
        session_id=found.pk.removeprefix("S#"),
        person_id=found.person_id,
        email=found.email,
        membership=membership_from(found.membership) if found.membership else None,
        csrf="",
        created_at=found.created_at,
        last_seen=found.last_seen,
        expires_at=found.expires_at,
        address=found.address,
        user_agent=found.user_agent,
        only_membership=found.only_membership,
        second_factor=found.second_factor,
        factor_due=found.factor_due,
        short_password=found.short_password,
        weak_factor=found.weak_factor,
        language=found.language or "",
    )


def _as_api_key(found: records.ApiKeyRecord) -> ApiKey:
    return ApiKey(
        found.key_id,
        found.dealer_id,
        found.name,
        found.prefix,
        found.created_at,
        found.revoked_at,
        found.last_used_at,
        made_by=found.made_by or "",
    )
