"""Whether a document was opened, and by whom, in words for staff."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from chalicelib.kernel.clock import local_date
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import ngettext
from chalicelib.ledger.row import Row
from chalicelib.ledger.viewed.model import Viewing, Viewings, is_noted
from chalicelib.rendering.format import Formats


class Viewed(NamedTuple):
    """For a row of the list: who has opened it first and when, or that nobody has."""

    text: str
    is_missing: bool


class ViewerLine(NamedTuple):
    """For the page of a document: one who has opened it, the first day and, where that is another, the last."""

    name: str
    first: date
    last: date | None


def viewed(viewings: Viewings, row: Row, fmt: Formats, today: date) -> Viewed | None:
    """None of what is no document, and of one that is so old that nothing is known any more."""
    if not is_noted(row, today=today):
        return None
    found = viewings.of(row)
    if not found:
        return Viewed(_("Not viewed yet"), is_missing=True)
    words = {"day": fmt.date(_day(found[0].seen.first_at, fmt)), "name": _name(found[0])}
    if len(found) == 1:
        return Viewed(_("Viewed %(day)s by %(name)s", **words), is_missing=False)
    others = ngettext(
        "Viewed %(day)s by %(name)s and %(num)s other",
        "Viewed %(day)s by %(name)s and %(num)s others",
        len(found) - 1,
        num=fmt.count(len(found) - 1),
        **words,
    )
    return Viewed(others, is_missing=False)


def viewer_lines(found: Sequence[Viewing], fmt: Formats) -> list[ViewerLine]:
    """The first viewer first."""
    days = [(one, _day(one.seen.first_at, fmt), _day(one.seen.last_at, fmt)) for one in found]
    return [ViewerLine(_name(one), first, last if last != first else None) for one, first, last in days]


def _name(one: Viewing) -> str:
    return _("%(email)s, to whom it was forwarded", email=one.name) if one.is_recipient else one.name


def _day(moment: datetime, fmt: Formats) -> date:
    return local_date(moment, fmt.time_zone)
