"""How the enrolment of an account and its users are stored in the table."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Record


class EnrolmentRecord(Record):
    """`D#d#PORTAL`, `A#<ref>`: an item only for accounts that were ever invited."""

    ref = UnicodeAttribute()
    state = UnicodeAttribute()
    email = UnicodeAttribute()
    invitation_id = UnicodeAttribute()
    invited_by = UnicodeAttribute()
    queued_at = UTCDateTimeAttribute()
    invited_at = UTCDateTimeAttribute(null=True)
    expires_at = UTCDateTimeAttribute(null=True)
    activated_at = UTCDateTimeAttribute(null=True)
    era = UnicodeAttribute(null=True)
    dismissed_era = UnicodeAttribute(null=True)
    repeats = NumberAttribute(null=True)
    campaign = UnicodeAttribute(null=True)
    reminders = NumberAttribute(null=True)
    reminded_at = UTCDateTimeAttribute(null=True)


class AccountUserRecord(Record):
    """`D#d#A#<ref>`, `USER#<person>`: who may log in for this account in this era of it, or could in an earlier one."""

    person_id = UnicodeAttribute()
    email = UnicodeAttribute()
    era = UnicodeAttribute(null=True)
    since = UTCDateTimeAttribute()
    invitation_id = UnicodeAttribute(null=True)


class EndedAccessRecord(Record):
    """`D#d#A#<ref>`, `ENDED#<ulid>`: whose access to this account was ended, for the account's history."""

    email = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    by = UnicodeAttribute()
    era = UnicodeAttribute(null=True)
