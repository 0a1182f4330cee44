"""Consent by channel, and which of two answers counts. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.customers.model import AccountFacts
from chalicelib.kernel.channels import Channel

TIME_TO_ENTER = timedelta(days=2)
"""Between the taking of a choice and the first export that counts against it: somebody has to enter it. In whole days
of UTC, which are precise enough for that."""


class Source(StrEnum):
    """Whose answer counts."""

    PORTAL = "portal"
    EXPORT = "export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person chose for a channel. `item_id` is that of its item of the feed, `chosen_by` an email.

    It belongs to the `era` of the account in which it was chosen.
    """

    channel: Channel
    granted: bool
    person_id: str
    chosen_by: str
    chosen_at: datetime
    item_id: str
    era: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What the export of `as_at` says, by channel. A channel of which it says nothing is not there."""

    as_at: date | None = None
    granted: Mapping[Channel, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A channel with what both sides say. None: that side has said nothing."""

    channel: Channel
    source: Source
    choice: Choice | None
    exported: bool | None

    @property
    def granted(self) -> bool | None:
        """The answer that counts."""
        return self.choice.granted if self.choice and self.source is Source.PORTAL else self.exported

    @property
    def differs(self) -> bool:
        """Whether the two sides have said different things."""
        return self.choice is not None and self.exported is not None and self.choice.granted != self.exported


NOTHING_EXPORTED = Exported(granted={})
"""Of a customer whom no export names."""


def exported(facts: AccountFacts, as_at: date) -> Exported:
    """What the export says of this account."""
    said = {
        Channel.EMAIL: facts.marketing_email,
        Channel.SMS: facts.marketing_sms,
        Channel.PHONE: facts.marketing_phone,
        Channel.POST: facts.marketing_post,
    }
    return Exported(as_at=as_at, granted={channel: one for channel, one in said.items() if one is not None})


def consents(exported: Exported, choices: Iterable[Choice], taken: Mapping[str, date]) -> list[Consent]:
    """Every channel. `choices` are one person's; `taken`: when items of the feed were taken, by id.

    A choice counts until the dealer's system has taken it and had TIME_TO_ENTER; from then on it is the export that is
    later. One that was never taken counts on, whatever exports repeat meanwhile: they cannot know of it.
    """
    of_channel = {choice.channel: choice for choice in choices}
    return [_consent(channel, exported, of_channel.get(channel), taken) for channel in Channel]


def _consent(channel: Channel, exported: Exported, choice: Choice | None, taken: Mapping[str, date]) -> Consent:
    said = exported.granted.get(channel)
    source = Source.PORTAL
    if choice is None or (said is not None and _is_later(exported.as_at, taken.get(choice.item_id))):
        source = Source.EXPORT
    return Consent(channel=channel, source=source, choice=choice, exported=said)


def _is_later(as_at: date | None, taken_on: date | None) -> bool:
    return as_at is not None and taken_on is not None and as_at > taken_on + TIME_TO_ENTER
