"""How it is stored in the table."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Record


class ImpersonationRecord(Record):
    """`D#d#U#<person>`, `IMPERSONATION`: one at a time of a member of staff."""

    account_ref = UnicodeAttribute()
    account_name = UnicodeAttribute()
    era = UnicodeAttribute(null=True)
    reason = UnicodeAttribute()
    session_id = UnicodeAttribute()
    expires_at = UTCDateTimeAttribute()
    stopped = BooleanAttribute(null=True)
