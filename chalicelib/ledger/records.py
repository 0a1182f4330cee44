"""Heads and pages as items. Both are immutable and carry in their sort key the run that wrote them."""

from pynamodb.attributes import BinaryAttribute

from chalicelib.store.record import Record


class HeadRecord(Record):
    """`D#d#A#<ref>`, `HEAD#<run>`."""

    about = BinaryAttribute(legacy_encoding=False)
    open = BinaryAttribute(legacy_encoding=False)
    documents = BinaryAttribute(legacy_encoding=False)


class PageRecord(Record):
    """`D#d#A#<ref>`, `L#<year or OPEN or DOCUMENTS>[#nn]#<run>`."""

    data = BinaryAttribute(legacy_encoding=False)
