"""How documents asked for are stored in the table."""

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from chalicelib.store.record import Record, Versioned


class DocumentRequestRecord(Versioned):
    """`D#d#A#<ref>`, `ASKED#<ulid>`: a document that staff asked for, and what became of it."""

    era = UnicodeAttribute(null=True)
    account_name = UnicodeAttribute(null=True)
    depot = UnicodeAttribute(null=True)
    purpose = UnicodeAttribute()
    title = UnicodeAttribute()
    words = UnicodeAttribute(null=True)
    wanted = NumberAttribute()
    due = UnicodeAttribute()
    asked_by = UnicodeAttribute()
    asked_at = UTCDateTimeAttribute()
    state = UnicodeAttribute()
    received: JSONAttribute = JSONAttribute()
    remind_on = UnicodeAttribute(null=True)
    is_noted = BooleanAttribute(default=False)
    decided_at = UTCDateTimeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)


class NewestDocumentRequestRecord(Record):
    """`D#d#A#<ref>`, `NEWEST_ASKED`: the account's newest request; of two made at once one is refused."""

    request_id = UnicodeAttribute()


class MadeRequestRecord(Record):
    """`D#d#J#ASKED#yyyy` (UTC), `<ulid>`: a request, and whose it is."""

    account_ref = UnicodeAttribute()
