"""What a sent form brought about, kept for a day: the same form sent twice counts once, and is answered alike."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.backoff import attempts
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped

KEPT = timedelta(days=1)
GIVEN_UP_AFTER = timedelta(minutes=1)
"""A request that has not answered by then never will: API Gateway allows 29 seconds."""


class FormResult(NamedTuple):
    """Where the reader was sent, and what a toast said there; `failed` where nothing was done."""

    path: str
    flash: str
    failed: bool = False


class FormRecord(Record):
    """`D#d#U#<person>`, `FORM#<hash>`: a form that is being sent, or was."""

    sent_at = UTCDateTimeAttribute()
    path = UnicodeAttribute(null=True)
    flash = UnicodeAttribute(null=True)
    failed = BooleanAttribute(default=False)


@scoped
def claim(scope: TenantScope, *, person_id: str, form: str, now: datetime) -> bool:
    """Whether this form is ours to act on. False where it was sent already; then `result` says what came of it."""
    record = _record(scope, person_id, form)
    record.sent_at, record.ttl = now, int((now + KEPT).timestamp())
    given_up = FormRecord.path.does_not_exist() & (FormRecord.sent_at < now - GIVEN_UP_AFTER)
    try:
        record.save(FormRecord.pk.does_not_exist() | given_up)
    except ConflictError:
        return False
    return True


@scoped
def keep(scope: TenantScope, *, person_id: str, form: str, now: datetime, result: FormResult) -> None:
    """What came of the form that was claimed at `now`. Nothing is kept where that claim expired and was taken over."""
    changes = FormRecord.flash.set(result.flash), FormRecord.failed.set(result.failed)
    with suppress(ConflictError):
        _record(scope, person_id, form).update([FormRecord.path.set(result.path), *changes], FormRecord.sent_at == now)


@scoped
def release(scope: TenantScope, *, person_id: str, form: str, now: datetime) -> None:
    """Nothing came of the form that was claimed at `now`: it may be sent again. A later claim stays."""
    with suppress(ConflictError):
        _record(scope, person_id, form).delete(FormRecord.sent_at == now)


@scoped
def result(scope: TenantScope, *, person_id: str, form: str) -> FormResult | None:
    """What came of a form that was sent before, waited for for some seconds; None if it is still not known."""
    key = _record(scope, person_id, form)
    for _ in attempts(base=0.1):
        found = FormRecord.find(key.pk, key.sk, consistent=True)
        if found and found.path:
            return FormResult(found.path, found.flash or "", bool(found.failed))
    return None


def _record(scope: TenantScope, person_id: str, form: str) -> FormRecord:
    return FormRecord(tenant_pk(scope, "U", person_id), f"FORM#{form}")
