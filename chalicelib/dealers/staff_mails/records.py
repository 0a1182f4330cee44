"""How the choices of staff, and what waits for the one mail of a day, are stored in the table."""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Record, Versioned


class StaffChoicesRecord(Versioned):
    """`D#d#U#<person>`, `STAFF_MAILS`: how soon, by event, where that is not the usual."""

    paces: JSONAttribute = JSONAttribute()


class DailyNewsRecord(Record):
    """`D#d#STAFF_NEWS`, `<person>#<ulid>`: a line of somebody's next daily mail."""

    at = UTCDateTimeAttribute()
    event = UnicodeAttribute()
    title = UnicodeAttribute(null=True)
    customer = UnicodeAttribute(null=True)
    path = UnicodeAttribute()


class NotifiedStaffRecord(Record):
    """`D#d#STAFF_TOLD`, `<item of the outbox>`: the staff were told of this event, for 30 days."""
