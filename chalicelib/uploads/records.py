"""How files that people send are stored in the table."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Record, Versioned


class FileRecord(Versioned):
    """`D#d#A#<ref>`: a file, and what is known of it.

    `FILE#<ulid>`: a customer's, with what staff say of it. `SHARED#<ulid>`: one that staff share with the customer.
    `ATTACHED#<ulid>`: one of a thread or a dispute.
    """

    era = UnicodeAttribute(null=True)
    sent_by = UnicodeAttribute()
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
    has_thumbnail = BooleanAttribute(default=False)

    purpose = UnicodeAttribute(null=True)
    review = UnicodeAttribute(null=True)
    comment = UnicodeAttribute(null=True)
    reviewed_by = UnicodeAttribute(null=True)
    reviewed_at = UTCDateTimeAttribute(null=True)
    account_name = UnicodeAttribute(null=True)
    request_id = UnicodeAttribute(null=True)
    in_feed = BooleanAttribute(default=False)

    title = UnicodeAttribute(null=True)
    document_kind = UnicodeAttribute(null=True)
    is_visible = BooleanAttribute(null=True)
    shown_at = UTCDateTimeAttribute(null=True)
    announced_at = UTCDateTimeAttribute(null=True)
    opened: JSONAttribute = JSONAttribute(null=True)

    owner_kind = UnicodeAttribute(null=True)
    owner_id = UnicodeAttribute(null=True)
    by_staff = BooleanAttribute(null=True)


class AttachedToRecord(Record):
    """`D#d#A#<ref>`, `ATTACHED_TO#<thread or dispute>#<ulid>`: the file of this id is attached to that."""


class FilesOfDayRecord(Versioned):
    """How many files of the account were begun on a UTC day: `D#d#A#<ref>`. Kept two days.

    `FILES#yyyy-mm-dd`: by the customer. `FILES_SHARED#yyyy-mm-dd`: by staff.
    """

    number = NumberAttribute()


class PendingFileRecord(Record):
    """`D#d#DUE#FILES`, `<ulid>`: a file that is not decided. Deleted with the decision."""

    account_ref = UnicodeAttribute()


class ReceivedFileRecord(Record):
    """`D#d#J#FILES#yyyy` (UTC, of the beginning), `<ulid>`: a file that was accepted, and whose it is."""

    account_ref = UnicodeAttribute()
