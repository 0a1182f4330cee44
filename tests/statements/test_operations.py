"""A month's statements from the schedule to the mail."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.kernel.errors import NotFoundError
from chalicelib.ledger import repo as ledger
from chalicelib.ledger.model import PageRef
from chalicelib.notifications.dispatch import send_bulk
from chalicelib.statements import repo
from chalicelib.statements.model import Period, StatementStyle, month_period
from chalicelib.statements.operations import ACCOUNTS_A_CALL, MAILS_AT_ONCE, begin_due, make_some
from chalicelib.statements.queries import archived_statement, archived_statements, chosen_statement
from chalicelib.store.outbox import BULK_LANES
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.cast import Cast, Dealership
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.notifications.fakes import Post
from tests.statements.made import made, wanted
from tests.web.customer.barlow import ROWS

MAY, JUNE = (month_period(date(2024, month, 1)) for month in (5, 6))
JULY_2 = datetime(2024, 7, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def ours(cast: Cast, post: Post) -> Dealership:
    ledger.forget()
    customer = cast.ours.customer
    enrolments.add_user(cast.ours.scope, AccountUser(customer.person_id, customer.email, post.clock.now), ref="1200")
    publish(cast.ours.import_scope, [an_account(ROWS)])
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow"), account("1201")])
    return cast.ours


def work(ours: Dealership, post: Post) -> None:
    """All that waits in the bulk lanes, and what that leaves there."""
    for _ in range(4):
        for lane in range(BULK_LANES):
            send_bulk(ours.import_scope, lane, deps=post.deps)


def test_each_account_has_its_statement_and_its_people_a_mail(ours: Dealership, post: Post) -> None:
    scope, now, ids = ours.import_scope, post.clock.now, post.ids
    assert begin_due(scope, now=now, ids=ids) == 0, "off until the dealer wants it"
    wanted(ours, now, ids, "open_item")
    assert [begin_due(scope, now=now, ids=ids) for _ in range(2)] == [1, 0]
    work(ours, post)
    (one,) = archived_statements(ours.customer.customer_scope, "1200", era="")
    assert (one.month, one.opening, one.debits, one.credits, one.closing) == ("2024-05", 9350, 16430, -4820, 20960)
    assert (one.style, one.name, one.late) == (StatementStyle.OPEN_ITEM, "Mr A L Barlow", 0)
    assert archived_statements(scope, "1201", era="") == []
    (mail,) = [mail for mail in post.sender.sent if mail.to == ours.customer.email]
    assert mail.subject == "Your statement from Moorbeck Machinery, May 2024"
    text = " ".join(mail.text.split())
    for words in ("closing balance is £209.60", "126950, £93.50, due 17 May 2024", "/statements?period=2024-05"):
        assert words in text
    assert not made(ours, MAY, now, ids), "once made it stays"
    work(ours, post)
    assert len(archived_statements(scope, "1200", era="")) == 1


def test_it_waits_for_figures_of_the_months_end(cast: Cast, post: Post) -> None:
    wanted(cast.ours, post.clock.now, post.ids)
    publish(cast.ours.import_scope, [an_account(ROWS, as_at=date(2024, 5, 30))], as_at=date(2024, 5, 30))
    assert begin_due(cast.ours.import_scope, now=post.clock.now, ids=post.ids) == 0


def test_the_next_one_goes_on_where_it_ended_and_shows_what_came_late(ours: Dealership, post: Post) -> None:
    assert made(ours, MAY, post.clock.now, post.ids)
    late = a_row("126999", total=1000, on="2024-05-28")
    rows = [*ROWS, late, a_row("127300", total=500, on="2024-07-01")]
    facts = a_facts(name="Barlow & Son", balance=sum(row.outstanding for row in rows))
    publish(
        ours.import_scope,
        [an_account(rows, run=3, as_at=JULY_2.date(), facts=facts)],
        run=3,
        as_at=JULY_2.date(),
        shards=(2,),
    )
    scope = ours.customer.customer_scope
    since = archived_statement(scope, ref="1200", month="2024-05", now=JULY_2).statement
    assert (since.later[0].reference, since.later[0].late) == ("126999", True)
    assert since.closing + since.later_sum == facts.balance
    assert made(ours, JUNE, JULY_2, post.ids)
    june, may = archived_statements(scope, "1200", era="")
    assert (june.opening, june.late, june.name, may.name) == (may.closing, 1, "Barlow & Son", "Mr A L Barlow")
    found, archived = chosen_statement(scope, ref="1200", period=JUNE, now=JULY_2)
    assert found.archived == june
    assert archived == [june, may]
    first, *_, last = found.statement.movements
    assert (first.reference, first.late, last.reference) == ("126999", True, "127073")
    assert [one.reference for one in found.statement.later] == ["127300"]
    assert found.buckets is not None
    assert found.buckets.balance == june.closing == sum(found.buckets.amounts)
    assert found.statement.items is not None
    assert sum(row.outstanding for row in found.statement.items) == june.closing
    assert archived_statement(scope, ref="1200", month="2024-05", now=JULY_2).statement.later == ()


def test_many_accounts_take_several_calls(cast: Cast, post: Post) -> None:
    scope = cast.ours.import_scope
    wanted(cast.ours, post.clock.now, post.ids)
    refs = [f"{n}" for n in range(2000, 2000 + ACCOUNTS_A_CALL + 5)]
    publish(scope, [an_account(ROWS[:1], facts=a_facts(refs[-1], balance=770))])
    publish_directory(scope, [account(ref) for ref in refs])
    assert begin_due(scope, now=post.clock.now, ids=post.ids) == 1
    work(cast.ours, post)
    assert archived_statements(scope, refs[-1], era="") == [], "its only row is of June"
    assert repo.begun_month(scope) == "2024-05"
    place = {"month": "2024-06", "shard": 0, "after": refs[-2], "again": ""}
    assert make_some(scope, place=place, now=JULY_2, ids_of=lambda _: post.ids) == 1
    assert make_some(scope, place={**place, "again": refs[-1]}, now=JULY_2, ids_of=lambda _: post.ids) == 0


def test_an_account_that_fails_keeps_nobody_waiting(ours: Dealership, post: Post) -> None:
    """Its pages are gone, as if a sweep had been too quick; it is tried again by itself."""
    broken = an_account(ROWS, run=3, facts=a_facts("1100"))
    page = PageRef("L#none", 2019, 1, 0, 1, "2019-01-01", "2019-01-01")
    publish(ours.import_scope, [replace(broken, head=replace(broken.head, pages=(page,)))], run=3)
    publish_directory(ours.import_scope, [account("1100"), account("1200")])
    wanted(ours, post.clock.now, post.ids)
    begin_due(ours.import_scope, now=post.clock.now, ids=post.ids)
    work(ours, post)
    assert len(archived_statements(ours.import_scope, "1200", era="")) == 1
    assert archived_statements(ours.import_scope, "1100", era="") == []


def test_only_its_own_customer_finds_it(ours: Dealership, cast: Cast, post: Post) -> None:
    assert made(ours, MAY, post.clock.now, post.ids)
    scope = ours.customer.customer_scope
    assert archived_statements(replace(scope, eras={"1200": "01HX"}), "1200", era="") == []
    assert archived_statements(cast.rival.customer.customer_scope, "1200", era="") == []
    for read in (repo.statement, repo.lines):
        with pytest.raises(NotFoundError):
            read(ours.other_customer.customer_scope, "1200", era="", month="2024-05")
    with pytest.raises(NotFoundError):
        archived_statement(scope, ref="1200", month="2024-04", now=post.clock.now)


def test_nobody_is_mailed_who_may_not_log_in_any_more(ours: Dealership, post: Post) -> None:
    assert made(ours, MAY, post.clock.now, post.ids)
    with_nobody = enrolments.users(ours.scope, "1200")
    assert [user.email for user in with_nobody] == [ours.customer.email]
    enrolments.remove_user(ours.scope, with_nobody[0], ref="1200", also=())
    work(ours, post)
    assert post.sender.sent == []


def test_more_people_than_one_transaction_takes_are_all_mailed_once(ours: Dealership, post: Post) -> None:
    emails = {f"p{n:03}@farm.example" for n in range(2 * MAILS_AT_ONCE + 3)}
    for email in emails:
        enrolments.add_user(ours.scope, AccountUser(email.partition("@")[0], email, post.clock.now), ref="1200")
    wanted(ours, post.clock.now, post.ids)
    begin_due(ours.import_scope, now=post.clock.now, ids=post.ids)
    for _ in range(3):
        work(ours, post)
    assert sorted(mail.to for mail in post.sender.sent) == sorted({*emails, ours.customer.email})


def test_a_large_month_is_kept_whole(ours: Dealership, post: Post) -> None:
    rows = [
        a_row(f"{n * 7919 % 10**9:09}", total=n + 1, on="2024-05-20", description=f"{n * 104_729 % 1_000_003}" * 3)
        for n in range(12_000)
    ]
    publish(ours.import_scope, [an_account(rows, run=3)], run=3)
    assert made(ours, Period(MAY.first, MAY.last), post.clock.now, post.ids)
    listed = repo.lines(ours.import_scope, "1200", era="", month="2024-05")
    assert (len(listed.movements), len(listed.items)) == (12_000, 12_000)
