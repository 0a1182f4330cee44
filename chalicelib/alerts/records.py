"""How the list behind a bell and the ways to be notified are stored in the table."""

from pynamodb.attributes import BinaryAttribute, JSONAttribute

from chalicelib.store.record import Versioned


class BellRecord(Versioned):
    """`D#d#U#<person>`, `BELL`: all entries in one compressed attribute, a few KB; it is read with each page."""

    entries = BinaryAttribute(legacy_encoding=False)


class PreferencesRecord(Versioned):
    """`D#d#U#<person>`, `PREFERENCES`: the channels of each kind for which somebody has chosen other than its own."""

    channels: JSONAttribute = JSONAttribute()
