"""How requests are stored in the table."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import CreateOnly, Record


class RequestRecord(CreateOnly):
    """`D#d#A#<ref>`, `REQUEST#<ulid>`: a change that a customer asked for, and what became of it."""

    field = UnicodeAttribute()
    before = UnicodeAttribute(null=True)
    value = UnicodeAttribute()
    note = UnicodeAttribute(null=True)
    asked_by = UnicodeAttribute()
    asked_by_id = UnicodeAttribute(null=True)
    asked_at = UTCDateTimeAttribute()
    era = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    decided_at = UTCDateTimeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    version = NumberAttribute()


class NewestRequestRecord(Record):
    """`D#d#A#<ref>`, `NEWEST_REQUEST#<field>`: the field's newest request; of two at once only one takes its place."""

    request_id = UnicodeAttribute()
