"""How long texts are stored in the table."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.store.record import Record


class StatementRecord(Record):
    """`D#d#PUBLIC`, `STATEMENT#<which>`: the privacy statement or the terms, which anybody may read."""

    body = UnicodeAttribute()
