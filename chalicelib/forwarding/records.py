"""How what was sent on is stored in the table."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.store.record import CreateOnly


class ForwardRecord(CreateOnly):
    """`D#d#A#<ref>`, `FORWARD#<ulid>`: a document that was sent on, until 90 days after its link has expired."""

    era = UnicodeAttribute(null=True)
    body = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()
