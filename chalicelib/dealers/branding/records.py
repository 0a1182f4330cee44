"""How a draft is stored in the table."""

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from chalicelib.store.record import Record


class BrandDraftRecord(Record):
    """`D#d#U#<person>`, `BRAND_DRAFT`: the brand as JSON, and the PNG of its logo.

    That has 480 by 160 pixels, so at most 308 KB; an item holds 400.
    """

    body = UnicodeAttribute()
    base = UnicodeAttribute()
    picture = BinaryAttribute(null=True, legacy_encoding=False)
