"""How the account directory is stored in the table."""

from pynamodb.attributes import BinaryAttribute

from chalicelib.store.record import Record


class DirectoryShard(Record):
    """`D#d#DIRECTORY`, `<n>.<shard>#<run>`: accounts of one shard, and the digests that only an import reads."""

    entries = BinaryAttribute(legacy_encoding=False)
    digests = BinaryAttribute(legacy_encoding=False)
