"""Customers who were invited and have not logged in are reminded, on the days that the dealer has set."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.customers.enrolment import repo
from chalicelib.customers.enrolment.daily_limits import count_invitations, give_back
from chalicelib.customers.enrolment.model import Enrolment, State, ineligibility_reason, owner_in_doubt
from chalicelib.customers.enrolment.operations import account
from chalicelib.customers.enrolment.repo import EnrolmentChange
from chalicelib.customers.model import DirectoryEntry
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.bounces import queries as bounces
from chalicelib.dealers.model import Dealer
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.errors import BusyError, ConflictError, NotFoundError, TooManyError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store.audit import audit_row
from chalicelib.store.due import DueItem, due, due_record, taken
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record

REMINDER = "invitation_reminder"
"""The kind of the mail."""
REMINDERS = "INVITATION_REMINDERS"
"""The list of what is due (`store.due`)."""
SENDS_FROM = 8
"""The hour, where the dealer is, from which a day's reminders go out."""


def due_records(scope: ImportScope, sent: Enrolment, *, invited_at: datetime) -> tuple[Record, ...]:
    """The days on which its customer is to be reminded, for the transaction that notes that it was sent."""
    dealer = dealers.dealer(scope)
    day = local_date(invited_at, dealer.time_zone)
    items = [
        DueItem(REMINDERS, day + timedelta(days=days), sent.invitation_id, sent.ref) for days in dealer.reminder_days
    ]
    return tuple(due_record(scope, item) for item in items)


def remind_due(scope: ImportScope, *, now: datetime, ids: Ids) -> int:
    """Queue the reminders whose day has come; how many. Repeatable, also twice at once. One query where none has."""
    dealer = dealers.dealer(scope)
    local = now.astimezone(ZoneInfo(dealer.time_zone))
    if local.hour < SENDS_FROM:
        return 0
    reminded = 0
    for item in due(scope, REMINDERS, until=local.date()):
        try:
            reminded += _remind(scope, dealer, item, now=now, ids=ids)
        except TooManyError:  # the dealer has sent all of today's
            break
    return reminded


def _remind(scope: ImportScope, dealer: Dealer, item: DueItem, *, now: datetime, ids: Ids) -> bool:
    before = repo.enrolment(scope, item.account_ref)
    entry = _entry(scope, item.account_ref)
    if before is None or entry is None or not _is_wanted(scope, dealer, before, entry, item, now=now):
        repo.drop_due(scope, item)
        return False
    counted = count_invitations(scope, [entry], {entry.ref: before}, maximum=dealer.daily_invitations, now=now)
    if counted.refused:
        return False  # enough for today, to this address: the next day tries again
    with suppress(ConflictError, BusyError):  # another call of the schedule, or the customer, was quicker
        change = _reminder(scope, before, entry, now=now, ids=ids)
        if not repo.put_all(scope, [change], removing=[taken(scope, item)]):
            return True
    give_back(scope, counted, [entry.ref], now=now)
    return False


def _is_wanted(
    scope: ImportScope, dealer: Dealer, before: Enrolment, entry: DirectoryEntry, item: DueItem, *, now: datetime
) -> bool:
    """Whether the invitation is open, to the address that the account still has, and nobody was reminded today."""
    if before.invitation_id != item.item_id or before.state is not State.INVITED or not dealer.reminder_days:
        return False
    if before.expires_at is None or before.expires_at <= now:
        return False
    if before.reminded_at and local_date(before.reminded_at, dealer.time_zone) == local_date(now, dealer.time_zone):
        return False
    if owner_in_doubt(entry.next_era, before) or ineligibility_reason(entry):
        return False
    if comparable_email(entry.email or "") != comparable_email(before.email):
        return False
    return not bounces.bounces_of(scope, [before.email])


def _reminder(
    scope: ImportScope, before: Enrolment, entry: DirectoryEntry, *, now: datetime, ids: Ids
) -> EnrolmentChange:
    new = replace(before, reminders=before.reminders + 1, reminded_at=now)
    audit = audit_row(
        scope,
        ids=ids,
        now=now,
        actor="system",
        event="invitation.reminded",
        subject=before.ref,
        detail={"email": before.email},
    )
    payload = {
        "account_ref": before.ref,
        "account_name": entry.name,
        "email": before.email,
        "invitation_id": before.invitation_id,
    }
    mail = outbox_item(scope, kind=REMINDER, payload=payload, now=now, ids=ids, bulk=True)
    return EnrolmentChange(new, before, (audit, mail))


def _entry(scope: ImportScope, ref: str) -> DirectoryEntry | None:
    try:
        return account(scope, ref)
    except NotFoundError:
        return None
