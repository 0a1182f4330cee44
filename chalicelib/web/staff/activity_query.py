"""The filters of Activity, as its address has them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from chalicelib.ingest.uploader import Uploader, UploaderKind
from chalicelib.kernel.clock import start_of_day
from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering.format import Formats
from chalicelib.store.audit import PROGRAMS, AuditFilter
from chalicelib.web.presenters.activity import BY_CUSTOMERS, BY_EITHER_SIDE, KINDS, event_prefixes
from chalicelib.web.presenters.activity_subject import STAFF_SUBJECT

CUSTOMERS, PROGRAM = "customers", "programs"
"""Who did it, where it is not one of the staff."""
MAX_DATE_LENGTH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityQuery:
    """`about` is a kind of event, `person` CUSTOMERS, PROGRAM or a person's id; `first` and `last` are dates as typed.

    `errors` says what to do about a field that cannot be read. Then nothing is read by `wanted`.
    """

    about: str
    person: str
    first: str
    last: str
    wanted: AuditFilter
    errors: Mapping[str, str]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything at all is filtered."""
        wanted = self.wanted
        return bool(wanted.condition is not None or wanted.first or wanted.end or self.errors)


def activity_query(
    query: Mapping[str, str], *, ref: str, people: Mapping[str, str], oldest: date, today: date, fmt: Formats
) -> ActivityQuery:
    """What a query string asks for. `people` are the staff by id, `oldest` is the first day that is shown.

    What a list does not offer counts as not asked; a date that cannot be read is an error, for it was typed.
    """
    about, person = query.get("about", ""), query.get("person", "")
    about = about if about in KINDS else ""
    person = person if person in {CUSTOMERS, PROGRAM, *people} else ""
    texts = {name: query.get(name, "").strip()[:MAX_DATE_LENGTH] for name in ("from", "to")}
    errors: dict[str, str] = {}
    days = {name: _day(text, name, oldest, today, fmt, errors) for name, text in texts.items()}
    first, last = days["from"], days["to"]
    if first and last and first > last:
        errors["to"] = _("Choose a day that is not before %(day)s", day=fmt.date(first))
    elif first and first > today:
        errors["from"] = _("Choose a day that is not after today")
    wanted = replace(
        _by(person, people),
        beginnings=event_prefixes(about),
        subjects=(ref,) if ref else (),
        first=start_of_day(first, fmt.time_zone) if first else None,
        end=start_of_day(min(last, today) + timedelta(days=1), fmt.time_zone) if last else None,
    )
    shown = {name: day.isoformat() if (day := days[name]) else text for name, text in texts.items()}
    return ActivityQuery(
        about=about, person=person, first=shown["from"], last=shown["to"], wanted=wanted, errors=errors
    )


def _day(text: str, name: str, oldest: date, today: date, fmt: Formats, errors: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        errors[name] = _("Enter a date as year-month-day, for example %(day)s", day=today.isoformat())
        return None
    if day < oldest:
        errors[name] = _("Choose %(day)s or a later day: older activity is not shown", day=fmt.date(oldest))
    return day


def _by(person: str, people: Mapping[str, str]) -> AuditFilter:
    """What somebody caused; imports name their uploader in a way of their own."""
    if person == CUSTOMERS:
        return AuditFilter(
            events=BY_CUSTOMERS | BY_EITHER_SIDE, others=PROGRAMS | frozenset(people), other_subject=STAFF_SUBJECT
        )
    if person == PROGRAM:
        return AuditFilter(actors=PROGRAMS)
    return AuditFilter(actors=frozenset({person, str(Uploader(UploaderKind.STAFF, person))}) if person else frozenset())
