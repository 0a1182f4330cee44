"""How what was sent on is stored in the table."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.store.record import Record


class ForwardRecord(Record):
    """`D#d#A#<ref>`, `FORWARD#<ulid>`: a document that was sent on, until 90 days after its link has expired."""

    era = UnicodeAttribute(null=True)
    body = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()

    def own_condition(self) -> Condition:
        """It is sent once; what changes one says of which version."""
        condition: Condition = type(self).pk.does_not_exist()
        return condition
