"""How sheets are stored in the table. All are immutable and named by a head or by PUBLISHED."""

from pynamodb.attributes import BinaryAttribute

from chalicelib.store.record import Record


class SheetRecord(Record):
    """`D#d#A#<ref>`, `X#<entity>[#<year>][#nn]#<run>`; or `D#d#SHEET#<entity>`, `<run>#nn`: compressed rows."""

    data = BinaryAttribute(legacy_encoding=False)
