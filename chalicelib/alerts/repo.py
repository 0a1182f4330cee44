"""The list behind a person's bell and the ways to be notified that they have chosen, in the table."""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import fields

from chalicelib.alerts.kinds import AlertChannel
from chalicelib.alerts.model import Alert, Bell, Entry
from chalicelib.alerts.preferences import Preferences
from chalicelib.alerts.records import BellRecord, PreferencesRecord
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.batch import Key, batch_write
from chalicelib.store.codec import compressed
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import transaction


@scoped
def bell(scope: TenantScope, person_id: str) -> Bell:
    """As of now; empty where nothing has been stored."""
    record = BellRecord.find(*_key(scope, person_id), consistent=True)
    return _bell(record) if record else Bell()


@scoped
def put(scope: TenantScope, person_id: str, new: Bell, *, also: Iterable[Record] = ()) -> None:
    """Write it, and other records with it. Raises TransactionRefusedError where it has another version by now."""
    with transaction() as t:
        t.put(_record(scope, person_id, new))
        for one in also:
            t.put(one)


@scoped
def delete(scope: TenantScope, person_id: str) -> None:
    """Nothing of the person is kept here."""
    batch_write([], [_key(scope, person_id), _preferences_key(scope, person_id)])


@scoped
def preferences(scope: TenantScope, person_id: str) -> Preferences:
    """As of now; none of somebody who has never chosen."""
    record = PreferencesRecord.find(*_preferences_key(scope, person_id), consistent=True)
    if record is None:
        return Preferences()
    known = {channel.value for channel in AlertChannel}
    chosen = {
        name: frozenset(AlertChannel(one) for one in channels if one in known)
        for name, channels in record.channels.items()
    }
    return Preferences(chosen, record.version)


@scoped
def put_preferences(scope: TenantScope, person_id: str, new: Preferences, *, audit: Record) -> None:
    """Write them with the audit row. Raises TransactionRefusedError where they have another version by now."""
    channels = {name: sorted(chosen) for name, chosen in new.chosen.items()}
    record = PreferencesRecord(*_preferences_key(scope, person_id), channels=channels)
    if new.version is not None:
        record.version = new.version
    with transaction() as t:
        t.put(record)
        t.put(audit)


def wanted(scope: TenantScope, person_id: str) -> dict[Key, type[Record]]:
    """For those who read it along with other items."""
    return {_key(scope, person_id): BellRecord}


def found_in(scope: TenantScope, person_id: str, items: Mapping[Key, Record]) -> Bell:
    """What such a read has brought."""
    record = items.get(_key(scope, person_id))
    return _bell(record) if isinstance(record, BellRecord) else Bell()


def _bell(record: BellRecord) -> Bell:
    rows = json.loads(zlib.decompress(record.entries))
    entries = (Entry(entry_id, Alert(*alert), bool(is_read)) for entry_id, is_read, *alert in rows)
    return Bell(tuple(entries), record.version)


def _record(scope: TenantScope, person_id: str, bell: Bell) -> BellRecord:
    rows = [
        (one.entry_id, int(one.is_read), *(getattr(one.alert, field.name) for field in fields(Alert)))
        for one in bell.entries
    ]
    packed = compressed(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode())
    record = BellRecord(*_key(scope, person_id), entries=packed)
    if bell.version is not None:
        record.version = bell.version
    return record


def _key(scope: TenantScope, person_id: str) -> Key:
    return tenant_pk(scope, "U", person_id), "BELL"


def _preferences_key(scope: TenantScope, person_id: str) -> Key:
    return tenant_pk(scope, "U", person_id), "PREFERENCES"
