"""Dealers in the table: the operator's list and lookups, and each dealer's own settings and published run."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter

from chalicelib.dealers.appearance import Brand
from chalicelib.dealers.lifecycle_model import ClosedDealer
from chalicelib.dealers.look_alikes import skeleton
from chalicelib.dealers.model import Dealer, DealerEntry, Profile, PublicDealer, Saved
from chalicelib.dealers.publication import Published
from chalicelib.dealers.records import (
    ClosedDealerRecord,
    DealerEntryRecord,
    LookupRecord,
    PublicRecord,
    PublishedRecord,
    SavedRecord,
    SettingsRecord,
)
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.schemas import adapter
from chalicelib.kernel.scopes import OperatorScope, PublicLookupScope, PublicScope, TenantScope
from chalicelib.store.batch import Key, batch_get_mixed
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Check, Put, WriteItem, transaction

_PROFILE: TypeAdapter[Profile] = adapter(Profile)
_PUBLISHED: TypeAdapter[Published] = adapter(Published)
_PUBLIC: TypeAdapter[PublicDealer] = adapter(PublicDealer)
ADAPTERS = (_PROFILE, _PUBLISHED, _PUBLIC)
_CLOSED_DEALER: TypeAdapter[ClosedDealer] = adapter(ClosedDealer)
_LIST, _CLOSED = "OPS#DEALERS", "OPS#CLOSED"


@scoped
def find_by_slug(scope: OperatorScope | PublicLookupScope, slug: str, *, consistent: bool = False) -> str | None:  # noqa: ARG001
    """The dealer at an address. Codes and slugs are looked up in lower case."""
    found = LookupRecord.find(f"SLUG#{slug.lower()}", "SLUG", consistent=consistent)
    return found.dealer_id if found else None


@scoped
def find_by_code(scope: OperatorScope, code: str, *, consistent: bool = False) -> str | None:  # noqa: ARG001
    """The dealer that bundles call `code`, whatever its case."""
    found = LookupRecord.find(f"CODE#{code.lower()}", "CODE", consistent=consistent)
    return found.dealer_id if found else None


@scoped
def find_by_name(scope: PublicLookupScope, skeleton: str) -> str | None:  # noqa: ARG001
    """The dealer whose name reads like that."""
    found = LookupRecord.find(f"NAME#{skeleton}", "NAME")
    return found.dealer_id if found else None


@scoped
def claim_name(scope: OperatorScope, skeleton: str, dealer_id: str) -> None:  # noqa: ARG001
    """What reads like that is this dealer's name, unless it is another's already."""
    with suppress(ConflictError):
        LookupRecord(f"NAME#{skeleton}", "NAME", dealer_id=dealer_id).save(LookupRecord.pk.does_not_exist())


@scoped
def entries(scope: OperatorScope) -> list[DealerEntry]:  # noqa: ARG001
    """All dealers, by id."""
    return [_entry(record) for record in DealerEntryRecord.query(_LIST)]


@scoped
def entry(scope: OperatorScope, dealer_id: str) -> DealerEntry | None:  # noqa: ARG001
    """One line of the operator's list, as of now."""
    record = DealerEntryRecord.find(_LIST, f"D#{dealer_id}", consistent=True)
    return _entry(record) if record else None


@scoped
def register(scope: OperatorScope, new: DealerEntry) -> None:  # noqa: ARG001
    """Take the slug and the code for this dealer. Raises ConflictError where either is taken."""
    with transaction() as t:
        for pk, sk in ((f"SLUG#{new.slug}", "SLUG"), (f"CODE#{new.code.lower()}", "CODE")):
            t.put(LookupRecord(pk, sk, dealer_id=new.dealer_id), LookupRecord.pk.does_not_exist())
        t.put(DealerEntryRecord(_LIST, f"D#{new.dealer_id}", slug=new.slug, code=new.code, name=new.name))


@scoped
def mark_suspended(scope: OperatorScope, dealer_id: str, *, suspended: bool) -> None:  # noqa: ARG001
    """What the settings say, for schedules. Raises ConflictError where the dealer is not listed."""
    model = DealerEntryRecord
    action = model.suspended.set(True) if suspended else model.suspended.remove()
    model(_LIST, f"D#{dealer_id}").update([action], model.pk.exists())


@scoped
def close(scope: OperatorScope, new: ClosedDealer) -> None:  # noqa: ARG001
    """Take the dealer off the list and write what remains of it, in one transaction. Again: no change."""
    model = DealerEntryRecord
    if ClosedDealerRecord.find(_CLOSED, f"D#{new.dealer_id}", consistent=True):
        return
    listed = model.find(_LIST, f"D#{new.dealer_id}", consistent=True)
    if listed:
        with suppress(ConflictError):  # another dealer's that reads the same
            LookupRecord(f"NAME#{skeleton(listed.name)}", "NAME").delete(LookupRecord.dealer_id == new.dealer_id)
    with transaction() as t:
        t.delete(model(_LIST, f"D#{new.dealer_id}"), model.pk.exists())
        t.put(_closed_record(new))


@scoped
def closed(scope: OperatorScope) -> list[ClosedDealer]:  # noqa: ARG001
    """Every dealer whose data are deleted or being deleted, by id."""
    return [_CLOSED_DEALER.validate_json(one.body) for one in ClosedDealerRecord.query(_CLOSED, consistent_read=True)]


@scoped
def change_closed(
    scope: OperatorScope,  # noqa: ARG001
    dealer_id: str,
    change: Callable[[ClosedDealer], ClosedDealer],
) -> ClosedDealer:
    """What remains of it from now on. Raises NotFoundError, and ConflictError where it changes at the same moment."""
    record = ClosedDealerRecord.find(_CLOSED, f"D#{dealer_id}", consistent=True)
    if record is None:
        raise NotFoundError
    changed = change(_CLOSED_DEALER.validate_json(record.body))
    record.body = _CLOSED_DEALER.dump_json(changed).decode()
    record.save()
    return changed


@scoped
def release(scope: OperatorScope, one: ClosedDealer) -> None:  # noqa: ARG001
    """Its address and code may be another dealer's. Those that are another's by now stay."""
    for pk, sk in ((f"SLUG#{one.slug}", "SLUG"), (f"CODE#{one.code.lower()}", "CODE")):
        with suppress(ConflictError):  # released before, and taken again
            LookupRecord(pk, sk).delete(LookupRecord.dealer_id == one.dealer_id)


@scoped
def initialise(scope: TenantScope, profile: Profile, audit: Record) -> None:
    """Write a new dealer's settings, their public copy and run 0, with the audit row.

    Raises ConflictError where they are there.
    """
    settings = SettingsRecord(tenant_pk(scope, "DEALER"), "SETTINGS", body=_profile_body(profile))
    with transaction() as t:
        t.put(settings)
        t.put(_public_record(scope, Dealer.of(scope.dealer_id, profile)))
        # Tested control: new-dealer-publishes-run-0
        t.put(_published_record(scope, Published()), PublishedRecord.pk.does_not_exist())
        t.put(audit)


@scoped
def change_profile(
    scope: TenantScope,
    change: Callable[[Profile], Profile],
    audit: Callable[[Profile], Record],
    *,
    also: Sequence[WriteItem] = (),
) -> Profile:
    """Write other settings and their public copy, and the audit row of what they were before.

    The settings before; nothing, `also` included, is written where they stay. Raises NotFoundError, and ConflictError
    where they change at the same moment.
    """
    record = SettingsRecord.find(tenant_pk(scope, "DEALER"), "SETTINGS", consistent=True)
    if record is None:
        raise NotFoundError
    profile = _PROFILE.validate_json(record.body)
    changed = change(profile)
    if changed != profile:
        record.body = _profile_body(changed)
        with transaction() as t:
            t.put(record)
            t.put(_public_record(scope, Dealer.of(scope.dealer_id, changed)))
            t.put(audit(profile))
            t.add(*also)
    return profile


def change_brand(
    scope: TenantScope,
    change: Callable[[Brand], Brand],
    audit: Callable[[Brand], Record],
    *,
    also: Sequence[WriteItem] = (),
) -> Brand:
    """The same of the brand alone: the one before."""
    return change_profile(
        scope,
        lambda profile: replace(profile, brand=change(profile.brand)),
        lambda before: audit(before.brand),
        also=also,
    ).brand


@scoped
def dealer(scope: TenantScope) -> Dealer | None:
    """The dealer's settings as of now, or None where there are none."""
    record = SettingsRecord.find(tenant_pk(scope, "DEALER"), "SETTINGS", consistent=True)
    if record is None:
        return None
    return Dealer.of(scope.dealer_id, _PROFILE.validate_json(record.body))


@scoped
def public_dealer(scope: PublicScope | TenantScope) -> PublicDealer | None:
    """The dealer's public copy, or None where there is none."""
    record = PublicRecord.find(tenant_pk(scope, "PUBLIC"), "DEALER", consistent=True)
    return _PUBLIC.validate_json(record.body) if record else None


@scoped
def refresh_public_copy(scope: TenantScope) -> bool:
    """Write the public copy anew if it is not that of the settings; whether it was written.

    Raises ConflictError where the settings change at the same moment.
    """
    settings = SettingsRecord.find(tenant_pk(scope, "DEALER"), "SETTINGS", consistent=True)
    if settings is None:
        return False
    dealer = Dealer.of(scope.dealer_id, _PROFILE.validate_json(settings.body))
    if public_dealer(scope) == PublicDealer.of(dealer):
        return False
    with transaction() as t:
        t.check(SettingsRecord, settings.pk, settings.sk, SettingsRecord.version == settings.version)
        t.put(_public_record(scope, dealer))
    return True


# Tested control: repo-takes-scope
@scoped
def published(scope: TenantScope) -> Published | None:
    """The published run as of now (a consistent read), or None for a dealer that is not set up."""
    record = PublishedRecord.find(tenant_pk(scope, "DEALER"), "PUBLISHED", consistent=True)
    return _PUBLISHED.validate_json(record.body) if record else None


@scoped
def published_and_dealer(scope: TenantScope) -> tuple[Published | None, Dealer | None]:
    """`published` and `dealer` in one round trip, for callers that need both: every page of a customer."""
    published, dealer, _ = published_dealer_and(scope)
    return published, dealer


@scoped
def published_dealer_and(
    scope: TenantScope, more: Mapping[Key, type[Record]] | None = None
) -> tuple[Published | None, Dealer | None, dict[Key, Record]]:
    """The same, and other items of this dealer in the same round trip."""
    pk = tenant_pk(scope, "DEALER")
    at_published, at_settings = (pk, "PUBLISHED"), (pk, "SETTINGS")
    found = batch_get_mixed({at_published: PublishedRecord, at_settings: SettingsRecord, **(more or {})})
    published, settings = found.pop(at_published, None), found.pop(at_settings, None)
    return (
        _PUBLISHED.validate_json(published.body) if isinstance(published, PublishedRecord) else None,
        Dealer.of(scope.dealer_id, _PROFILE.validate_json(settings.body))
        if isinstance(settings, SettingsRecord)
        else None,
        found,
    )


@scoped
def items(scope: TenantScope, wanted: Mapping[Key, type[Record]]) -> dict[Key, Record]:  # noqa: ARG001
    """Items of other slices, as of now."""
    return batch_get_mixed(wanted)


@scoped
def saved(scope: TenantScope, part: str) -> Saved | None:
    """Who saved this part of the settings last, or None before it was noted."""
    record = SavedRecord.find(tenant_pk(scope, "DEALER"), f"SAVED#{part}", consistent=True)
    return Saved(record.person_id, record.at) if record else None


def noted_saved(scope: TenantScope, part: str, *, person_id: str, now: datetime) -> Put:
    """The item of a transaction that notes it."""
    return Put(SavedRecord(tenant_pk(scope, "DEALER"), f"SAVED#{part}", person_id=person_id, at=now))


def advance(scope: TenantScope, *, expected_generation: int, new: Published) -> Put:
    """The item of a transaction that makes `new` true, refused unless the generation is still the expected one.

    Raises ValueError where `new` is not of the generation that follows.
    """
    if new.generation != expected_generation + 1:
        raise ValueError(f"generation {new.generation} does not follow {expected_generation}")
    # Tested control: publish-conditions-generation
    return Put(_published_record(scope, new), PublishedRecord.generation == expected_generation)


def replace_swept(scope: TenantScope, *, before: Published, runs: frozenset[int]) -> Put:
    """The item that takes swept `runs` out of `skipped`, refused unless PUBLISHED is still exactly `before`."""
    unchanged = PublishedRecord.body == _body(before)
    return Put(_published_record(scope, before.without_swept(runs)), unchanged)


def require_generation(scope: TenantScope, generation: int) -> Check:
    """The item that refuses a transaction unless ledger rows read at this generation still hold.

    For writes that rest on such rows, as payments will (docs/imports.md, rule 8).
    """
    # Tested control: require-generation
    condition = PublishedRecord.generation == generation
    return Check(PublishedRecord, tenant_pk(scope, "DEALER"), "PUBLISHED", condition)


def _published_record(scope: TenantScope, value: Published) -> PublishedRecord:
    pk = tenant_pk(scope, "DEALER")
    return PublishedRecord(pk, "PUBLISHED", generation=value.generation, body=_body(value))


def _public_record(scope: TenantScope, dealer: Dealer) -> PublicRecord:
    body = _PUBLIC.dump_json(PublicDealer.of(dealer), exclude_none=True).decode()
    return PublicRecord(tenant_pk(scope, "PUBLIC"), "DEALER", body=body)


def _profile_body(profile: Profile) -> str:
    """Without what is not set: releases that do not know a setting refuse its name."""
    return _PROFILE.dump_json(profile, exclude_none=True).decode()


def _body(value: Published) -> str:
    """As it has always been written where there are no sheets: `replace_swept` compares whole bodies."""
    empty = {name for name in ("sheets", "totals") if not getattr(value, name)}
    return _PUBLISHED.dump_json(value, exclude=empty).decode()


def _closed_record(one: ClosedDealer) -> ClosedDealerRecord:
    return ClosedDealerRecord(_CLOSED, f"D#{one.dealer_id}", body=_CLOSED_DEALER.dump_json(one).decode())


def _entry(record: DealerEntryRecord) -> DealerEntry:
    suspended = bool(record.suspended)
    return DealerEntry(record.sk.removeprefix("D#"), record.slug, record.code, record.name, suspended)
