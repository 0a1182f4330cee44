"""How the exports of a person are stored in the table."""

from pynamodb.attributes import BinaryAttribute

from chalicelib.store.record import Versioned


class ExportsRecord(Versioned):
    """`D#d#U#<person>`, `EXPORTS`: the exports of the last day, in one item so that their number can be limited."""

    exports = BinaryAttribute(legacy_encoding=False)
