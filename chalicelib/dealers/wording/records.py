"""How drafts and long texts are stored in the table."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.store.record import Record


class WordingDraftRecord(Record):
    """`D#d#U#<person>`, `DRAFT#<part>`: what an admin has written and not saved, as JSON."""

    body = UnicodeAttribute()
    base = UnicodeAttribute()


class StatementRecord(Record):
    """`D#d#PUBLIC`, `STATEMENT#<which>`: the privacy statement or the terms, which anybody may read."""

    body = UnicodeAttribute()
