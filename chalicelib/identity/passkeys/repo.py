"""Passkeys and challenges in the table: reads, and the items of a transaction."""

from datetime import datetime

from chalicelib.identity.passkeys.model import Challenge, ChallengePurpose, Credential, Passkey
from chalicelib.identity.passkeys.records import ChallengeRecord, PasskeyOwnerRecord, PasskeyRecord
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Check, Delete, Put, Update, WriteItem


@scoped
def passkeys(scope: IdentityScope, person_id: str) -> list[Passkey]:
    """A person's, oldest first."""
    model = PasskeyRecord
    rows = model.query(f"P#{person_id}", model.sk.startswith("PASSKEY#"), consistent_read=True)
    return sorted(map(_as_passkey, rows), key=lambda one: one.created_at)


@scoped
def passkey(scope: IdentityScope, person_id: str, passkey_id: str) -> Passkey | None:
    """One of a person's."""
    found = PasskeyRecord.find(f"P#{person_id}", f"PASSKEY#{passkey_id}", consistent=True)
    return _as_passkey(found) if found else None


@scoped
def owner_id(scope: IdentityScope, passkey_id: str) -> str | None:
    """Whose credential it is, or was."""
    found = PasskeyOwnerRecord.find(f"K#PASSKEY#{passkey_id}", "OWNER", consistent=True)
    return found.person_id if found else None


@scoped
def put_challenge(scope: IdentityScope, challenge: Challenge) -> None:
    """From now on it can be used, once."""
    record = ChallengeRecord(
        pk=f"T#{challenge.challenge_hash}",
        sk="CHALLENGE",
        ttl=int(challenge.expires_at.timestamp()),
        purpose=challenge.purpose.value,
        bound_to=challenge.bound_to,
        name=challenge.name or None,
        expires_at=challenge.expires_at,
    )
    record.save()


@scoped
def use_challenge(
    scope: IdentityScope, challenge_hash: str, *, purpose: ChallengePurpose, bound_to: str, now: datetime
) -> Challenge | None:
    """Use it up. None, and nothing changes, where it was used, has ended, or is another's or for something else."""
    model = ChallengeRecord
    found = model.find(f"T#{challenge_hash}", "CHALLENGE", consistent=True)
    # Tested control: passkey-challenge-bound
    if found is None or found.purpose != purpose.value or found.bound_to != bound_to or found.expires_at <= now:
        return None
    try:
        # Tested control: passkey-challenge-once
        model(pk=f"T#{challenge_hash}", sk="CHALLENGE").delete(model.pk.exists())
    except ConflictError:
        return None
    return Challenge(challenge_hash, purpose, bound_to, found.expires_at, found.name or "")


def new_passkey(one: Passkey) -> tuple[WriteItem, ...]:
    """Refused if the credential is or was anybody's."""
    record = PasskeyRecord(
        pk=f"P#{one.person_id}",
        sk=f"PASSKEY#{one.passkey_id}",
        credential_id=one.credential.credential_id,
        public_key=one.credential.public_key,
        sign_count=one.credential.sign_count,
        transports=list(one.credential.transports) or None,
        name=one.name,
        created_at=one.created_at,
    )
    owner = PasskeyOwnerRecord(pk=f"K#PASSKEY#{one.passkey_id}", sk="OWNER", person_id=one.person_id)
    # Tested control: passkey-one-owner
    return Put(owner, PasskeyOwnerRecord.pk.does_not_exist()), Put(record, PasskeyRecord.pk.does_not_exist())


def use_passkey(one: Passkey, *, sign_count: int, is_confirmed: bool = False, now: datetime) -> WriteItem:
    """Note its use, `is_confirmed` after the password. Refused if it was removed, or used since `one` was read."""
    model = PasskeyRecord
    confirmed = [model.confirmed_at.set(now)] if is_confirmed else []
    unchanged = model.sign_count == one.credential.sign_count
    used = [model.sign_count.set(sign_count), model.last_used_at.set(now), *confirmed]
    return Update(_key(one), used, unchanged)


def rename_passkey(one: Passkey, name: str) -> WriteItem:
    """Refused if it was removed."""
    return Update(_key(one), [PasskeyRecord.name.set(name)], PasskeyRecord.pk.exists())


def require_passkey(one: Passkey) -> WriteItem:
    """Requires that it was not removed."""
    return Check(PasskeyRecord, f"P#{one.person_id}", f"PASSKEY#{one.passkey_id}", PasskeyRecord.pk.exists())


def drop_passkey(one: Passkey) -> WriteItem:
    """Refused if it was removed before. Whose credential it was stays known."""
    return Delete(_key(one), PasskeyRecord.pk.exists())


def _key(one: Passkey) -> PasskeyRecord:
    return PasskeyRecord(pk=f"P#{one.person_id}", sk=f"PASSKEY#{one.passkey_id}")


def _as_passkey(found: PasskeyRecord) -> Passkey:
    credential = Credential(
        found.credential_id, found.public_key, int(found.sign_count), tuple(map(str, found.transports or ()))
    )
    return Passkey(
        found.pk.removeprefix("P#"), credential, found.name, found.created_at, found.last_used_at, found.confirmed_at
    )
