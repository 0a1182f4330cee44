from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.consents.model import TIME_TO_ENTER, Choice, Exported, Source, consents, exported
from chalicelib.kernel.channels import Channel
from tests.ledger.accounts import a_facts

TAKEN = date(2024, 6, 5)


def a_choice(now: datetime, *, granted: bool = True, channel: Channel = Channel.SMS) -> Choice:
    return Choice(
        channel=channel, granted=granted, person_id="P", chosen_by="may@farm.example", chosen_at=now, item_id="I"
    )


def test_each_column_of_the_export_is_a_channel() -> None:
    facts = a_facts(marketing_email=True, marketing_sms=False, marketing_post=True)
    said = exported(facts, TAKEN).granted
    assert said == {Channel.EMAIL: True, Channel.SMS: False, Channel.POST: True}
    assert exported(a_facts(marketing_phone=False), TAKEN).granted == {Channel.PHONE: False}


def test_where_nobody_has_said_anything_nothing_is_granted() -> None:
    assert [one.granted for one in consents(Exported(granted={}), [], {})] == [None] * 4


@pytest.mark.parametrize(
    ("days", "source"),
    [(-1, Source.PORTAL), (0, Source.PORTAL), (2, Source.PORTAL), (3, Source.EXPORT), (300, Source.EXPORT)],
)
@pytest.mark.parametrize("granted", [True, False])
def test_a_choice_counts_until_an_export_can_know_of_it(
    now: datetime, days: int, source: Source, *, granted: bool
) -> None:
    """An export of the night after it was taken may repeat what was true before it."""
    said = Exported(as_at=TAKEN + timedelta(days=days), granted={Channel.SMS: not granted})
    sms = consents(said, [a_choice(now, granted=granted)], {"I": TAKEN})[1]
    assert (sms.channel, sms.source, sms.differs) == (Channel.SMS, source, True)
    assert sms.granted is (granted if source is Source.PORTAL else not granted)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.booleans(), st.booleans())
def test_a_choice_that_was_never_taken_outlives_every_export(as_at: date, granted: bool, said: bool) -> None:  # noqa: FBT001
    choice = a_choice(datetime(2024, 6, 5), granted=granted)  # noqa: DTZ001 - its time is only shown
    sms = consents(Exported(as_at=as_at, granted={Channel.SMS: said}), [choice], {})[1]
    assert (sms.granted, sms.source, sms.differs) == (granted, Source.PORTAL, granted != said)


def test_of_a_channel_that_the_export_leaves_out_the_choice_goes_on_counting(now: datetime) -> None:
    said = Exported(as_at=TAKEN + TIME_TO_ENTER + timedelta(days=1), granted={Channel.POST: True})
    assert consents(said, [a_choice(now)], {"I": TAKEN})[1].granted is True
