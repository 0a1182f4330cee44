"""How it is stored who has opened which documents of an account."""

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from chalicelib.store.record import Versioned


class ViewedRecord(Versioned):
    """`D#d#A#<ref>`, `VIEWED#<era>#<yyyy-mm>#<viewer>`: documents of one month that one viewer has opened.

    The viewer is a person, or `~<ulid>` of a document that was sent on.
    """

    name = UnicodeAttribute()
    rows = BinaryAttribute(legacy_encoding=False)
