"""How a landing page is stored in the table."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute

from chalicelib.store.record import Versioned


class LandingRecord(Versioned):
    """`D#d#PUBLIC`, `LANDING`: what was saved last, as JSON; anybody may read it.

    `retired`: when a picture that is named no more was named last, by its id.
    """

    body = UnicodeAttribute()
    is_shown = BooleanAttribute()
    saved_at = UnicodeAttribute()
    retired = JSONAttribute()
