"""How the feed is stored in the table."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.store.record import Record


class FeedRecord(Record):
    """`D#d#FEED`, `<ulid>`: an item that waits; once it was taken, rejected or withdrawn it is in `D#d#FED#yyyy-mm`."""

    kind = UnicodeAttribute()
    kind_version = NumberAttribute()
    at = UTCDateTimeAttribute()
    data = BinaryAttribute(legacy_encoding=False)
    account_ref = UnicodeAttribute(null=True)
    account_name = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    settled_at = UTCDateTimeAttribute(null=True)
    settled_by = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)

    def put_condition(self) -> Condition:
        """An item is written once, and ends once."""
        condition: Condition = type(self).pk.does_not_exist()
        return condition


class FeedSettingsRecord(Record):
    """`D#d#DEALER`, `FEED`: who takes the items. There is none until somebody chooses."""

    taker = UnicodeAttribute()
