"""Marketing consent in words, for customers and for staff."""

from collections.abc import Sequence
from typing import NamedTuple

from chalicelib.customers.consents.model import Choice, Consent, Source
from chalicelib.kernel.channels import CHANNEL_LABELS, Channel
from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering.format import Formats


class ConsentLine(NamedTuple):
    """A channel as its customer sees it. `note` says whose answer it is; empty where nobody has given one."""

    channel: Channel
    label: str
    granted: bool
    note: str


def consent_lines(consents: Sequence[Consent], dealer: str, fmt: Formats) -> list[ConsentLine]:
    """Every channel, for the customer of the dealer of this name."""
    return [
        ConsentLine(one.channel, str(CHANNEL_LABELS[one.channel]), bool(one.granted), _own_note(one, dealer, fmt))
        for one in consents
    ]


def staff_consents(people: Sequence[Sequence[Consent]], fmt: Formats) -> list[tuple[str, list[str]]]:
    """Label and lines of each channel, `people` as the query has them; nothing where nobody has said anything."""
    lines = [
        (str(CHANNEL_LABELS[channel]), list(dict.fromkeys(text for one in said if (text := _staff_text(one, fmt)))))
        for channel, said in zip(Channel, zip(*people, strict=True), strict=True)
    ]
    return [(label, said or [_("Not said")]) for label, said in lines] if any(said for _label, said in lines) else []


def _own_note(one: Consent, dealer: str, fmt: Formats) -> str:
    if one.choice is None:
        return "" if one.exported is None else _("From the records of %(dealer)s", dealer=dealer)
    day = _day(one.choice, fmt)
    if one.source is Source.EXPORT and one.differs:
        return _("Changed by %(dealer)s after your choice of %(day)s", dealer=dealer, day=day)
    if one.differs and one.exported:
        return _("Your choice of %(day)s; the records of %(dealer)s still say yes", dealer=dealer, day=day)
    if one.differs:
        return _("Your choice of %(day)s; the records of %(dealer)s still say no", dealer=dealer, day=day)
    return _("Your choice of %(day)s", day=day)


def _staff_text(one: Consent, fmt: Formats) -> str:
    if one.granted is None:
        return ""
    if one.choice is None or (one.source is Source.EXPORT and not one.differs):
        return _("Yes") if one.granted else _("No")
    words = {"email": one.choice.chosen_by, "day": _day(one.choice, fmt)}
    if one.source is Source.PORTAL:
        if one.granted:
            return _("Yes, chosen by %(email)s on %(day)s", **words)
        return _("No, chosen by %(email)s on %(day)s", **words)
    if one.granted:
        return _("Yes, after %(email)s chose no on %(day)s", **words)
    return _("No, after %(email)s chose yes on %(day)s", **words)


def _day(choice: Choice, fmt: Formats) -> str:
    return fmt.date(fmt.today(choice.chosen_at))
