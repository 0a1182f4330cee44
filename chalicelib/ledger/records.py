"""Heads and pages as items: both are immutable and carry in their sort key the run that wrote them. And overlays."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute

from chalicelib.store.record import Record


class HeadRecord(Record):
    """`D#d#A#<ref>`, `HEAD#<run>`."""

    about = BinaryAttribute(legacy_encoding=False)
    open = BinaryAttribute(legacy_encoding=False)
    documents = BinaryAttribute(legacy_encoding=False)


class PageRecord(Record):
    """`D#d#A#<ref>`, `L#<year or OPEN or DOCUMENTS>[#nn]#<run>`."""

    data = BinaryAttribute(legacy_encoding=False)


class OverlayRecord(Record):
    """`D#d#A#<ref>`, `O#<kind>`: what the portal adds to rows of the account, all of a kind in one item."""

    data = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()
