"""Reminders of invoices by the dealer's schedule: one mail a person and day, of what is not in dispute."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.alerts import queries as alerts
from chalicelib.alerts.reminders.model import is_daytime
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser, Enrolment, State
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Module
from chalicelib.dealers.operations import change_settings, settings_fingerprint
from chalicelib.kernel.ids import Ids
from chalicelib.ledger import repo as ledger
from chalicelib.ledger.row import Row
from chalicelib.mail.sender import Mail
from chalicelib.notifications.dispatch import send_bulk
from chalicelib.notifications.kinds.payment_reminder_share import PaymentReminderShare
from chalicelib.notifications.payment_reminders import remind
from chalicelib.store import outbox
from chalicelib.store.outbox import BULK_LANES
from tests.fixtures.cast import Cast, Dealership
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.groups import publish_group
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.notifications.fakes import Post

TODAY = date(2024, 6, 5)
LATE, SOON = TODAY - timedelta(days=3), TODAY + timedelta(days=7)
ROWS = (
    a_row("126931", total=33219, due_date=LATE.isoformat()),
    a_row("126954", total=21865, due_date=SOON.isoformat()),
    a_row("126955", total=100, due_date=(LATE - timedelta(days=1)).isoformat()),
    a_row("126956", total=200),
)


def schedule(ours: Dealership, now: datetime, ids: Ids, *days: int) -> None:
    names = ("payment_reminders",)
    seen = settings_fingerprint(dealers.dealer(ours.scope, fresh=True), names)
    change_settings(ours.admin.staff_scope, {"payment_reminders": days or None}, seen=seen, now=now, ids=ids)


@pytest.fixture
def ours(cast: Cast, post: Post) -> Dealership:
    now, ids = post.clock.now, post.ids
    customer = cast.ours.customer
    active = Enrolment("1200", State.ACTIVE, customer.email, "01HX", "maria", now, activated_at=now)
    enrolments.put(cast.ours.scope, active, before=None)
    enrolments.add_user(cast.ours.scope, AccountUser(customer.person_id, customer.email, now), ref="1200")
    schedule(cast.ours, now, ids, -7, 3)
    return cast.ours


def show(ours: Dealership, *rows: Row, run: int = 1, as_at: date = TODAY, **facts: Any) -> None:
    balance = sum(row.outstanding for row in rows)
    of_account = replace(a_facts(balance=balance), **facts)
    made = an_account(rows, run=run, as_at=as_at, facts=of_account)
    publish(ours.import_scope, [made], run=run, as_at=as_at)
    ledger.forget()


def sent(ours: Dealership, post: Post) -> list[Mail]:
    post.sender.sent.clear()
    remind(ours.import_scope, now=post.clock.now)
    for _ in range(2):
        for lane in range(BULK_LANES):
            send_bulk(ours.import_scope, lane, deps=post.deps)
    return list(post.sender.sent)


def test_one_mail_has_what_the_schedule_says_of_the_day(ours: Dealership, post: Post) -> None:
    show(ours, *ROWS)
    (mail,) = sent(ours, post)
    assert mail.to == ours.customer.email
    assert mail.subject == "An invoice of Moorbeck Machinery is overdue"
    assert "Invoice 126931: £332.19, was due 2 Jun 2024" in mail.text
    assert "Invoice 126954: £218.65, due 12 Jun 2024" in mail.text
    assert "126955" not in mail.text + mail.html
    assert "126956" not in mail.text + mail.html
    assert mail.unsubscribe
    (entry,) = alerts.entries(ours.customer.customer_scope, {Module.INVOICES})
    assert (entry.alert.about["overdue"], entry.alert.about["soon"]) == ("1", "1")
    assert sent(ours, post) == [], "once a day"
    post.clock.forward(timedelta(days=1))
    assert sent(ours, post) == [], "another day has other rows"


def test_a_step_that_runs_twice_reminds_nobody_twice(ours: Dealership, post: Post) -> None:
    show(ours, *ROWS)
    remind(ours.import_scope, now=post.clock.now)
    (item,) = [one for lane in range(BULK_LANES) for one in outbox.items(ours.import_scope, lane=lane)]
    assert len(sent(ours, post)) == 1
    PaymentReminderShare().run(ours.import_scope, item)
    assert sent(ours, post) == []


def test_what_is_in_dispute_is_never_reminded_of(ours: Dealership, post: Post) -> None:
    show(ours, ROWS[0]._replace(dispute_flag=True))
    assert sent(ours, post) == []


def test_an_account_on_stop_hears_of_what_is_overdue_alone(ours: Dealership, post: Post) -> None:
    show(ours, *ROWS[:2], account_status="on_stop")
    (mail,) = sent(ours, post)
    assert "126931" in mail.text
    assert "126954" not in mail.text


def test_nobody_is_reminded_by_figures_that_are_late_nor_at_night_nor_unless_it_is_turned_on(
    ours: Dealership, post: Post, now: datetime
) -> None:
    show(ours, *ROWS, as_at=TODAY - timedelta(days=6))
    assert sent(ours, post) == []
    show(ours, *ROWS, run=2)
    post.clock.now = now.replace(hour=3)
    assert sent(ours, post) == []
    assert not is_daytime(now.replace(hour=5), "Europe/London")
    assert is_daytime(now.replace(hour=6), "Europe/London"), "7 o'clock in summer"
    post.clock.now = now
    schedule(ours, now, post.ids)
    assert sent(ours, post) == []


def test_what_was_to_be_reminded_of_while_figures_were_late_is_made_up_for_once(
    ours: Dealership, post: Post, now: datetime
) -> None:
    post.clock.now = now - timedelta(days=3)
    show(ours, *ROWS, as_at=TODAY - timedelta(days=3))
    assert sent(ours, post) == [], "nothing is due"
    for days in (2, 1):
        post.clock.now = now - timedelta(days=days)
        show(ours, *ROWS, run=5 - days, as_at=TODAY - timedelta(days=20))
        assert sent(ours, post) == []
    post.clock.now = now + timedelta(days=1)
    show(ours, *ROWS, run=5, as_at=TODAY + timedelta(days=1))
    (mail,) = sent(ours, post)
    assert "126931" in mail.text
    assert "126954" in mail.text
    assert "126955" in mail.text, "it was three days late when figures were"
    post.clock.now = now + timedelta(days=2)
    assert sent(ours, post) == []


def test_nobody_is_reminded_of_what_is_no_invoice(ours: Dealership, post: Post) -> None:
    show(ours, *(ROWS[0]._replace(transaction_id=kind, type=kind) for kind in ("journal", "refund")))
    assert sent(ours, post) == []


def test_who_may_not_log_in_any_more_and_what_is_paid_by_now_is_left_out(ours: Dealership, post: Post) -> None:
    show(ours, *ROWS)
    remind(ours.import_scope, now=post.clock.now)
    for lane in range(BULK_LANES):
        for item in outbox.items(ours.import_scope, lane=lane):
            PaymentReminderShare().run(ours.import_scope, item)
    former = AccountUser(ours.customer.person_id, ours.customer.email, post.clock.now)
    enrolments.remove_user(ours.scope, former, ref="1200", also=())
    assert sent(ours, post) == []


def test_b23_a_master_is_reminded_of_the_accounts_of_its_group_in_one_mail(ours: Dealership, post: Post) -> None:
    late = a_row("S1", total=4050, due_date=LATE.isoformat())
    publish_group(ours.import_scope, {"0999": [late], "1200": list(ROWS[:1]), "1201": [late]}, master="1200")
    (mail,) = sent(ours, post)
    for account in ("0999", "1200", "1201"):
        assert f"Account {account}" in mail.text
