"""How tasks are stored in the table."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import CreateOnly


class TaskRecord(CreateOnly):
    """`D#d#TASKS`, `<kind>#<ulid>`: what staff have to do, while it is open."""

    since = UTCDateTimeAttribute()
    due = UnicodeAttribute()
    detail: JSONAttribute = JSONAttribute()
    account_ref = UnicodeAttribute(null=True)
    account_name = UnicodeAttribute(null=True)
    depot = UnicodeAttribute(null=True)
    assigned_to = UnicodeAttribute(null=True)
    version = NumberAttribute()
