"""How files that people send are stored in the table."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Record, Versioned


class FileRecord(Versioned):
    """`D#d#A#<ref>`, `FILE#<ulid>`: a file, what is known of it, and what staff say of it."""

    era = UnicodeAttribute(null=True)
    sent_by = UnicodeAttribute()
    purpose = UnicodeAttribute()
    note = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    begun_at = UTCDateTimeAttribute()
    state = UnicodeAttribute()
    object_version = UnicodeAttribute(null=True)
    is_checked = BooleanAttribute(default=False)
    verdict = UnicodeAttribute(null=True)
    kind = UnicodeAttribute(null=True)
    size = NumberAttribute(default=0)
    reason = UnicodeAttribute(null=True)
    decided_at = UTCDateTimeAttribute(null=True)
    review = UnicodeAttribute(null=True)
    comment = UnicodeAttribute(null=True)
    reviewed_by = UnicodeAttribute(null=True)
    reviewed_at = UTCDateTimeAttribute(null=True)
    account_name = UnicodeAttribute(null=True)
    request_id = UnicodeAttribute(null=True)
    in_feed = BooleanAttribute(default=False)


class FilesOfDayRecord(Versioned):
    """`D#d#A#<ref>`, `FILES#yyyy-mm-dd`: how many files the account has begun that UTC day. Kept two days."""

    number = NumberAttribute()


class PendingFileRecord(Record):
    """`D#d#DUE#FILES`, `<ulid>`: a file that is not decided. Deleted with the decision."""

    account_ref = UnicodeAttribute()


class ReceivedFileRecord(Record):
    """`D#d#J#FILES#yyyy` (UTC, of the beginning), `<ulid>`: a file that was accepted, and whose it is."""

    account_ref = UnicodeAttribute()
