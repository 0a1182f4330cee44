import csv
import re
from dataclasses import replace
from datetime import datetime
from io import StringIO

import pytest

from chalicelib.customers.accounts_list import PAGE
from chalicelib.customers.enrolment import repo
from chalicelib.customers.enrolment.model import Enrolment, State
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from tests.customers.accounts import account, publish
from tests.fixtures.cast import Cast, LogIn
from tests.web.client import Visitor

LIST = "/staff/accounts"
EVERYBODY = ["Depot A", "Mr A L Barlow", "John Frost Imports", "Mr T.Furber"]
CUSTOMERS = EVERYBODY[1:]


@pytest.fixture(autouse=True)
def accounts(cast: Cast) -> None:
    publish(
        cast.ours.import_scope,
        [
            account("100A", "Depot A", account_type="internal", email=None),
            account("1200", "Mr A L Barlow", city="Whitby", address="Postgate Farm Castleton", balance=179680),
            account("1201", "John Frost Imports", city="Helmsley", region="North Yorkshire", depot_code="2"),
            account("1202", "Mr T.Furber", email=None, depot_code="1"),
            account("B0003/a#", "=HYPERLINK(1)", city="<script>alert(1)</script>"),
        ],
    )
    publish(cast.rival.import_scope, [account("1200", "CANARY of the rival")])


def names(visitor: Visitor, query: str) -> list[str]:
    page = visitor.get(LIST + query)
    assert page.status == 200, page.html
    listed = page.text.partition("Activate")[2]
    return sorted((name for name in EVERYBODY if name in listed), key=listed.index)


def test_the_banner_counts_every_account_of_the_extract(staff: Visitor) -> None:
    page = staff.get(LIST)
    figures = dict(re.findall(r'<dt><a href="[^"]*">(.*?)</a></dt><dd>(.*?)</dd>', page.html))
    assert figures == {
        "Active": "0",
        "Invited, pending activation": "0",
        "Not invited": "3",
        "Cannot be invited": "2",
    }
    assert "CANARY" not in page.html
    assert "£1,796.80" in page.text


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort", ["number", "name", "status", "email", "balance"])
def test_every_part_of_the_list_can_be_shown(staff: Visitor, sort: str, order: str) -> None:
    """Also where nobody on the page can be invited, and somebody before or after it can."""
    for status in ("", "all", "none", "ineligible"):
        for after in range(6):
            page = staff.get(f"{LIST}?status={status}&sort={sort}&order={order}&after={after}&run=1")
            assert page.status == 200, (status, after)


def test_rows_come_by_number_and_say_why_they_cannot_be_invited(staff: Visitor) -> None:
    page = staff.get(LIST)
    assert names(staff, "?status=all") == EVERYBODY
    assert "Internal account" in staff.get(f"{LIST}?status=all").text
    assert "No usable email address" in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=b", ["Mr A L Barlow"]),
        ("?q=frost+jo", ["John Frost Imports"]),
        ("?q=whit&field=city", ["Mr A L Barlow"]),
        ("?q=york&field=state", ["John Frost Imports"]),
        ("?q=1202&field=number", ["Mr T.Furber"]),
        ("?q=postgate+farm", ["Mr A L Barlow"]),
        ("?q=farm&field=address", ["Mr A L Barlow"]),
        ("?q=farm&field=city", []),
        ("?q=whit&field=name", []),
        ("?depot=2", ["John Frost Imports"]),
        ("?status=ineligible", ["Depot A", "Mr T.Furber"]),
        ("?status=cannot", ["Depot A", "Mr T.Furber"]),  # bookmarks from before it was renamed
        ("?status=nonsense&field=nonsense&after=x&order=desc&sort=nonsense", None),
    ],
)
def test_search_by_each_field_from_one_letter(staff: Visitor, query: str, found: list[str] | None) -> None:
    assert names(staff, query) == (found if found is not None else CUSTOMERS[::-1])


def test_the_dealers_own_ledgers_are_listed_when_asked_for(staff: Visitor) -> None:
    assert names(staff, "") == CUSTOMERS
    assert names(staff, "?q=depot") == []
    assert "Search all accounts" in staff.get(f"{LIST}?q=depot").links
    assert names(staff, "?status=all&q=depot") == ["Depot A"]


def test_the_largest_balance_comes_first_and_the_filters_keep_the_order(staff: Visitor) -> None:
    sort = staff.get(LIST).links["Balance"]
    page = staff.get(sort)
    assert names(staff, sort.removeprefix(LIST))[0] == "Mr A L Barlow"
    fields = page.form(LIST).fields
    assert (fields["sort"], fields["order"]) == ("balance", "desc")
    text = staff.get(f"/staff/accounts.csv{sort.removeprefix(LIST)}").body.decode("utf-8-sig")
    assert next(row[1] for row in list(csv.reader(StringIO(text)))[1:]) == "Mr A L Barlow"


def test_hostile_names_stay_text_in_page_and_csv(staff: Visitor) -> None:
    assert "<script>alert(1)" not in staff.get(LIST).html
    answer = staff.get("/staff/accounts.csv?q=hyper")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(StringIO(answer.body.decode("utf-8-sig"))))
    assert rows[0][:2] == ["Customer #", "Customer Name"]
    assert rows[1][:2] == ["B0003/a#", "'=HYPERLINK(1)"]


def test_pages_go_on_and_a_new_export_starts_again(staff: Visitor, cast: Cast) -> None:
    many = [account(f"{n:04}") for n in range(2 * PAGE + 5)]
    publish(cast.ours.import_scope, many)
    first = staff.get(LIST)
    assert f"Showing 1 to {PAGE} of {len(many)}" in first.text
    second = staff.get(first.links["Next"])
    assert f"Showing {PAGE + 1} to {2 * PAGE} of {len(many)}" in second.text
    publish(cast.ours.import_scope, many)
    again = staff.get(second.links["Next"])
    assert "the list is back at its first page" in again.text
    assert f"Showing 1 to {PAGE}" in again.text


def test_no_customers_yet_says_where_they_come_from(staff: Visitor, cast: Cast) -> None:
    publish(cast.ours.import_scope, [])
    assert "No customers match" in staff.get(LIST).text


def test_an_account_that_is_not_there_or_not_yours_reads_the_same(staff: Visitor, cast: Cast) -> None:
    publish(cast.rival.import_scope, [account("9000", "CANARY")])
    pages = [staff.get(f"/staff/accounts/{part}") for part in (link_part("9000"), link_part("nobody"), "%%%", "x")]
    assert {page.status for page in pages} == {404}
    assert not any("CANARY" in page.html for page in pages)


def test_one_account_without_a_ledger_yet(staff: Visitor) -> None:
    page = staff.get(f"/staff/accounts/{link_part('1200')}")
    assert page.status == 200
    assert "Mr A L Barlow" in page.text
    assert "Not invited" in page.text
    assert "Nobody yet" in page.text


def test_accounts_whose_owner_is_undecided_are_counted_and_found(staff: Visitor, cast: Cast, now: datetime) -> None:
    assert "Check the customers" not in staff.get(LIST).text
    active = Enrolment("1200", State.ACTIVE, "al@farm.example", "01HX", "maria", now, activated_at=now)
    repo.put(cast.ours.scope, active, before=None)
    publish(cast.ours.import_scope, [account("1200", "Mr A L Barlow", next_era="01HY"), account("1201")])
    page = staff.get(LIST)
    assert "1 account seems to belong to somebody else now." in page.text
    assert page.links["Check the customers"] == f"{LIST}?status=in_doubt"
    assert names(staff, "?status=in_doubt") == ["Mr A L Barlow"]
    assert names(staff, "?status=active") == []
    assert '<option value="in_doubt">Check the customer</option>' in page.html
    assert "Check the customer" in staff.get(f"{LIST}/{link_part('1200')}").text
    assert "Check the customer" in staff.get(f"{LIST}.csv").body.decode()


def test_there_is_no_email_to_read_where_nobody_can_be_invited(staff: Visitor, cast: Cast) -> None:
    publish(cast.ours.import_scope, [account("1200", email=None)])
    assert staff.get("/staff/accounts/invite").location == LIST
    assert "There is no customer to invite" in staff.follow().text


def test_each_figure_opens_a_list_of_as_many(staff: Visitor, cast: Cast, now: datetime) -> None:
    for ref, state in (("1200", State.ACTIVE), ("1201", State.BOUNCED)):
        enrolment = Enrolment(ref, state, "x@farm.example", "01HX", "maria", now)
        repo.put(cast.ours.scope, enrolment, before=None)
    page = staff.get(LIST)
    figures = re.findall(r'<dt><a href="([^"]*)">.*?</a></dt><dd>(.*?)</dd>', page.html)
    assert len(figures) == 4
    bounced = [(page.links["1 email bounced"], "1")]
    for link, count in figures + bounced:
        said = re.search(r"(\d+) customers?,? ", staff.get(link).text.partition("Download")[2] + " 0 customers ")
        assert said
        assert said[1] == count, link


def test_the_list_says_how_many_of_the_figures_it_leaves_out(staff: Visitor) -> None:
    page = staff.get(LIST)
    assert "4 customers" in page.text
    assert page.links["1 internal or cash account is not listed"] == f"{LIST}?status=all"
    assert "5 customers" in staff.get(f"{LIST}?status=all").text
    for query in ("?status=all", "?status=none", "?depot=2", "?q=frost"):
        assert "not listed" not in staff.get(LIST + query).text


def test_the_chosen_status_is_remembered_until_another_is_chosen(staff: Visitor, cast: Cast, log_in: LogIn) -> None:
    staff.get(f"{LIST}?status=ineligible&q=fur")
    assert staff.get(LIST).location == f"{LIST}?status=ineligible"
    assert staff.get("/staff").location == LIST
    assert "CSV" in staff.follow().links
    assert staff.get(f"{LIST}?q=frost").status == 200  # an address that says what it shows is left as it is
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    assert staff.get(LIST).status == 200  # somebody else at the same computer
    staff.cookies[cookies.SESSION] = log_in(cast.ours.user).secret
    staff.get(f"{LIST}?status=")
    assert staff.get(LIST).status == 200
    staff.get(f"{LIST}?status=nonsense")
    assert staff.get(LIST).status == 200


def test_the_list_looks_again_until_mails_have_left(staff: Visitor, cast: Cast) -> None:
    staff.get(LIST)
    staff.submit("/staff/accounts/invite", only=link_part("1201"))
    page = staff.follow()
    assert f'hx-get="{LIST}?looks=1"' in page.html
    assert f'hx-select-oob="#status-{link_part("1201")}"' in page.html
    assert "looks=" not in staff.get(f"{LIST}?looks=6").html.partition('id="sending"')[2].partition(">")[0]
    queued = repo.enrolment(cast.ours.scope, "1201")
    assert queued
    repo.put(cast.ours.scope, replace(queued, state=State.INVITED), before=queued)
    assert '<div id="sending"></div>' in staff.get(f"{LIST}?looks=1").html


def test_accounts_whose_customer_is_to_be_checked_are_counted_and_listed(
    staff: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    doubtful = account("1201", "John Frost Imports", next_era=ids.ulid(now))
    publish(cast.ours.import_scope, [account("1200", "Mr A L Barlow", next_era=ids.ulid(now)), doubtful])
    repo.put(cast.ours.scope, Enrolment("1201", State.ACTIVE, "x@farm.example", "01HX", "maria", now), before=None)
    page = staff.get(LIST)
    assert "1 account seems to belong to somebody else now." in page.text
    assert page.links["Check the customers"] == f"{LIST}?status=in_doubt"
    assert names(staff, "?status=in_doubt") == ["John Frost Imports"]  # nobody could open the other yet
    assert "Check the customer" in staff.get(f"{LIST}?status=in_doubt").text.partition("Activate")[2]
