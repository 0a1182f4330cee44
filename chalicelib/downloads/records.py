"""How the downloads of a person are stored in the table."""

from pynamodb.attributes import BinaryAttribute

from chalicelib.store.record import Versioned


class DownloadsRecord(Versioned):
    """`D#d#U#<person>`, `DOWNLOADS`: the downloads of the last day, in one item so that their number can be limited."""

    downloads = BinaryAttribute(legacy_encoding=False)
