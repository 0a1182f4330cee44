"""How it is stored which reminders were made."""

from pynamodb.attributes import UTCDateTimeAttribute

from chalicelib.store.record import Record


class ReminderRecord(Record):
    """`D#d#REMINDERS`, `<yyyy-mm-dd>` once a day's are shared out, `<yyyy-mm-dd>#<person>` once theirs is queued."""

    at = UTCDateTimeAttribute()
