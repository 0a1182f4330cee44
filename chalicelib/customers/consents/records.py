"""How choices are stored in the table."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Record


class ConsentRecord(Record):
    """`D#d#A#<ref>`, `CONSENT#<person>#<channel>`: what a person of the account chose last."""

    granted = BooleanAttribute()
    chosen_by = UnicodeAttribute()
    chosen_at = UTCDateTimeAttribute()
    item_id = UnicodeAttribute()
    era = UnicodeAttribute(null=True)
