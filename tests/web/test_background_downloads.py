"""Large files of both audiences, from the click to the download."""

import csv
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from app import app
from chalicelib import services, settings
from chalicelib.customers.colleagues import operations
from chalicelib.customers.colleagues.model import Manager, Rights
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.repo import advance
from chalicelib.dealership_users import operations as dealership_users
from chalicelib.downloads import repo as downloads
from chalicelib.downloads.model import DownloadState
from chalicelib.http import cookies
from chalicelib.kernel.areas import Area
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.ledger import repo
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import transaction
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_accounts
from tests.customers.colleagues.made import ACCOUNT, colleague, enrolled
from tests.fixtures.cast import Cast, LogIn, Member
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account, history
from tests.ledger.groups import publish_group
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.web.background import fetched, work
from tests.web.client import Visitor

MANY = 5_001


@pytest.fixture(autouse=True)
def _services(now: datetime, ids: Ids) -> Iterator[None]:
    made = Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: now, ids=ids)
    with services.use(made):
        yield


@pytest.fixture
def visit(log_in: LogIn) -> "Visit":
    return Visit(log_in)


class Visit:
    def __init__(self, log_in: LogIn) -> None:
        self._log_in = log_in

    def __call__(self, member: Member) -> Visitor:
        visitor = Visitor(app)
        visitor.cookies[cookies.SESSION] = self._log_in(member).secret
        return visitor


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_customer_waits_for_many_transactions(cast: Cast, visit: Visit, aws: World, kind: str) -> None:
    publish(cast.ours.import_scope, [an_account(history(MANY))])
    customer = visit(cast.ours.customer)
    asked = customer.get(f"/transactions.{kind}?status=all&page=2")
    assert (asked.status, asked.location.startswith("/downloads/")) == (303, True)
    waiting = customer.get(asked.location)
    assert "Your file is being prepared" in waiting.text
    assert f'hx-get="{asked.location}" hx-trigger="every 2s"' in waiting.html
    assert '<noscript><meta http-equiv="refresh"' in waiting.html
    assert customer.get(f"{asked.location}/file").status == 404
    work(aws)
    ready = customer.get(asked.location)
    assert f"transactions-1200-2024-06-05.{kind}, 5,001 rows." in ready.text
    assert "hx-trigger" not in ready.html.partition('id="live"')[2]
    body = fetched(aws, customer, ready.links["Download"])
    if kind == "csv":
        assert body.decode("utf-8-sig").count("\r\n") == MANY + 1
    else:
        sheet = load_workbook(BytesIO(body)).active
        assert sheet is not None
        assert sheet.max_row == MANY + 1


def test_b23_a_master_waits_for_the_rows_of_all_its_accounts(cast: Cast, visit: Visit, aws: World) -> None:
    of = {"1200": history(MANY - 1), "5001": [a_row("S1", total=4050)]}
    publish_group(cast.ours.import_scope, of, master="1200")
    customer = visit(cast.ours.customer)
    asked = customer.get("/account-group.csv?status=all")
    assert asked.location.startswith("/downloads/")
    work(aws)
    ready = customer.get(asked.location)
    assert "transactions-1200-group-2024-06-05.csv, 5,001 rows." in ready.text
    head, *rows = csv.reader(StringIO(fetched(aws, customer, ready.links["Download"]).decode("utf-8-sig")))
    assert {row[head.index("Account")] for row in rows} == {"1200", "5001"}


def test_a_file_is_of_the_run_that_the_reader_saw(cast: Cast, visit: Visit, aws: World) -> None:
    scope = cast.ours.import_scope
    publish(scope, [an_account(history(MANY), run=1)], run=1)
    customer = visit(cast.ours.customer)
    asked = customer.get("/transactions.csv?status=all")
    publish(scope, [an_account([a_row("NEW", total=5)], run=2)], run=2)
    repo.forget()
    work(aws)
    page = customer.get(asked.location)
    assert "5,001 rows" in page.text
    assert "no longer available" not in page.text


def test_staff_wait_for_many_accounts_as_of_the_run_they_saw(cast: Cast, visit: Visit, aws: World) -> None:
    scope = cast.ours.import_scope
    publish_accounts(scope, [account(str(n)) for n in range(MANY)])
    staff = visit(cast.ours.user)
    asked = staff.get("/staff/accounts.csv?sort=name&order=desc")
    assert asked.location.startswith("/staff/downloads/")
    publish_accounts(scope, [account("only")])
    work(aws)
    ready = staff.get(asked.location)
    assert "customer-accounts.csv, 5,001 rows." in ready.text
    rows = list(csv.reader(StringIO(fetched(aws, staff, ready.links["Download"]).decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:3]] == ["Customer 999", "Customer 998"]
    assert len(rows) == MANY + 1


def test_a_file_whose_export_was_undone_is_of_the_newest_and_says_so(cast: Cast, visit: Visit, aws: World) -> None:
    scope = cast.ours.import_scope
    publish_accounts(scope, [account("first")])
    before = dealers.published(scope, fresh=True)
    publish_accounts(scope, [account(str(n)) for n in range(MANY)])
    staff = visit(cast.ours.user)
    asked = staff.get("/staff/accounts.csv")
    now = dealers.published(scope, fresh=True)
    with assume_scope(scope), transaction() as t:
        t.add(advance(scope, expected_generation=now.generation, new=now.undone_to(before)))
    work(aws)
    text = staff.get(asked.location).text
    assert "customer-accounts.csv, 1 row." in text
    assert "this file is from the newest one" in text


def test_nobody_else_sees_it(cast: Cast, visit: Visit, aws: World) -> None:
    publish_accounts(cast.ours.import_scope, [account(str(n)) for n in range(MANY)])
    asked = visit(cast.ours.user).get("/staff/accounts.csv")
    work(aws)
    for other in (cast.ours.admin, cast.rival.user, cast.ours.customer):
        assert visit(other).get(asked.location).status == 404
        assert visit(other).get(f"{asked.location}/file").status == 404


FEWER = {
    "fewer_areas": Rights(Role.VIEW, frozenset({Area.MESSAGES})),
    "fewer_accounts": Rights(Role.VIEW, accounts=frozenset({"1200"})),
}


@pytest.mark.parametrize("what", ["ended", *FEWER])
def test_access_that_has_ended_or_become_less_since_it_was_asked_for_counts(
    cast: Cast, visit: Visit, aws: World, now: datetime, ids: Ids, what: str
) -> None:
    ours = cast.ours
    publish_group(ours.import_scope, {"1200": history(MANY), "5001": [a_row("S1", total=4050)]}, master="1200")
    enrolled(ours, now)
    member = colleague(ours, Rights(), ids=ids, now=now)
    asked = visit(member).get("/account-group.csv?status=all")
    assert asked.location.startswith("/downloads/")
    by, key = Manager(ours.user.person_id, "", of_dealer=True), f"p{member.person_id}"
    if what == "ended":
        operations.end(ours.user.staff_scope, ACCOUNT, key=key, by=by, now=now, ids=ids)
    else:
        operations.change_rights(
            ours.user.staff_scope, ACCOUNT, key=key, version=1, rights=FEWER[what], by=by, now=now, ids=ids
        )
    work(aws)
    (found,) = downloads.downloads(ours.scope, member.person_id)
    assert found.state is DownloadState.FAILED


def test_who_is_of_the_staff_no_more_gets_nothing_made(
    cast: Cast, visit: Visit, aws: World, now: datetime, ids: Ids
) -> None:
    ours = cast.ours
    publish_accounts(ours.import_scope, [account(str(n)) for n in range(MANY)])
    user = ours.user
    listed(ours, ours.admin, user, now=now)
    visit(user).get("/staff/accounts.csv")
    dealership_users.delete(ours.admin.staff_scope, member_id=user.person_id, now=now, ids=ids)
    work(aws)
    (found,) = downloads.downloads(ours.scope, user.person_id)
    assert found.state is DownloadState.FAILED
