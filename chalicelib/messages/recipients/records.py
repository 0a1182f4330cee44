"""How to whom customers write is stored in the table."""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.store.record import Versioned


class DirectoryRecord(Versioned):
    """`D#d#RECIPIENTS`, `DIRECTORY`: all groups in their order and all people whom customers may choose, some KB."""

    groups: JSONAttribute = JSONAttribute()
    people: JSONAttribute = JSONAttribute()
    default_group = UnicodeAttribute(null=True)
