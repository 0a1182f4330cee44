"""How staff are stored in the table."""

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Record, Versioned


class StaffRecord(Record):
    """`D#d#STAFF`: `U#<person>` for a member, `I#<hash of the email>` for an open invitation."""

    email = UnicodeAttribute()
    role = UnicodeAttribute()
    state = UnicodeAttribute()
    invitation_id = UnicodeAttribute()
    since = UTCDateTimeAttribute()
    person_id = UnicodeAttribute(null=True)
    expires_at = UTCDateTimeAttribute(null=True)


class StaffListRecord(Versioned):
    """`D#d#STAFF`, `VERSION`: grows when the list changes. Of two changes at once, one has to count it again."""


class FormerStaffRecord(Record):
    """`D#d#STAFF#FORMER`, `<person>`: the email of somebody who was removed, for what they did before."""

    email = UnicodeAttribute()
