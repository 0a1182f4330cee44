"""The mobile number to which a person's notifications go: read, and the items of a transaction."""

from contextlib import suppress
from datetime import datetime

from chalicelib.identity.model import TextNumber
from chalicelib.identity.records import TextNumberRecord
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Delete, Put, WriteItem


@scoped
def text_number(scope: IdentityScope, person_id: str) -> TextNumber | None:
    """As of now; None of somebody who wants no text messages."""
    found = TextNumberRecord.find(*_key(person_id), consistent=True)
    return TextNumber(found.number, found.since, found.opted_out_at) if found else None


@scoped
def note_opted_out(scope: IdentityScope, person_id: str, number: str, *, now: datetime) -> None:
    """Nothing goes there any more. The person may have another number by now, which is left alone."""
    pk, sk = _key(person_id)
    with suppress(ConflictError):
        TextNumberRecord(pk=pk, sk=sk).update(
            [TextNumberRecord.opted_out_at.set(now)], TextNumberRecord.number == number
        )


def put_text_number(person_id: str, number: str, *, now: datetime) -> WriteItem:
    """Notifications go there from now on, whatever is known of another or of the same before."""
    pk, sk = _key(person_id)
    return Put(TextNumberRecord(pk=pk, sk=sk, number=number, since=now))


def drop_text_number(person_id: str) -> WriteItem:
    """None goes anywhere."""
    pk, sk = _key(person_id)
    return Delete(TextNumberRecord(pk=pk, sk=sk))


def _key(person_id: str) -> tuple[str, str]:
    return f"P#{person_id}", "TEXTS"
