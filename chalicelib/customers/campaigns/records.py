"""How campaigns are stored in the table."""

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from chalicelib.store.record import Record, Versioned


class CampaignRecord(Versioned):
    """`D#d#CAMPAIGNS`, `<ulid>`: `refs` are the accounts in the order of their turns, compressed."""

    state = UnicodeAttribute()
    started_by = UnicodeAttribute()
    invited_by = UnicodeAttribute()
    started_at = UTCDateTimeAttribute()
    per_day = NumberAttribute(attr_name="a_day")
    weekdays_only = BooleanAttribute()
    include: JSONAttribute = JSONAttribute()
    refs = BinaryAttribute(legacy_encoding=False, null=True)
    total = NumberAttribute()
    done = NumberAttribute()
    next_day = UnicodeAttribute(null=True)
    stopped_for = UnicodeAttribute(null=True)
    postponed = NumberAttribute(null=True)
    postponed_on = UnicodeAttribute(null=True)
    ended_at = UTCDateTimeAttribute(null=True)


class OpenCampaignRecord(Record):
    """`D#d#CAMPAIGNS`, `OPEN`: the one that has not ended. There is one at a time."""

    campaign_id = UnicodeAttribute()


class WaveRecord(Record):
    """`D#d#CAMPAIGNS#<ulid>`, `<place of its first account>`: what became of the accounts of one day."""

    on = UnicodeAttribute()
    invited: JSONAttribute = JSONAttribute()
    left_out: JSONAttribute = JSONAttribute()
