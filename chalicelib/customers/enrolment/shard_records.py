"""How the enrolments of all accounts are stored for lists: shards beside the directory, and their index."""

from pynamodb.attributes import BinaryAttribute, MapAttribute

from chalicelib.store.record import Record, Versioned


class EnrolmentShardRecord(Versioned):
    """`D#d#DIRECTORY`, `<n>.<shard>.P`: the summaries of one shard, compressed."""

    enrolments = BinaryAttribute(legacy_encoding=False)


class EnrolmentIndexRecord(Record):
    """`D#d#DIRECTORY`, `<n>.P`: the version of each shard by its number, 0 for one that is not there.

    It moves in the transaction that moves the shard, so one small read shows which shards have changed.
    """

    versions: MapAttribute[str, int] = MapAttribute()  # type: ignore[no-untyped-call]  # pynamodb's
