"""A form of settings: each field says how its text is read, so that all that is wrong is said at once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chalicelib.kernel.emails import normal_email
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import Text
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.texts import visible

Reader = Callable[[str], Any]
"""The value of what was entered. Raises InvalidError that says what to enter instead."""


@dataclass(frozen=True, slots=True)
class SettingField:
    """A field of the form and of the setting that it fills."""

    name: str
    read: Reader


class ReadForm(NamedTuple):
    """The settings that could be read, by name, and what is wrong with the others."""

    values: dict[str, Any]
    errors: dict[str, str]


def read_form(fields: Iterable[SettingField], form: Mapping[str, str]) -> ReadForm:
    """What was entered. A field that the form does not have is left out of both."""
    found = ReadForm({}, {})
    for one in fields:
        if one.name in form:
            try:
                found.values[one.name] = one.read(form[one.name].strip())
            except InvalidError as error:
                found.errors[one.name] = error.message
    return found


def plain_text(most: int, *, lines: bool = False) -> Callable[[str], str]:
    """A reader of plain text of at most so many characters, on one line unless `lines`."""

    def read(typed: str) -> str:
        read_to = 4 * most  # browsers send two characters for the end of a line
        text = visible(typed[:read_to])
        count = len(text) if len(typed) <= read_to else len(typed)
        if count > most:
            raise InvalidError(
                _(
                    "%(num)s of %(most)s characters: shorten it by %(over)s",
                    num=count,
                    most=most,
                    over=count - most,
                )
            )
        return text if lines else " ".join(text.split())

    return read


def email_address(typed: str) -> str:
    """An address, or nothing."""
    if not typed:
        return ""
    try:
        return normal_email(typed)
    except ValueError:
        raise InvalidError(_("Enter an email address in the form name@example.com")) from None


@dataclass(frozen=True, slots=True)
class OneOf:
    """A reader of a choice: the value of each option by its name in the form."""

    options: Mapping[str, Any] = field(hash=False)
    otherwise: Text

    def __call__(self, text: str) -> Any:
        if text not in self.options:
            raise InvalidError(self.otherwise)
        return self.options[text]
