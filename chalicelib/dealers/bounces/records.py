"""How they are stored in the table."""

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Record


class BounceRecord(Record):
    """`D#d#RETURNED`, `<hash of the email>`: the last mail to an address that was not delivered."""

    email = UnicodeAttribute()
    reason = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    kind = UnicodeAttribute()
    mail_id = UnicodeAttribute()
    account_ref = UnicodeAttribute(null=True)
