"""What identity writes, as items of a transaction: a change comes with its audit row. Nothing here calls AWS."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from pynamodb.expressions.condition import Condition

from chalicelib.identity import records
from chalicelib.identity.model import (
    ApiKey,
    FactorKind,
    Membership,
    MembershipKind,
    OneTimeLink,
    Person,
    Session,
    WaitingEmail,
    email_hash,
)
from chalicelib.kernel.callers import caller_detail
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store import outbox
from chalicelib.store.transactions import Check, Delete, Put, Update, WriteItem

_KEPT = timedelta(days=30)
_USED_KEPT = timedelta(days=365)


def new_person(person: Person) -> tuple[WriteItem, ...]:
    """A person and the email that names them. Refused if the email has a person."""
    email = records.EmailRecord(pk=f"E#{email_hash(person.email)}", sk="EMAIL", person_id=person.person_id)
    record = records.PersonRecord(
        pk=f"P#{person.person_id}",
        sk="PERSON",
        person_id=person.person_id,
        email=person.email,
        password_hash=person.password_hash,
        created_at=person.created_at,
    )
    return Put(email, records.EmailRecord.pk.does_not_exist()), Put(record, records.PersonRecord.pk.does_not_exist())


def drop_person(person: Person) -> tuple[WriteItem, ...]:
    """They and their email are gone. Refused if the password was changed since `person` was read."""
    model, emails = records.PersonRecord, records.EmailRecord
    mine = emails.pk.does_not_exist() | (emails.person_id == person.person_id)
    return (
        Delete(model(pk=f"P#{person.person_id}", sk="PERSON"), model.password_hash == person.password_hash),
        Delete(emails(pk=f"E#{email_hash(person.email)}", sk="EMAIL"), mine),
    )


def set_password(person: Person, password_hash: str) -> WriteItem:
    """Refused if the password or the factors were changed since `person` was read."""
    return Update(_person(person), [records.PersonRecord.password_hash.set(password_hash)], _same_credentials(person))


def reset_password(person: Person, password_hash: str, now: datetime) -> WriteItem:
    """Set by a mailed link. Refused as `set_password`."""
    model = records.PersonRecord
    actions = [model.password_hash.set(password_hash), model.reset_at.set(now)]
    return Update(_person(person), actions, _same_credentials(person))


def require_same_credentials(person: Person) -> WriteItem:
    """Requires that neither the password nor the factors were changed since `person` was read."""
    return Check(records.PersonRecord, f"P#{person.person_id}", "PERSON", _same_credentials(person))


def set_factors(person: Person, factors: Iterable[FactorKind], *, version: str) -> WriteItem:
    """Which the person has from now on. Refused if the password or the factors were changed since `person` was read."""
    model = records.PersonRecord
    names = " ".join(sorted(factors))
    kept = model.factors.set(names) if names else model.factors.remove()
    return Update(_person(person), [kept, model.factors_version.set(version)], _same_credentials(person))


def _same_credentials(person: Person) -> Condition:
    model = records.PersonRecord
    if person.factors_version:
        same: Condition = model.factors_version == person.factors_version
    else:
        same = model.factors_version.does_not_exist()
    # Tested control: login-of-current-factors
    both: Condition = (model.password_hash == person.password_hash) & same
    return both


def change_email(person: Person, email: str) -> tuple[WriteItem, ...]:
    """Another email names the person. Refused if it has a person, or if `person` has changed since it was read."""
    model, by_email = records.PersonRecord, records.EmailRecord
    same: Condition = (model.email == person.email) & _same_credentials(person)
    return (
        Put(
            by_email(pk=f"E#{email_hash(email)}", sk="EMAIL", person_id=person.person_id), by_email.pk.does_not_exist()
        ),
        Delete(by_email(pk=f"E#{email_hash(person.email)}", sk="EMAIL"), by_email.person_id == person.person_id),
        Update(_person(person), [model.email.set(email)], same),
    )


def put_membership(person_id: str, membership: Membership, now: datetime) -> WriteItem:
    """Create or replace the membership."""
    return Put(
        records.MembershipRecord(
            pk=f"P#{person_id}",
            sk=f"M#{membership.key}",
            dealer_id=membership.dealer_id,
            kind=membership.kind.value,
            subject_ref=membership.subject_ref,
            account_name=membership.account_name,
            role=membership.role.value,
            active=membership.active,
            invitation_id=membership.invitation_id,
            era=membership.era or None,
            added_at=now,
        )
    )


def activate_membership(person_id: str, membership: Membership, *, used_at: datetime | None) -> WriteItem:
    """The first login; `used_at` where it also acts for it. Refused if it was taken away, or has another role."""
    model = records.MembershipRecord
    actions = [model.active.set(True), *([model.last_login.set(used_at)] if used_at else ())]
    return Update(model(pk=f"P#{person_id}", sk=f"M#{membership.key}"), actions, _role_unchanged(membership))


def use_membership(person_id: str, membership: Membership, now: datetime) -> WriteItem:
    """A session acts for it from now on. Refused if it was taken away, or has another role."""
    model = records.MembershipRecord
    record = model(pk=f"P#{person_id}", sk=f"M#{membership.key}")
    return Update(record, [model.last_login.set(now)], _role_unchanged(membership))


def _role_unchanged(membership: Membership) -> Condition:
    """That it is there and, of staff, has the role that a session copies. Customers' roles do not change yet."""
    model = records.MembershipRecord
    condition: Condition = model.pk.exists()
    # Tested control: session-role-current
    if membership.kind is MembershipKind.STAFF:
        condition &= model.role == membership.role.value
    return condition


def has_membership(person_id: str, membership: Membership) -> WriteItem:
    """Requires that it was not taken away."""
    return Check(
        records.MembershipRecord, f"P#{person_id}", f"M#{membership.key}", records.MembershipRecord.pk.exists()
    )


def drop_membership(person_id: str, membership: Membership) -> WriteItem:
    """Take it away."""
    return Delete(records.MembershipRecord(pk=f"P#{person_id}", sk=f"M#{membership.key}"))


def drop_membership_of_era(person_id: str, membership: Membership) -> WriteItem:
    """Take it away. Refused if one of another era has replaced it."""
    model = records.MembershipRecord
    same = model.era == membership.era if membership.era else model.era.does_not_exist()
    return Delete(model(pk=f"P#{person_id}", sk=f"M#{membership.key}"), same)


def drop_membership_of_invitation(person_id: str, membership: Membership) -> WriteItem:
    """Take it away. Refused if one of another invitation has replaced it."""
    model = records.MembershipRecord
    return Delete(model(pk=f"P#{person_id}", sk=f"M#{membership.key}"), model.invitation_id == membership.invitation_id)


def change_role(person_id: str, membership: Membership, role: Role) -> WriteItem:
    """Give it another role. Refused if it was taken away, or one of another invitation has replaced it."""
    model = records.MembershipRecord
    record = model(pk=f"P#{person_id}", sk=f"M#{membership.key}")
    return Update(record, [model.role.set(role.value)], model.invitation_id == membership.invitation_id)


def drop_unused_membership(person_id: str, membership: Membership) -> WriteItem:
    """Take it away. Refused once somebody has logged in with it."""
    model = records.MembershipRecord
    unused = model.active == False  # noqa: E712 - a condition, not a test
    return Delete(model(pk=f"P#{person_id}", sk=f"M#{membership.key}"), unused)


def choose_language(session: Session, language: str) -> tuple[WriteItem, ...]:
    """Keep it with the person, and with this session. Refused where either has ended."""
    person, own = records.PersonRecord, records.SessionRecord
    return (
        Update(
            person(pk=f"P#{session.person_id}", sk="PERSON"), [person.language.set(language)], person.email.exists()
        ),
        Update(own(pk=f"S#{session.session_id}", sk="SESSION"), [own.language.set(language)], own.person_id.exists()),
    )


def open_session(session: Session) -> tuple[WriteItem, ...]:
    """A session and its line in the person's list."""
    membership, ttl = session.membership, int(session.expires_at.timestamp())
    record = records.SessionRecord(
        pk=f"S#{session.session_id}",
        sk="SESSION",
        ttl=ttl,
        person_id=session.person_id,
        email=session.email,
        membership=_copy(membership) if membership else None,
        created_at=session.created_at,
        last_seen=session.last_seen,
        expires_at=session.expires_at,
        address=session.address,
        user_agent=session.user_agent,
        only_membership=session.only_membership,
        second_factor=session.second_factor,
        factor_due=session.factor_due,
        short_password=session.short_password,
        weak_factor=session.weak_factor,
        language=session.language or None,
    )
    entry = records.SessionEntry(
        pk=f"P#{session.person_id}",
        sk=f"S#{session.session_id}",
        ttl=ttl,
        membership_key=membership.key if membership else None,
    )
    return Put(record), Put(entry)


def reopen_session(session: Session) -> list[WriteItem]:
    """A session that takes the place of one that ends. Refused where its membership was just taken away."""
    kept = [has_membership(session.person_id, session.membership)] if session.membership else []
    return [*open_session(session), *kept]


def end_session(person_id: str, session_id: str, *, must_exist: bool = False) -> tuple[WriteItem, ...]:
    """End it. Refused where it has ended already only if it `must_exist`."""
    there = records.SessionRecord.pk.exists() if must_exist else None
    return (
        Delete(records.SessionRecord(pk=f"S#{session_id}", sk="SESSION"), there),
        Delete(records.SessionEntry(pk=f"P#{person_id}", sk=f"S#{session_id}")),
    )


def new_link(link: OneTimeLink, *, subject: str, before: str | None) -> tuple[WriteItem, ...]:
    """A one-time link that replaces the one with hash `before`. Refused if its request was cancelled or is too old."""
    ttl = int((link.expires_at + _KEPT).timestamp())
    model = records.ActiveLinkRecord
    current = model(
        pk=f"T#CURRENT#{subject}",
        sk="CURRENT",
        ttl=ttl,
        link_hash=link.link_hash,
        request_id=link.request_id,
        cancelled=False,
    )
    again = (model.request_id == link.request_id) & (model.cancelled != True)  # noqa: E712 - a condition, not a test
    allowed = model.pk.does_not_exist() | (model.request_id < link.request_id) | again
    record = records.LinkRecord(
        pk=f"T#{link.link_hash}",
        sk="LINK",
        ttl=ttl,
        purpose=link.purpose,
        email=link.email,
        person_id=link.person_id,
        membership=_copy(link.membership) if link.membership else None,
        inviter=link.inviter or None,
        request_id=link.request_id,
        expires_at=link.expires_at,
    )
    gone = (Delete(records.LinkRecord(pk=f"T#{before}", sk="LINK")),) if before else ()
    return Put(record), Put(current, allowed), *gone


def put_waiting_email(person_id: str, waiting: WaitingEmail) -> WriteItem:
    """An address waits for its link to be opened, replacing one that waited before."""
    record = records.EmailChangeRecord(
        pk=f"P#{person_id}",
        sk="EMAIL_CHANGE",
        ttl=int(waiting.expires_at.timestamp()),
        email=waiting.email,
        asked_at=waiting.asked_at,
        expires_at=waiting.expires_at,
    )
    return Put(record)


def extend_waiting_email(person_id: str, email: str, expires: datetime) -> WriteItem:
    """It is mailed once more. Refused where it no longer waits."""
    model = records.EmailChangeRecord
    changes = [model.expires_at.set(expires), model.ttl.set(int(expires.timestamp()))]
    return Update(model(pk=f"P#{person_id}", sk="EMAIL_CHANGE"), changes, model.email == email)


def drop_waiting_email(person_id: str) -> WriteItem:
    """None waits from now on."""
    return Delete(records.EmailChangeRecord(pk=f"P#{person_id}", sk="EMAIL_CHANGE"))


def cancel_link(*, subject: str, request_id: str, link_hash: str | None, now: datetime) -> tuple[WriteItem, ...]:
    """Kill the link of a request, also one that is yet to be made. Refused where a newer request replaced it."""
    model = records.ActiveLinkRecord
    ttl = int((now + _KEPT).timestamp())
    current = model(
        pk=f"T#CURRENT#{subject}", sk="CURRENT", ttl=ttl, link_hash=None, request_id=request_id, cancelled=True
    )
    gone = (Delete(records.LinkRecord(pk=f"T#{link_hash}", sk="LINK")),) if link_hash else ()
    return Put(current, model.pk.does_not_exist() | (model.request_id <= request_id)), *gone


def consume_link(link_hash: str, now: datetime) -> WriteItem:
    """Use it up. Refused if it was used, replaced or has ended."""
    model = records.LinkRecord
    return Delete(model(pk=f"T#{link_hash}", sk="LINK"), model.pk.exists() & (model.expires_at > now))


def mark_link_used(link_hash: str, now: datetime) -> WriteItem:
    """The person who has the link is told for some time that it was used. Nothing else remains of it."""
    record = records.UsedLinkRecord(pk=f"T#{link_hash}", sk="USED")
    record.ttl = int((now + _USED_KEPT).timestamp())
    return Put(record)


def new_device(device_hash: str, *, expires: datetime) -> WriteItem:
    """A browser is somebody's."""
    record = records.DeviceRecord(pk=f"LIMIT#DEVICE#{device_hash}", sk="DEVICE", expires_at=expires)
    record.ttl = int(expires.timestamp())
    return Put(record)


def drop_device(device_hash: str) -> WriteItem:
    """It is no longer known by this secret."""
    return Delete(records.DeviceRecord(pk=f"LIMIT#DEVICE#{device_hash}", sk="DEVICE"))


def new_api_key(key: ApiKey, key_hash: str) -> tuple[WriteItem, ...]:
    """The key that works and its line in the dealer's list."""
    values = {**asdict(key), "key_hash": key_hash}
    return (
        Put(records.ApiKeyRecord(pk=f"K#{key_hash}", sk="KEY", **values), records.ApiKeyRecord.pk.does_not_exist()),
        Put(records.ApiKeyRecord(pk=f"K#DEALER#{key.dealer_id}", sk=key.key_id, **values)),
    )


def revoke_api_key(key: ApiKey, key_hash: str, now: datetime) -> tuple[WriteItem, ...]:
    """It stops working at once and stays in the list."""
    model = records.ApiKeyRecord
    line = model(pk=f"K#DEALER#{key.dealer_id}", sk=key.key_id)
    return Delete(model(pk=f"K#{key_hash}", sk="KEY")), Update(
        line, [model.revoked_at.set(now)], model.revoked_at.does_not_exist()
    )


def audit(person_id: str, event: str, *, now: datetime, ids: Ids, **detail: str) -> WriteItem:
    """The row that says it happened, in the person's own trail; what an operator's command does has who ran it."""
    said = {**detail, **caller_detail()}
    return Put(records.AuditRecord(pk=f"P#{person_id}", sk=f"AUDIT#{ids.ulid(now)}", at=now, event=event, detail=said))


def outbox_item(kind: str, payload: Mapping[str, Any], *, now: datetime, ids: Ids) -> WriteItem:
    """Work for another side: notifications deliver it."""
    return Put(outbox.outbox_item(IdentityScope(), kind=kind, payload=payload, now=now, ids=ids))


def _copy(membership: Membership) -> dict[str, Any]:
    """As JSON. Functions of the release before, which run on while this one is deployed, know no `era`."""
    return {name: value for name, value in asdict(membership).items() if name != "era" or value}


def _person(person: Person) -> records.PersonRecord:
    return records.PersonRecord(pk=f"P#{person.person_id}", sk="PERSON")
