"""How the enrolments of all accounts are stored for lists: slices beside the directory, and their index."""

from pynamodb.attributes import BinaryAttribute, MapAttribute

from chalicelib.store.record import Record, Versioned


class EnrolmentSliceRecord(Versioned):
    """`D#d#DIRECTORY`, `<n>.<slice>.P`: the summaries of one slice, compressed."""

    enrolments = BinaryAttribute(legacy_encoding=False)


class EnrolmentIndexRecord(Record):
    """`D#d#DIRECTORY`, `<n>.P`: the version of each slice by its number, 0 for one that is not there.

    It moves in the transaction that moves the slice, so one small read tells which slices have changed.
    """

    versions: MapAttribute[str, int] = MapAttribute()  # type: ignore[no-untyped-call]  # pynamodb's
