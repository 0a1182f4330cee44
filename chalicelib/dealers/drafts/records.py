"""How a draft is stored in the table."""

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from chalicelib.store.record import Record


class DraftRecord(Record):
    """`D#d#U#<person>`, `BRAND_DRAFT`, `LANDING_DRAFT` or `DRAFT#<part>`: what an admin has chosen, as JSON.

    The picture of a logo has 480 by 160 pixels, so at most 308 KB; an item holds 400.
    """

    body = UnicodeAttribute()
    base = UnicodeAttribute()
    picture = BinaryAttribute(null=True, legacy_encoding=False)
