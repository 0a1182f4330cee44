"""To whom at the dealer a message goes. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, Self

MAX_GROUPS = 20
MAX_GROUP_NAME = 60
MAX_PEOPLE = 100
"""Members of a group, and people whom customers may choose."""
MAX_REP_CODES = 20
MAX_REP_CODE = 32
"""Characters, as in the export."""


class RecipientKind(StrEnum):
    """What messages go to."""

    GROUP = "group"
    PERSON = "person"


class Recipient(NamedTuple):
    """A group or a member of the staff, by its id."""

    kind: RecipientKind
    recipient_id: str

    @property
    def value(self) -> str:
        """As forms and the table have it."""
        return f"{self.kind.value}:{self.recipient_id}"


def recipient_of(value: str) -> Recipient | None:
    """What `value` names; None for an empty one and for what names none."""
    kind, colon, recipient_id = value.partition(":")
    if not colon or not recipient_id or kind not in {one.value for one in RecipientKind}:
        return None
    return Recipient(RecipientKind(kind), recipient_id)


@dataclass(frozen=True, slots=True)
class Group:
    """Members of the staff under one name. `members` are ids; `is_offered`: customers may choose it."""

    group_id: str
    name: str
    members: tuple[str, ...] = ()
    is_offered: bool = True

    @property
    def recipient(self) -> Recipient:
        """It as to whom something goes."""
        return Recipient(RecipientKind.GROUP, self.group_id)


@dataclass(frozen=True, slots=True)
class ContactPerson:
    """A member of the staff whom customers may choose: of accounts with one of `rep_codes`, or all without any."""

    person_id: str
    rep_codes: tuple[str, ...] = ()

    @property
    def recipient(self) -> Recipient:
        """They as to whom something goes."""
        return Recipient(RecipientKind.PERSON, self.person_id)

    def is_offered(self, rep_code: str) -> bool:
        """Whether an account with this rep code is offered them."""
        return not self.rep_codes or rep_code.casefold() in {one.casefold() for one in self.rep_codes}


@dataclass(frozen=True, slots=True)
class Directory:
    """All of a dealer's, groups in their order. `default_group` gets what goes to nobody in particular; empty: all do.

    `version` is None where nothing has been stored yet.
    """

    groups: tuple[Group, ...] = ()
    people: tuple[ContactPerson, ...] = ()
    default_group: str = ""
    version: int | None = None

    def group(self, group_id: str) -> Group | None:
        """A group that there is."""
        return next((one for one in self.groups if one.group_id == group_id), None)

    def resolved(self, to: Recipient | None, staff: Collection[str]) -> Recipient | None:
        """To whom it goes now: a group that was deleted or somebody who left is the default group, or None.

        `staff` are the ids of those who work there.
        """
        # Tested control: recipients-fall-back
        if to and to.kind is RecipientKind.GROUP and self.group(to.recipient_id):
            return to
        if to and to.kind is RecipientKind.PERSON and to.recipient_id in staff:
            return to
        default = self.group(self.default_group)
        return default.recipient if default else None

    def readers(self, to: Recipient | None, staff: Collection[str]) -> tuple[str, ...]:
        """The ids of those of the staff whom it reaches: nobody in particular where it goes to all."""
        found = self.resolved(to, staff)
        if found is None:
            return ()
        if found.kind is RecipientKind.PERSON:
            return (found.recipient_id,)
        group = self.group(found.recipient_id)
        return tuple(one for one in group.members if one in staff) if group else ()

    def offered_groups(self) -> list[Group]:
        """Those that customers may choose."""
        return [one for one in self.groups if one.is_offered]

    def offered_people(self, rep_code: str, staff: Collection[str]) -> list[ContactPerson]:
        """Those of the staff whom an account with this rep code may choose, its own reps first."""
        found = [one for one in self.people if one.person_id in staff and one.is_offered(rep_code)]
        return sorted(found, key=lambda one: not one.rep_codes)

    def with_group(self, group: Group, place: int) -> Self:
        """With this group, new or changed, at this place (the first is 0)."""
        others = [one for one in self.groups if one.group_id != group.group_id]
        return replace(self, groups=(*others[:place], group, *others[place:]))

    def without_group(self, group_id: str) -> Self:
        """Without this group: what was for it goes to the default."""
        return replace(
            self,
            groups=tuple(one for one in self.groups if one.group_id != group_id),
            default_group="" if self.default_group == group_id else self.default_group,
        )


def rep_codes_of(typed: str) -> tuple[str, ...]:
    """What a field says, separated by commas, each once."""
    found = (" ".join(one.split()) for one in typed.split(","))
    return tuple(dict.fromkeys(one for one in found if one))
