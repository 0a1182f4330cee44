"""How tasks are stored in the table."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.store.record import Record


class TaskRecord(Record):
    """`D#d#TASKS`, `<kind>#<ulid>`: what staff have to do, while it is open."""

    since = UTCDateTimeAttribute()
    due = UnicodeAttribute()
    detail: JSONAttribute = JSONAttribute()
    account_ref = UnicodeAttribute(null=True)
    account_name = UnicodeAttribute(null=True)
    depot = UnicodeAttribute(null=True)
    assigned_to = UnicodeAttribute(null=True)
    version = NumberAttribute()

    def own_condition(self) -> Condition:
        """A task is opened once; what changes one says of which version."""
        condition: Condition = type(self).pk.does_not_exist()
        return condition
