"""Profiles of a dealer's people, in the table."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from chalicelib.kernel.scopes import CustomerScope, DealerScope, TenantScope
from chalicelib.profiles.model import Details, Named, Profile
from chalicelib.profiles.records import PhotoRecord, ProfileRecord
from chalicelib.store.batch import Key, batch_get, batch_write
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import transaction

MemberScope = DealerScope | CustomerScope


@dataclass(frozen=True, slots=True)
class Photo:
    """A square picture in two sizes, as JPEGs. `version` names it: another has another name."""

    version: str
    large: bytes
    small: bytes


@scoped
def profile(scope: TenantScope, person_id: str) -> Profile:
    """What is stored of a person, as of now; nothing of most."""
    record = ProfileRecord.find(*_key(scope, person_id), consistent=True)
    if record is None:
        return Profile()
    values = {one.name: getattr(record, one.name) or "" for one in fields(Details)}
    return Profile(Details(**values), record.photo or "", record.version)


@scoped
def named(scope: TenantScope, person_ids: Iterable[str]) -> dict[str, Named]:
    """The names and photos of those who have any, by id: 100 a round trip."""
    wanted = [_key(scope, one) for one in person_ids]
    found = batch_get(ProfileRecord, wanted, only=("first_name", "last_name", "photo")) if wanted else []
    people = {
        record.pk.rpartition("#")[2]: Named(
            Details(first_name=record.first_name or "", last_name=record.last_name or "").name, record.photo or ""
        )
        for record in found
    }
    return {person_id: one for person_id, one in people.items() if one.name or one.photo}


@scoped
def photo(scope: TenantScope, person_id: str) -> Photo | None:
    """The person's photo."""
    record = PhotoRecord.find(*_photo_key(scope, person_id))
    return Photo(record.photo, record.large, record.small) if record else None


@scoped
def put(scope: MemberScope, new: Profile, *, photo: Photo | None = None, also: Iterable[Record]) -> None:
    """Write the own profile, with its `photo` where that is another; without one, a stored one goes.

    Raises ConflictError where it has another version by now.
    """
    record = ProfileRecord(*_key(scope, scope.person_id), photo=new.photo or None)
    for name, value in asdict(new.details).items():
        setattr(record, name, value or None)
    if new.version is not None:
        record.version = new.version
    key = _photo_key(scope, scope.person_id)
    with transaction() as t:
        t.put(record)
        if photo:
            t.put(PhotoRecord(*key, photo=photo.version, large=photo.large, small=photo.small))
        elif not new.photo:
            t.delete(PhotoRecord(*key))
        for one in also:
            t.put(one)


@scoped
def delete(scope: TenantScope, person_id: str) -> None:
    """Nothing of the person is kept here."""
    batch_write([], [_key(scope, person_id), _photo_key(scope, person_id)])


def _key(scope: TenantScope, person_id: str) -> Key:
    return tenant_pk(scope, "U", person_id), "PROFILE"


def _photo_key(scope: TenantScope, person_id: str) -> Key:
    return tenant_pk(scope, "U", person_id), "PHOTO"
