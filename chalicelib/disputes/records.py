"""How disputes are stored in the table."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.store.record import Record


class DisputeRecord(Record):
    """`D#d#A#<ref>`, `DISPUTE#<ulid>`: a dispute with all its steps."""

    state = UnicodeAttribute()
    era = UnicodeAttribute(null=True)
    body = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()

    def own_condition(self) -> Condition:
        """A dispute is raised once; what changes one says of which version."""
        condition: Condition = type(self).pk.does_not_exist()
        return condition


class DisputeEntryRecord(Record):
    """`D#d#J#DISPUTES#yyyy-mm`, `<ulid>`: what the dealer's list says of a dispute that was raised in that month."""

    body = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()


class DisputeNoteRecord(Record):
    """`D#d#A#<ref>`, `DISPUTE_NOTE#<dispute>#<ulid>`: what staff noted for each other."""

    at = UTCDateTimeAttribute()
    by = UnicodeAttribute()
    text = UnicodeAttribute()
