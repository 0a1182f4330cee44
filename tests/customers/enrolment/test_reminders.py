"""Invited customers who have not logged in are reminded on the dealer's days, and not longer than that is wanted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.customers.enrolment import operations, reminders, repo, transitions
from chalicelib.customers.enrolment.model import AccountUser, Enrolment, State
from chalicelib.dealers import operations as dealer_operations
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.bounces import repo as bounces
from chalicelib.dealers.bounces.model import Bounce
from chalicelib.identity.tokens import INVITE_LIFE
from chalicelib.kernel.ids import Ids
from chalicelib.store import outbox
from chalicelib.store.due import due
from tests.customers.accounts import account, publish
from tests.fixtures.cast import Cast, Dealership

REF = "1300"


def sent(cast: Cast, now: datetime, ids: Ids) -> Enrolment:
    """An invitation that left at `now`."""
    ours = cast.ours
    publish(ours.import_scope, [account(REF)])
    operations.invite_customers(
        ours.admin.staff_scope, dealer=ours.dealer, refs=[REF], invited_by="x", now=now, ids=ids
    )
    queued = enrolled(ours)
    transitions.mark_invited(
        ours.import_scope, ref=REF, invitation_id=queued.invitation_id, expires_at=now + INVITE_LIFE, now=now
    )
    return enrolled(ours)


def enrolled(dealership: Dealership) -> Enrolment:
    found = repo.enrolment(dealership.scope, REF)
    assert found
    return found


def reminded(cast: Cast, now: datetime, ids: Ids) -> int:
    return reminders.remind_due(cast.ours.import_scope, now=now, ids=ids)


def waiting(dealership: Dealership) -> list[outbox.OutboxItem]:
    lanes = range(outbox.BULK_LANES)
    return [
        one for lane in lanes for one in outbox.items(dealership.scope, lane=lane) if one.kind == reminders.REMINDER
    ]


def test_twice_on_the_usual_days_and_then_no_more(cast: Cast, now: datetime, ids: Ids) -> None:
    before = sent(cast, now, ids)
    later = [now + timedelta(days=days) for days in (6, 7, 7, 14, 15, 30)]
    counts = []
    for at in later:
        counts.append(reminded(cast, at, ids))
        repo.put(cast.ours.scope, replace(enrolled(cast.ours), expires_at=at + INVITE_LIFE), before=enrolled(cast.ours))
    assert counts == [0, 1, 0, 1, 0, 0]
    after = enrolled(cast.ours)
    assert (after.state, after.reminders, after.invitation_id) == (State.INVITED, 2, before.invitation_id)
    assert [one.payload["invitation_id"] for one in waiting(cast.ours)] == [before.invitation_id] * 2
    assert due(cast.ours.scope, reminders.REMINDERS, until=(now + timedelta(days=99)).date()) == []


def log_in(cast: Cast, now: datetime, ids: Ids) -> None:
    transitions.activate(cast.ours.import_scope, AccountUser("p", "x@farm.example", now), ref=REF, ids=ids)


def cancel(cast: Cast, now: datetime, ids: Ids) -> None:
    operations.cancel_invitation(cast.ours.admin.staff_scope, ref=REF, now=now, ids=ids)


def bounce(cast: Cast, now: datetime, ids: Ids) -> None:
    transitions.mark_bounced(
        cast.ours.import_scope,
        ref=REF,
        invitation_id=enrolled(cast.ours).invitation_id,
        reason="NoEmail",
        now=now,
        ids=ids,
    )


def complain(cast: Cast, now: datetime, ids: Ids) -> None:
    email = enrolled(cast.ours).email
    bounces.put(cast.ours.scope, Bounce(email=email, reason="complaint", at=now, kind="x", mail_id=ids.ulid(now)))


def resend(cast: Cast, now: datetime, ids: Ids) -> None:
    operations.resend_invitation(cast.ours.admin.staff_scope, ref=REF, invited_by="x", now=now, ids=ids)


def close_account(cast: Cast, now: datetime, ids: Ids) -> None:
    del now, ids
    publish(cast.ours.import_scope, [account(REF, account_status="closed")])


def change_address(cast: Cast, now: datetime, ids: Ids) -> None:
    del now, ids
    publish(cast.ours.import_scope, [account(REF, email="other@farm.example")])


@pytest.mark.parametrize(
    "ending", [log_in, cancel, bounce, complain, resend, close_account, change_address], ids=lambda one: one.__name__
)
def test_they_stop_where_nobody_waits_for_them(
    cast: Cast, now: datetime, ids: Ids, ending: Callable[[Cast, datetime, Ids], None]
) -> None:
    sent(cast, now, ids)
    ending(cast, now, ids)
    assert reminded(cast, now + timedelta(days=7), ids) == 0
    assert waiting(cast.ours) == []


@pytest.mark.parametrize(("days", "counts"), [((), [0, 0, 0]), ((3,), [1, 0, 0]), ((3, 9), [1, 0, 1])])
def test_the_dealer_chooses_the_days(
    cast: Cast, now: datetime, ids: Ids, days: tuple[int, ...], counts: list[int]
) -> None:
    seen = dealer_operations.settings_fingerprint(dealers.dealer(cast.ours.scope), ["invitation_reminders"])
    dealer_operations.change_settings(
        cast.ours.admin.staff_scope, {"invitation_reminders": days}, seen=seen, now=now, ids=ids
    )
    sent(cast, now, ids)
    assert [reminded(cast, now + timedelta(days=at), ids) for at in (3, 7, 9)] == counts


def test_not_at_night_and_not_twice_a_day_after_a_pause_of_the_schedule(cast: Cast, now: datetime, ids: Ids) -> None:
    sent(cast, now, ids)
    repo.put(
        cast.ours.scope,
        replace(enrolled(cast.ours), expires_at=now + timedelta(days=60)),
        before=enrolled(cast.ours),
    )
    at = (now + timedelta(days=20)).replace(hour=6)
    assert reminded(cast, at, ids) == 0
    assert reminded(cast, at.replace(hour=7), ids) == 1


def test_the_day_s_number_of_the_dealer_counts_them(cast: Cast, now: datetime, ids: Ids) -> None:
    sent(cast, now, ids)
    dealer_operations.change_allowances(cast.ours.scope, {"daily_invitations": 0}, actor="operator", now=now, ids=ids)
    assert reminded(cast, now + timedelta(days=7), ids) == 0
    dealer_operations.change_allowances(cast.ours.scope, {"daily_invitations": 1}, actor="operator", now=now, ids=ids)
    assert reminded(cast, now + timedelta(days=7), ids) == 1
