"""Codes that were sent, in the table: keys `T#`, seen by the identity role alone."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Record


class SentCodeRecord(Record):
    """`T#<id of the login that waits, or of the session>`, `CODE#<purpose>`: one at a time."""

    kind = UnicodeAttribute()
    person_id = UnicodeAttribute()
    to = UnicodeAttribute()
    ask_id = UnicodeAttribute()
    asked_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()
    code_hash = UnicodeAttribute(null=True)
    tries = NumberAttribute(default=0)
    asked = NumberAttribute(default=1)
    other_asked_at = UTCDateTimeAttribute(null=True)
