"""An admin sets up to whom customers write. Each change is one transaction, of the version that the admin has seen."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.dealers.staff import queries as staff
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope
from chalicelib.kernel.texts import visible
from chalicelib.kernel.versions import version_text
from chalicelib.messages.recipients import repo
from chalicelib.messages.recipients.model import (
    MAX_GROUP_NAME,
    MAX_GROUPS,
    MAX_PEOPLE,
    MAX_REP_CODE,
    MAX_REP_CODES,
    ContactPerson,
    Directory,
    Group,
    rep_codes_of,
)
from chalicelib.store.audit import audit_row
from chalicelib.store.transactions import TransactionRefusedError

CHANGED_ELSEWHERE = lazy_gettext("Somebody else has changed the recipients of messages since you opened this page.")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupForm:
    """What the form of a group says. `place` is 0 for the first."""

    name: str
    members: Sequence[str]
    is_offered: bool
    place: int


def save_group(scope: DealerScope, group_id: str | None, form: GroupForm, *, seen: str, now: datetime, ids: Ids) -> str:
    """Add a group, or change the one of this id; its id.

    Raises InvalidError on `name` and `members`, NotFoundError, ConflictError where others have changed it since `seen`.
    """
    before = repo.directory(scope)
    group = before.group(group_id) if group_id else None
    if group_id and group is None:
        raise NotFoundError
    new = Group(
        group_id=group.group_id if group else ids.ulid(now),
        name=" ".join(visible(form.name).split()),
        members=_members(scope, form.members),
        is_offered=form.is_offered,
    )
    _check_group(before, new)
    after = before.with_group(new, min(max(form.place, 0), len(before.groups)))
    _put(scope, before, after, event="recipients.group", name=new.name, seen=seen, now=now, ids=ids)
    return new.group_id


def delete_group(scope: DealerScope, group_id: str, *, seen: str, now: datetime, ids: Ids) -> None:
    """There is no such group any more: its conversations are the default group's. Raises as save_group."""
    before = repo.directory(scope)
    group = before.group(group_id)
    if group is None:
        raise NotFoundError
    after = before.without_group(group_id)
    _put(scope, before, after, event="recipients.group_deleted", name=group.name, seen=seen, now=now, ids=ids)


def save_people(
    scope: DealerScope,
    chosen: Collection[str],
    rep_codes: Callable[[str], str],
    *,
    default_group: str,
    seen: str,
    now: datetime,
    ids: Ids,
) -> bool:
    """Customers may choose these members of the staff; who is not there any more is left out. False: so already.

    `rep_codes` is what was typed for a person. Raises InvalidError on `codes-<person>` and `default`, ConflictError as
    save_group.
    """
    before = repo.directory(scope)
    wrong: dict[str, str] = {}
    people: list[ContactPerson] = []
    for person_id in sorted(set(chosen) & staff.emails(scope).keys())[:MAX_PEOPLE]:
        codes = rep_codes_of(visible(rep_codes(person_id)))
        if len(codes) > MAX_REP_CODES or any(len(one) > MAX_REP_CODE for one in codes):
            wrong[f"codes-{person_id}"] = _(
                "Enter up to %(num)s codes of up to %(most)s characters, separated by commas",
                num=MAX_REP_CODES,
                most=MAX_REP_CODE,
            )
        people.append(ContactPerson(person_id, codes))
    if default_group and before.group(default_group) is None:
        wrong["default"] = _("Choose a group")
    if wrong:
        raise InvalidError(next(iter(wrong.values())), wrong)
    after = replace(before, people=tuple(people), default_group=default_group)
    if after == before:
        return False
    _put(scope, before, after, event="recipients.people", name="", seen=seen, now=now, ids=ids)
    return True


def _members(scope: DealerScope, chosen: Sequence[str]) -> tuple[str, ...]:
    """Who of them works there, in order of their email."""
    emails = staff.emails(scope)
    return tuple(sorted(set(chosen) & emails.keys(), key=lambda one: emails[one]))


def _check_group(before: Directory, new: Group) -> None:
    others = [one for one in before.groups if one.group_id != new.group_id]
    wrong: dict[str, str] = {}
    if not 0 < len(new.name) <= MAX_GROUP_NAME:
        wrong["name"] = _("Enter a name of up to %(num)s characters", num=MAX_GROUP_NAME)
    elif new.name.casefold() in {one.name.casefold() for one in others}:
        wrong["name"] = _("Another group has this name")
    elif len(others) >= MAX_GROUPS:
        wrong["name"] = _("There can be %(num)s groups. Delete one first.", num=MAX_GROUPS)
    if len(new.members) > MAX_PEOPLE:
        wrong["members"] = _("Choose up to %(num)s people", num=MAX_PEOPLE)
    if wrong:
        raise InvalidError(next(iter(wrong.values())), wrong)


def _put(
    scope: DealerScope,
    before: Directory,
    after: Directory,
    *,
    event: str,
    name: str,
    seen: str,
    now: datetime,
    ids: Ids,
) -> None:
    if version_text(before.version) != seen:
        raise ConflictError(CHANGED_ELSEWHERE)
    detail = {"name": name} if name else {}
    audit = audit_row(scope, ids=ids, now=now, actor=scope.person_id, event=event, subject="", detail=detail)
    try:
        repo.put(scope, after, audit=audit)
    except TransactionRefusedError as error:
        raise ConflictError(CHANGED_ELSEWHERE) from error
