"""How a dealer is stored in the table."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Record, Versioned


class SettingsRecord(Versioned):
    """`D#d#DEALER`, `SETTINGS`: the profile as JSON."""

    body = UnicodeAttribute()


class PublicRecord(Record):
    """`D#d#PUBLIC`, `DEALER`: the copy of the settings that anybody may read, as JSON."""

    body = UnicodeAttribute()


class PublishedRecord(Record):
    """`D#d#DEALER`, `PUBLISHED`: which run is true. Guarded by `generation`, not by a version."""

    generation = NumberAttribute()
    body = UnicodeAttribute()


class SavedRecord(Record):
    """`D#d#DEALER`, `SAVED#<part>`: who saved a part of the settings last, and when."""

    person_id = UnicodeAttribute()
    at = UTCDateTimeAttribute()


class DealerEntryRecord(Record):
    """`OPS#DEALERS`, `D#d`: a line of the operator's list."""

    slug = UnicodeAttribute()
    code = UnicodeAttribute()
    name = UnicodeAttribute()
    suspended = BooleanAttribute(null=True)


class ClosedDealerRecord(Versioned):
    """`OPS#CLOSED`, `D#d`: what remains of a dealer whose data are deleted, as JSON."""

    body = UnicodeAttribute()


class LookupRecord(Record):
    """`SLUG#<slug>`, `SLUG` and `CODE#<code>`, `CODE`: whose that address or export code is.

    `NAME#<skeleton>`, `NAME`: whose name reads like that (`look_alikes`), of several the first dealer's.
    """

    dealer_id = UnicodeAttribute()
