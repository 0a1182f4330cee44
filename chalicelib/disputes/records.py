"""How disputes are stored in the table."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import CreateOnly, Record


class DisputeRecord(CreateOnly):
    """`D#d#A#<ref>`, `DISPUTE#<ulid>`: a dispute with all its steps."""

    state = UnicodeAttribute()
    era = UnicodeAttribute(null=True)
    body = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()


class DisputeEntryRecord(Record):
    """`D#d#J#DISPUTES#yyyy-mm`, `<ulid>`: what the dealer's list says of a dispute that was raised in that month."""

    body = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()


class DisputeNoteRecord(Record):
    """`D#d#A#<ref>`, `DISPUTE_NOTE#<dispute>#<ulid>`: what staff noted for each other."""

    at = UTCDateTimeAttribute()
    by = UnicodeAttribute()
    text = UnicodeAttribute()
