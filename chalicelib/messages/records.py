"""How threads are stored in the table."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import CreateOnly, Record


class ThreadRecord(CreateOnly):
    """`D#d#A#<ref>`, `THREAD#<ulid>`: a thread of messages without its entries."""

    era = UnicodeAttribute(null=True)
    subject = UnicodeAttribute()
    begun_by = UnicodeAttribute()
    begun_at = UTCDateTimeAttribute()
    account_name = UnicodeAttribute(null=True)
    depot = UnicodeAttribute(null=True)
    about: JSONAttribute = JSONAttribute(null=True)
    is_open = BooleanAttribute()
    waits = BooleanAttribute()
    number = NumberAttribute()
    newest_id = UnicodeAttribute()
    shown_id = UnicodeAttribute()
    shown_at = UTCDateTimeAttribute()
    shown_side = UnicodeAttribute()
    writers: JSONAttribute = JSONAttribute()
    mailed_at = UTCDateTimeAttribute(null=True)
    assigned_to = UnicodeAttribute(null=True)
    to = UnicodeAttribute(null=True)
    version = NumberAttribute()


class EntryRecord(CreateOnly):
    """`D#d#A#<ref>`, `MSG#<thread>#<ulid>`: a message, a file, a note of the staff, or what was done."""

    kind = UnicodeAttribute()
    side = UnicodeAttribute()
    person_id = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    text = UnicodeAttribute(null=True)
    file_id = UnicodeAttribute(null=True)
    size = NumberAttribute(null=True)


class ReadRecord(Record):
    """`D#d#A#<ref>`, `READ#<thread>#<person>`: how far somebody has read a thread."""

    up_to = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    side = UnicodeAttribute()


class ListedThreadRecord(Record):
    """`<ulid>`: whose a thread is.

    `D#d#THREADS`: of one that is open. `D#d#J#THREADS#yyyy` (UTC, of its beginning): of one that is closed.
    """

    account_ref = UnicodeAttribute()
