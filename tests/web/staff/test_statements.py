"""Staff read the statement that a customer sees."""

import re
from datetime import datetime

import pytest

from app import app
from chalicelib.downloads.model import Download, DownloadKind
from chalicelib.http import cookies
from chalicelib.kernel.keys import link_part
from chalicelib.web import background_downloads
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.cast import Cast, LogIn
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.web.client import Page, Visitor
from tests.web.customer.barlow import ROWS, spoken

ACCOUNT = f"/staff/accounts/{link_part('1200')}"
HERE = f"{ACCOUNT}/statements"


@pytest.fixture(autouse=True)
def barlow(cast: Cast) -> None:
    publish(cast.ours.import_scope, [an_account(ROWS)])
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow"), account("1201")])


def lines(page: Page) -> list[str]:
    return [
        " ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr role.*?</tr>", page.html, re.DOTALL)
    ]


@pytest.mark.parametrize("query", ["", "?period=2024-04&style=open_item", "?period=own&from=2024-01-01&to=2024-06-05"])
def test_staff_see_the_statement_that_the_customer_sees(staff: Visitor, cast: Cast, log_in: LogIn, query: str) -> None:
    theirs = Visitor(app)
    theirs.cookies[cookies.SESSION] = log_in(cast.ours.customer).secret
    page = staff.get(HERE + query)
    assert page.status == 200, page.html
    assert lines(page) == lines(theirs.get(f"/statements{query}"))
    assert "/invoices/" not in page.html
    assert f'href="{HERE}"' in staff.get(ACCOUNT).html


def test_files_of_it(staff: Visitor) -> None:
    assert staff.get(f"{HERE}/csv?period=2024-05").html.count("\n") == 5
    assert [staff.get(f"{HERE}/{kind}").status for kind in ("pdf", "xlsx")] == [303, 303]
    assert staff.get(f"{HERE}/csv?period=own&from=&to=").location == f"{HERE}?period=own"
    assert staff.get(f"{HERE}?period=own&from=&to=").status == 422


@pytest.mark.usefixtures("staff")
def test_a_long_one_is_made_from_its_address(cast: Cast, now: datetime) -> None:
    download = Download(
        download_id="x",
        address=f"/staff/account-statements.csv?account={link_part('1200')}&period=2024-05",
        snapshot_ref="x",
        account_refs=(),
        file_name="x",
        kind=DownloadKind.CSV,
        asked_at=now,
    )
    file = background_downloads.produce(cast.ours.user.staff_scope, download)
    assert (file.file_name, file.count, file.restarted) == ("statement-1200-2024-05.csv", 4, True)


def test_an_account_without_figures_has_no_statement(staff: Visitor) -> None:
    other = f"/staff/accounts/{link_part('1201')}"
    assert staff.get(f"{other}/statements").location == other
    assert staff.get(f"{other}/statements/pdf").location == f"{other}/statements"
    assert staff.get(f"/staff/accounts/{link_part('9999')}/statements").status == 404


def test_it_says_what_is_owed(staff: Visitor) -> None:
    assert "Balance today £247.06" in spoken(staff.get(HERE))
