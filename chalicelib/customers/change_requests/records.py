"""How requests are stored in the table."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.store.record import Record


class RequestRecord(Record):
    """`D#d#A#<ref>`, `REQUEST#<ulid>`: a change that a customer asked for, and what became of it."""

    field = UnicodeAttribute()
    before = UnicodeAttribute(null=True)
    value = UnicodeAttribute()
    note = UnicodeAttribute(null=True)
    asked_by = UnicodeAttribute()
    asked_at = UTCDateTimeAttribute()
    era = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    decided_at = UTCDateTimeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    version = NumberAttribute()

    def own_condition(self) -> Condition:
        """A request is put once; what changes one says of which version."""
        condition: Condition = type(self).pk.does_not_exist()
        return condition


class NewestRequestRecord(Record):
    """`D#d#A#<ref>`, `NEWEST_REQUEST#<field>`: the field's newest request; of two at once only one takes its place."""

    request_id = UnicodeAttribute()
