"""Reads of identity's items, and the one way to commit changes to them. What to write is built in `items`."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from chalicelib.identity import records
from chalicelib.identity.model import ApiKey, Current, Kind, Link, Membership, Person, Role, Session, email_hash
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.batch import batch_get
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import WriteItem, transaction


@scoped
def commit(scope: IdentityScope, items: Iterable[WriteItem]) -> None:
    """Write all items or none. Raises ConflictError where a condition fails."""
    with transaction() as t:
        t.add(*items)


@scoped
def person_id_of(scope: IdentityScope, email: str) -> str | None:
    """Whose email it is."""
    found = records.EmailRecord.find(f"E#{email_hash(email)}", "EMAIL", consistent=True)
    return found.person_id if found else None


def someone_or_nobody(scope: IdentityScope, email: str) -> str:
    """Whose email it is, or an id that nobody has: what is read next is read for known and unknown alike (threat 5)."""
    return person_id_of(scope, email) or f"NOBODY{email_hash(email)[:20]}"


_NOBODY = {
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
    read = found or records.PersonRecord.from_raw_data(dict(_NOBODY))  # a tenth of a millisecond that would tell
    person = Person(read.person_id, read.email, read.password_hash, read.created_at)
    return person if found else None


@scoped
def memberships(scope: IdentityScope, person_id: str) -> list[Membership]:
    """All of a person's, by dealer and account."""
    model = records.MembershipRecord
    return [
        as_membership(found) for found in model.query(f"P#{person_id}", model.sk.startswith("M#"), consistent_read=True)
    ]


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
def sessions(scope: IdentityScope, session_ids: Iterable[str]) -> list[Session]:
    """Those of the sessions that are there, newest first."""
    found = batch_get(records.SessionRecord, [(f"S#{one}", "SESSION") for one in session_ids], consistent=True)
    return sorted((_as_session(one) for one in found), key=lambda s: s.created_at, reverse=True)


@scoped
def touch_session(scope: IdentityScope, session_id: str, now: datetime) -> None:
    """Keep it from going idle. One that was ended meanwhile stays ended."""
    model = records.SessionRecord
    with suppress(ConflictError):
        model(pk=f"S#{session_id}", sk="SESSION").update([model.last_seen.set(now)], model.person_id.exists())


@scoped
def link(scope: IdentityScope, link_hash: str) -> Link | None:
    """A one-time link by the hash of its secret."""
    found = records.LinkRecord.find(f"T#{link_hash}", "LINK", consistent=True)
    if found is None:
        return None
    offered = membership_from(found.membership) if found.membership else None
    return Link(link_hash, found.purpose, found.request_id, found.email, found.expires_at, found.person_id, offered)


@scoped
def current_link(scope: IdentityScope, subject: str) -> Current | None:
    """Which link counts for a subject."""
    found = records.CurrentLink.find(f"T#CURRENT#{subject}", "CURRENT", consistent=True)
    return Current(found.link_hash, found.request_id) if found else None


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
def count(scope: IdentityScope, key: str, window: int, *, most: int, ttl: int) -> bool:
    """Add one to the window that starts at `window` (epoch seconds), if it stays within `most`; whether it did."""
    model = records.LimitRecord
    try:
        model(pk=f"LIMIT#{key}", sk=str(window)).update(
            [model.n.add(1), model.ttl.set(ttl)], model.n.does_not_exist() | (model.n < most)
        )
    except ConflictError:
        return False
    return True


@scoped
def uncount(scope: IdentityScope, key: str, window: int) -> None:
    """Take one back; nothing happens where there is none."""
    model = records.LimitRecord
    with suppress(ConflictError):
        model(pk=f"LIMIT#{key}", sk=str(window)).update([model.n.add(-1)], model.n > 0)


def as_membership(found: records.MembershipRecord) -> Membership:
    """The value of an item."""
    return Membership(
        found.dealer_id,
        Kind(found.kind),
        found.account_ref,
        found.account_name,
        Role(found.role),
        found.active,
        found.invitation_id,
    )


def membership_from(data: dict[str, Any]) -> Membership:
    """The value of a JSON copy."""
    return Membership(**{**data, "kind": Kind(data["kind"]), "role": Role(data["role"])})


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
        agent=found.agent,
    )


def _as_api_key(found: records.ApiKeyRecord) -> ApiKey:
    return ApiKey(found.key_id, found.dealer_id, found.name, found.prefix, found.created_at, found.revoked_at)
