"""Staff choose of what they are mailed; what happens is put into the transaction that it happens in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.dealers.staff import queries as staff
from chalicelib.dealers.staff_mails import repo
from chalicelib.dealers.staff_mails.model import STAFF_EVENT, Choices, Pace, StaffEvent
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import DealerScope, TenantScope
from chalicelib.kernel.versions import version_text
from chalicelib.store.audit import audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import retry_when_refused

CHANGED_ELSEWHERE = lazy_gettext("Your choice was changed in another window since you opened this page.")


def happened(scope: TenantScope, event: StaffEvent, about: Mapping[str, Any], *, now: datetime, ids: Ids) -> Record:
    """The outbox item that has those of the staff mailed who want to know. `about`: see the step that reads it."""
    return outbox_item(scope, kind=STAFF_EVENT, payload={"event": event.value, **about}, now=now, ids=ids)


def choose(scope: DealerScope, choice: Mapping[StaffEvent, Pace], *, seen: str, now: datetime, ids: Ids) -> bool:
    """Keep what the reader has chosen; False where it is so already.

    `seen` is the version that the form was filled with (`version_text`). Raises ConflictError where there is another.
    """
    before = repo.choices(scope, scope.person_id)
    after = before.with_choice(choice, scope.role)
    if after == before:
        return False
    # Tested control: staff-mails-conflict
    if version_text(before.version) != seen:
        raise ConflictError(CHANGED_ELSEWHERE)
    _put(scope, scope.person_id, before, after, scope.role, now=now, ids=ids)
    return True


def stop_mails(scope: TenantScope, name: str, *, person_id: str, now: datetime, ids: Ids) -> None:
    """No more mails of this event, or of DAILY_MAIL, to the person. The same again changes nothing."""

    def write() -> None:
        member = staff.colleague(scope, person_id)
        if member is None:
            return
        before = repo.choices(scope, person_id)
        after = before.without(name, member.role)
        if after != before:
            _put(scope, person_id, before, after, member.role, now=now, ids=ids)

    retry_when_refused(write)


def is_mailed(scope: TenantScope, name: str, *, person_id: str) -> bool:
    """Whether the person gets mails of this event, be it once a day, or of DAILY_MAIL."""
    member = staff.colleague(scope, person_id)
    return member is not None and repo.choices(scope, person_id).is_mailed(name, member.role)


def forget_person(scope: TenantScope, *, person_id: str) -> None:
    """They belong to the dealer no more: nothing is kept. Repeatable."""
    repo.delete_choices(scope, person_id)


def _put(
    scope: TenantScope, person_id: str, before: Choices, after: Choices, role: Role, *, now: datetime, ids: Ids
) -> None:
    names = [str(one) for one in StaffEvent if before.pace(one, role) is not after.pace(one, role)]
    audit = audit_row(
        scope,
        ids=ids,
        now=now,
        actor=person_id,
        event="staff_mails.chosen",
        subject=person_id,
        detail={"events": names},
    )
    repo.put_choices(scope, person_id, after, audit=audit)
