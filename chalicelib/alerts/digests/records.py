"""How it is stored who was told of a run."""

from pynamodb.attributes import UTCDateTimeAttribute

from chalicelib.store.record import Record


class NotifiedRecord(Record):
    """`D#d#EVENTS#<run>`, `NOTIFIED#<person>`: their mail about the run is queued, and is not queued again."""

    at = UTCDateTimeAttribute()
