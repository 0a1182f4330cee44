"""How addresses for answers, and what came to them, are stored in the table."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Record, Versioned


class ReplyAddressRecord(Record):
    """`D#d#REPLY#<hash of the secret>`, `ADDRESS`: what an address for answers stands for."""

    account_ref = UnicodeAttribute()
    thread_id = UnicodeAttribute()
    person_id = UnicodeAttribute()
    side = UnicodeAttribute()
    seen = UnicodeAttribute()
    expires_at = UTCDateTimeAttribute()


class ReceivedMailRecord(Versioned):
    """`D#d#A#<ref>`, `MAILED#<id of the mail>#<thread>#<person>`: a mail that was counted.

    `progress`: how far it was dealt with.
    """

    at = UTCDateTimeAttribute()
    progress = UnicodeAttribute()


class MailsOfDayRecord(Versioned):
    """`D#d#A#<ref>`, `MAILS#<person>#yyyy-mm-dd`: how many of a person's mails came on a UTC day."""

    number = NumberAttribute()
