"""How a missing export is stored in the table."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.store.record import Record


class MissingExportRecord(Record):
    """`D#d#DEALER`, `MISSING_EXPORT`: the task that says that an export is missing; gone once one has come."""

    task_id = UnicodeAttribute()
