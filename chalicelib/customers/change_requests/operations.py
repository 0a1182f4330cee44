"""A change is asked for, withdrawn, passed on or refused, each in one transaction with its task and its feed item."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.change_requests import repo
from chalicelib.customers.change_requests.model import MAX_LENGTH, ChangeRequest, RequestState, plain, value_of
from chalicelib.customers.change_requests.queries import open_requests
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.customers.enrolment.repo import in_era
from chalicelib.customers.model import AccountFacts
from chalicelib.feed import queries as feed
from chalicelib.feed.model import ItemState
from chalicelib.feed.operations import feed_item, settle_item
from chalicelib.feed.payloads import MAX_NOTE, ChangeRequested
from chalicelib.kernel.account_fields import FIELD_LABELS, AccountField
from chalicelib.kernel.emails import is_email
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, DealerScope, ImportScope, TenantScope
from chalicelib.store.audit import IMPORT, AuditRow, audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import WriteItem, refusal_as, retry_when_refused
from chalicelib.tasks.kinds import CHANGE, NOT_TAKEN
from chalicelib.tasks.operations import close_task, open_task

REFUSAL = "change_refused"
_EVENTS = {
    RequestState.PASSED_ON: "change.passed_on",
    RequestState.REFUSED: "change.refused",
    RequestState.WITHDRAWN: "change.ended",
}
"""What the activity page says of a request that was decided for the one who made it."""
MAX_REASON = 500
ASKED_BEFORE = lazy_gettext("A change to this field is already pending. Withdraw that first.")
UNCHANGED = lazy_gettext("This is already the current value")
NOT_AN_EMAIL = lazy_gettext("Enter an email address, such as name@example.com")
PASSED_ON = lazy_gettext("It has been passed on already. Contact your dealer to stop it.")
DECIDED = lazy_gettext("This has been decided already. Nothing has changed.")


def ask_for_change(
    scope: CustomerScope,
    *,
    facts: AccountFacts,
    field: AccountField,
    value: str,
    note: str,
    asked_by: str,
    now: datetime,
    ids: Ids,
) -> ChangeRequest:
    """Ask the dealer for another value of a field. `facts` are those of the account in hand.

    Raises InvalidError on `value` and `note`, NotFoundError for another's account, or one whose number has just been
    given to another customer.
    """
    ref = facts.account_ref
    value, note = " ".join(value.split()), note.replace("\r\n", "\n").strip()
    era = scope.eras.get(ref, "")
    new = ChangeRequest(
        request_id=ids.ulid(now),
        field=field,
        before=value_of(facts, field),
        value=value,
        note=note,
        asked_by=asked_by,
        asked_by_id=scope.person_id,
        asked_at=now,
        era=era,
    )

    own_era = in_era(scope, ref, era)

    def write() -> ChangeRequest:
        newest = repo.newest_request_id(scope, ref, field)  # first: what is asked for after it refuses this one
        mine = (one for one in repo.open_requests(scope, ref) if one.era == era and not one.is_shown(facts))
        _check(facts, field, value, note, asked_before=any(one.field is field for one in mine))
        also = _consequences(scope, facts, new, now=now, ids=ids)
        with refusal_as(NotFoundError(), of=own_era):
            repo.put(scope, ref, new, newest=newest, provided=(own_era,), also=also)
        return new

    return retry_when_refused(write)


def withdraw(scope: CustomerScope, *, ref: str, request_id: str, now: datetime, ids: Ids) -> ChangeRequest:
    """The customer wants no change after all. Once it has reached the dealer's system it is too late.

    Repeatable. Raises NotFoundError for no such request of theirs, ConflictError where it was passed on or decided.
    """
    era = scope.eras.get(ref, "")

    def write() -> ChangeRequest:
        before = _found(repo.request(scope, ref, request_id))
        if before.era != era:
            raise NotFoundError
        if before.state is RequestState.WITHDRAWN:
            return before
        item = feed.item(scope, request_id)
        if before.state is not RequestState.OPEN or item is None or item.state is not ItemState.WAITING:
            raise ConflictError(PASSED_ON)
        new = replace(before, state=RequestState.WITHDRAWN, decided_at=now, decided_by=scope.person_id)
        writes = [
            close_task(scope, kind=CHANGE, task_id=request_id),
            *settle_item(scope, item, state=ItemState.WITHDRAWN, by=scope.person_id, now=now),
        ]
        audit = _audit(scope, ref, new, "change.withdrawn", {}, actor=scope.person_id, now=now, ids=ids)
        repo.decide(scope, ref, new, writes=writes, also=(audit,))
        return new

    return retry_when_refused(write)


def pass_on(scope: DealerScope, *, ref: str, request_id: str, now: datetime, ids: Ids) -> ChangeRequest:
    """Staff have entered it in the dealer's system, so that no program has to. The customer sees it with an export.

    Repeatable. Raises NotFoundError, and ConflictError where it was decided otherwise.
    """
    return _decide(scope, ref, request_id, RequestState.PASSED_ON, actor=scope.person_id, now=now, ids=ids)


def close_shown(scope: ImportScope, facts: AccountFacts, *, now: datetime, ids: Ids) -> None:
    """What a published export shows was passed on, by staff or not: they and programs need not look at it any more.

    Should the export be undone, the customer still reads that it was passed on. Repeatable.
    """
    ref = facts.account_ref
    for request in open_requests(scope, ref):
        if request.is_shown(facts):
            with suppress(ConflictError):  # decided at this moment
                _decide(scope, ref, request.request_id, RequestState.PASSED_ON, actor=IMPORT, now=now, ids=ids)


def end_earlier(scope: ImportScope, *, ref: str, now: datetime, ids_of: Callable[[str], Ids]) -> None:
    """The account's number is another customer's now: what an earlier one asked for must not be entered. Repeatable.

    `ids_of` gives the ids to use for a request's id.
    """
    era = current_era(scope, ref)
    for request in open_requests(scope, ref):
        if request.era < era:
            ids = ids_of(request.request_id)
            _decide(scope, ref, request.request_id, RequestState.WITHDRAWN, actor=IMPORT, now=now, ids=ids)


def refuse(scope: DealerScope, *, ref: str, request_id: str, reason: str, now: datetime, ids: Ids) -> ChangeRequest:
    """Staff do not change it; the person who asked is notified why by email. Callers notify the outbox.

    Repeatable. Raises InvalidError on `reason`, NotFoundError, and ConflictError where it was decided otherwise.
    """
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= MAX_REASON:
        wrong = _("Give a reason of 1 to %(max)s characters", max=MAX_REASON)
        raise InvalidError(wrong, {"reason": wrong})
    actor = scope.person_id
    return _decide(scope, ref, request_id, RequestState.REFUSED, reason=reason, actor=actor, now=now, ids=ids)


def _decide(
    scope: DealerScope | ImportScope,
    ref: str,
    request_id: str,
    state: RequestState,
    *,
    actor: str,
    now: datetime,
    ids: Ids,
    reason: str = "",
) -> ChangeRequest:
    ends_as = ItemState.TAKEN if state is RequestState.PASSED_ON else ItemState.WITHDRAWN

    def write() -> ChangeRequest:
        before = _found(repo.request(scope, ref, request_id))
        if before.state is state:
            return before
        if before.state is not RequestState.OPEN:
            raise ConflictError(DECIDED)
        new = replace(before, state=state, reason=reason, decided_at=now, decided_by=actor)
        writes: list[WriteItem] = [close_task(scope, kind=kind, task_id=request_id) for kind in (CHANGE, NOT_TAKEN)]
        item = feed.item(scope, request_id)
        if item and item.state is ItemState.WAITING:
            writes += settle_item(scope, item, state=ends_as, by=actor, now=now)
        also: list[Record] = [
            _audit(scope, ref, new, _EVENTS[state], {"reason": reason}, actor=actor, now=now, ids=ids)
        ]
        if state is RequestState.REFUSED:
            payload = {"account_ref": ref, "email": new.asked_by, "field": new.field.value, "value": new.value}
            payload |= {"person_id": new.asked_by_id or "", "era": new.era, "reason": reason}
            also.append(outbox_item(scope, kind=REFUSAL, payload=payload, now=now, ids=ids))
        repo.decide(scope, ref, new, writes=writes, also=also)
        return new

    return retry_when_refused(write)


def _check(facts: AccountFacts, field: AccountField, value: str, note: str, *, asked_before: bool) -> None:
    wrong: dict[str, str | LazyText] = {}
    if asked_before:
        wrong["value"] = ASKED_BEFORE
    elif not 0 < len(value) <= MAX_LENGTH[field] or not value.isprintable():
        wrong["value"] = _(
            "%(field)s: enter the new one, up to %(max)s characters",
            field=FIELD_LABELS[field],
            max=MAX_LENGTH[field],
        )
    elif field is AccountField.EMAIL and not is_email(value):
        wrong["value"] = NOT_AN_EMAIL
    elif plain(field, value) == plain(field, value_of(facts, field)):
        wrong["value"] = UNCHANGED
    if len(note) > MAX_NOTE or not note.replace("\n", "").isprintable():
        wrong["note"] = _("Enter a note of up to %(max)s characters", max=MAX_NOTE)
    if wrong:
        raise InvalidError(next(iter(wrong.values())), wrong)


def _consequences(
    scope: CustomerScope, facts: AccountFacts, new: ChangeRequest, *, now: datetime, ids: Ids
) -> tuple[Record, ...]:
    ref, detail = facts.account_ref, {"field": new.field.value, "value": new.value}
    task = open_task(
        scope,
        kind=CHANGE,
        task_id=new.request_id,
        detail=detail,
        now=now,
        account_ref=ref,
        account_name=facts.name,
        depot=facts.depot_code,
    )
    payload = ChangeRequested(field=new.field, before=new.before, value=new.value, note=new.note, asked_by=new.asked_by)
    item = feed_item(scope, payload, item_id=new.request_id, now=now, account_ref=ref, account_name=facts.name)
    return task, item, _audit(scope, ref, new, "change.asked", {}, actor=scope.person_id, now=now, ids=ids)


def _audit(
    scope: TenantScope,
    ref: str,
    request: ChangeRequest,
    event: str,
    more: Mapping[str, str],
    *,
    actor: str,
    now: datetime,
    ids: Ids,
) -> AuditRow:
    detail = {"request": request.request_id, "field": request.field.value, **{k: v for k, v in more.items() if v}}
    return audit_row(scope, ids=ids, now=now, actor=actor, event=event, subject=ref, detail=detail)


def _found(request: ChangeRequest | None) -> ChangeRequest:
    if request is None:
        raise NotFoundError
    return request
