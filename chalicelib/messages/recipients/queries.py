"""Reads about to whom customers write."""

from typing import NamedTuple

from chalicelib.dealers.staff import queries as staff
from chalicelib.kernel.scopes import DealerScope, TenantScope
from chalicelib.messages.recipients import repo
from chalicelib.messages.recipients.model import Directory, Recipient, RecipientKind
from chalicelib.profiles import queries as profiles


class Choice(NamedTuple):
    """What a form offers. `is_rep`: they look after the account of the reader."""

    value: str
    name: str
    is_rep: bool = False


class Offer(NamedTuple):
    """What a customer may choose from, and what is chosen beforehand. Empty where there is nothing to choose."""

    choices: list[Choice]
    value: str = ""


def directory(scope: TenantScope) -> Directory:
    """All groups and people. Empty where nothing has been set up."""
    return repo.directory(scope)


def offer(scope: TenantScope, *, rep_code: str) -> Offer:
    """What a customer whose account has this rep code may choose; people under their own names, nobody without one.

    The first, without name, is the dealer as a whole: where no group gets that, or one that customers do not see.
    Reads: what has been set up; where that offers something the staff and the names of people.
    """
    found = repo.directory(scope)
    groups = found.offered_groups()
    known = staff.emails(scope) if found.people else {}
    people = found.offered_people(rep_code, known)
    named = profiles.named(scope, [one.person_id for one in people]) if people else {}
    choices = [Choice(one.recipient.value, one.name) for one in groups]
    choices += [
        Choice(one.recipient.value, named[one.person_id].name, bool(one.rep_codes))
        for one in people
        if one.person_id in named and named[one.person_id].name
    ]
    default = next((one for one in groups if one.group_id == found.default_group), None)
    if default:
        return Offer(choices if len(choices) > 1 else [], default.recipient.value)
    return Offer([Choice("", ""), *choices] if choices else [])


def shown_name(scope: TenantScope, to: Recipient | None) -> str:
    """What customers read of whom it goes to: a group's name or a person's; empty where it is the dealer as a whole.

    The same of a group that they may not choose. Reads: what has been set up; then the staff and the person's name.
    """
    found = repo.directory(scope)
    if to is None and not found.default_group:
        return ""
    resolved = found.resolved(to, staff.emails(scope) if to and to.kind is RecipientKind.PERSON else ())
    if resolved is None:
        return ""
    if resolved.kind is RecipientKind.PERSON:
        return profiles.name_of(scope, resolved.recipient_id)
    group = found.group(resolved.recipient_id)
    return group.name if group and group.is_offered else ""


class Addressing(NamedTuple):
    """All that says to whom something goes, for lists: what has been set up, and the emails of the staff by id."""

    directory: Directory
    staff: dict[str, str]

    def resolved(self, to: Recipient | None) -> Recipient | None:
        """To whom it goes now."""
        return self.directory.resolved(to, self.staff)

    def reaches(self, to: Recipient | None, person_id: str) -> bool:
        """Whether it is for this person, or a group of theirs."""
        return person_id in self.directory.readers(to, self.staff)


def addressing(scope: DealerScope) -> Addressing:
    """As it is now. Reads: two."""
    return Addressing(repo.directory(scope), staff.emails(scope))


def name_for_staff(scope: DealerScope, addressing: Addressing, to: Recipient | None) -> str:
    """A group's name, or a colleague's or their email; empty where it is the dealer as a whole, or was."""
    if to is None:
        return ""
    if to.kind is RecipientKind.PERSON:
        return profiles.name_of(scope, to.recipient_id) or addressing.staff.get(to.recipient_id, "")
    group = addressing.directory.group(to.recipient_id)
    return group.name if group else ""
