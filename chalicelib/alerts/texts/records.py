"""How it is stored which text messages were queued, and how many were sent."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Record


class TextRecord(Record):
    """`D#d#TEXTS`, `EVENT#<item of the outbox>#<person>`: theirs of this event is queued, and is not queued again.

    `is_counted`: it counts against what may be sent, and does so once.
    """

    at = UTCDateTimeAttribute()
    is_counted = BooleanAttribute(default=False)


class TextCountRecord(Record):
    """`D#d#TEXTS`, `DAY#<yyyy-mm-dd>#<person>` and `MONTH#<yyyy-mm>`: how many were sent, where the dealer is.

    `is_notified`: staff have the task that says that the month's are used up.
    """

    n = NumberAttribute(default=0)
    is_notified = BooleanAttribute(default=False)
