"""A person as one dealer knows them, and the rules of what they may enter. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import NamedTuple

from chalicelib.kernel import names
from chalicelib.kernel.i18n import LazyText, lazy_gettext, ngettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.texts import visible
from chalicelib.profiles import numbers
from chalicelib.profiles.numbers import NotANumberError, e164

TITLES: Mapping[str, LazyText] = {
    "mr": lazy_gettext("Mr"),
    "mrs": lazy_gettext("Mrs"),
    "ms": lazy_gettext("Ms"),
    "miss": lazy_gettext("Miss"),
    "mx": lazy_gettext("Mx"),
    "dr": lazy_gettext("Dr"),
    "prof": lazy_gettext("Prof"),
    "rev": lazy_gettext("Rev"),
    "sir": lazy_gettext("Sir"),
    "lady": lazy_gettext("Lady"),
}
"""By what is stored, the usual ones first."""
FIELD_LABELS: Mapping[str, LazyText] = {
    "title": lazy_gettext("Title"),
    "first_name": lazy_gettext("First Name"),
    "last_name": lazy_gettext("Last Name"),
    "line1": lazy_gettext("Address Line 1"),
    "line2": lazy_gettext("Address Line 2"),
    "city": lazy_gettext("City"),
    "postcode": lazy_gettext("Post Code"),
    "phone": lazy_gettext("Phone Number"),
    "mobile": lazy_gettext("Mobile Number"),
    "alternate": lazy_gettext("Alternate Number"),
}
"""What the fields of a form are called, in its order."""
MAX_LENGTH: Mapping[str, int] = {
    "first_name": names.MAX_LENGTH,
    "last_name": names.MAX_LENGTH,
    "line1": 100,
    "line2": 100,
    "city": 60,
    "postcode": 12,
}
_NAMES = ("first_name", "last_name")
MAX_NUMBER_LENGTH = 40
NUMBERS = ("phone", "mobile", "alternate")
_MISSING: Mapping[str, LazyText] = {
    "title": lazy_gettext("Choose your title"),
    "first_name": lazy_gettext("Enter your first name"),
    "last_name": lazy_gettext("Enter your last name"),
}


@dataclass(frozen=True, slots=True)
class Details:
    """What a person enters of themselves. `title` is one of TITLES, numbers are E.164; what is empty was not said."""

    title: str = ""
    first_name: str = ""
    last_name: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    postcode: str = ""
    phone: str = ""
    mobile: str = ""
    alternate: str = ""

    @property
    def name(self) -> str:
        """`Anna Reed`; empty where it was not said."""
        return " ".join(filter(None, (self.first_name, self.last_name)))


@dataclass(frozen=True, slots=True)
class Profile:
    """The details, and which photo there is. `version` is None where nothing has been stored yet."""

    details: Details = Details()
    photo: str = ""
    version: int | None = None


class Named(NamedTuple):
    """How others see a person: `name` and `photo` are empty where there is none."""

    name: str = ""
    photo: str = ""


NOBODY = Named()


class Entered(NamedTuple):
    """What was entered: the details, of which those with an error are empty, and what is wrong by field."""

    details: Details
    errors: dict[str, str]


def entered(form: Mapping[str, str], *, country: str) -> Entered:
    """What a form says. `country`: whose numbers need no country code. Nothing of it is longer than it may be."""
    values, errors = dict[str, str](), dict[str, str]()
    for name in FIELD_LABELS:
        try:
            values[name] = (
                _number(name, form.get(name, ""), country) if name in NUMBERS else _text(name, form.get(name, ""))
            )
        except _WrongError as error:
            errors[name] = str(error)
    for name, text in _MISSING.items():
        if name not in errors and not values[name]:
            errors[name] = str(text)
    return Entered(Details(**values), {name: errors[name] for name in FIELD_LABELS if name in errors})


def changed_fields(before: Details, after: Details) -> list[str]:
    """The names of what differs."""
    return [one.name for one in fields(Details) if getattr(before, one.name) != getattr(after, one.name)]


class _WrongError(ValueError):
    """Says what to enter instead."""


def _text(name: str, typed: str) -> str:
    if name == "title":
        return typed if typed in TITLES else ""
    most = MAX_LENGTH[name]
    text = " ".join(visible(typed[: 4 * most]).split())
    if len(text) > most:
        raise _WrongError(
            ngettext("Shorten it to %(num)s character", "Shorten it to %(num)s characters", most, num=most)
        )
    if name in _NAMES and not names.is_name(text):  # mails greet by it, and say it to strangers
        raise _WrongError(_("Enter a name alone, without a link, a number or a sentence"))
    return text


def _number(name: str, typed: str, country: str) -> str:
    text = " ".join(visible(typed[: MAX_NUMBER_LENGTH + 1]).split())
    try:
        return e164(text, country=country) if text else ""
    except NotANumberError as error:
        is_format = name == "mobile" and error.message is numbers.WRONG
        raise _WrongError(numbers.not_a_mobile_number(country) if is_format else str(error.message)) from None
