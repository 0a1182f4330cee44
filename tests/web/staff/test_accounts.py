import csv
import re
from datetime import datetime
from io import StringIO
from typing import Any

import pytest

from chalicelib.customers.accounts_list import PAGE
from chalicelib.customers.enrolment import operations, repo
from chalicelib.customers.enrolment.model import Enrolment, State
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from tests.customers.accounts import account, publish
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
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
            account("1200", "Mr A L Barlow", city="Whitby", balance=179680),
            account("1201", "John Frost Imports", city="Helmsley", region="North Yorkshire", depot_code="2"),
            account("1202", "Mr T.Furber", email=None, depot_code="1"),
            account("B0003/a#", "=HYPERLINK(1)", city="<script>alert(1)</script>"),
        ],
    )
    publish(cast.rival.import_scope, [account("1200", "CANARY of the rival")])


def enrolled(cast: Cast, ref: str) -> Enrolment:
    found = repo.enrolment(cast.ours.user.staff_scope, ref)
    assert found
    return found


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


def test_rows_come_by_number_and_say_why_they_cannot_be_invited(staff: Visitor) -> None:
    page = staff.get(LIST)
    assert names(staff, "?status=all") == EVERYBODY
    assert "Internal account" in staff.get(f"{LIST}?status=all").text
    assert "No email address" in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=b", ["Mr A L Barlow"]),
        ("?q=frost+jo", ["John Frost Imports"]),
        ("?q=whit&field=city", ["Mr A L Barlow"]),
        ("?q=york&field=state", ["John Frost Imports"]),
        ("?q=1202&field=number", ["Mr T.Furber"]),
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


def test_an_invite_form_sent_twice_counts_once_and_is_answered_alike(staff: Visitor, cast: Cast) -> None:
    staff.get(LIST)
    assert staff.page is not None
    fields = {**staff.page.form("/staff/accounts/invite").fields, "only": link_part("1200")}
    for _click in range(2):
        staff.post("/staff/accounts/invite", fields)
        assert "An invitation is on its way to Mr A L Barlow, 1200" in staff.follow().text
    first = enrolled(cast, "1200").invitation_id
    for _click in range(2):
        staff.post(f"/staff/accounts/{link_part('1200')}/resend", fields)
        assert "A new invitation is on its way to Mr A L Barlow, 1200" in staff.follow().text
    assert enrolled(cast, "1200").invitation_id != first
    staff.post("/staff/accounts/invite", {**fields, "only": link_part("1201")})
    assert "John Frost Imports, 1201" in staff.follow().text  # another button of the same page is another form


def test_a_list_longer_than_its_page_is_invited_whole(staff: Visitor, cast: Cast) -> None:
    publish(
        cast.ours.import_scope,
        [account(f"{n:04}", "Barlow" if n % 2 else "Frost", email=f"c{n}@x.example") for n in range(3 * PAGE)],
    )
    page = staff.get(f"{LIST}?q=frost")
    assert f"All {3 * PAGE // 2} on this list who can be invited" in page.text
    staff.submit("/staff/accounts/invite", all="yes")
    assert f"{3 * PAGE // 2} invitations on the way" in staff.follow().text
    assert repo.enrolment(cast.ours.user.staff_scope, "0001") is None


def test_cancelling_asks_first_and_comes_back_to_the_list(staff: Visitor, cast: Cast) -> None:
    staff.get(f"{LIST}?q=barlow")
    staff.submit("/staff/accounts/invite", only=link_part("1200"))
    page = staff.follow()
    asked = staff.get(page.links["Cancel the invitation of Mr A L Barlow"])
    assert "Cancel the invitation of Mr A L Barlow?" in asked.text
    assert asked.links["Keep it"] == f"{LIST}?q=barlow"
    staff.submit(f"{LIST}/{link_part('1200')}/cancel")
    assert staff.page is not None
    assert staff.page.location == f"{LIST}?q=barlow"
    assert enrolled(cast, "1200").state is State.CANCELLED
    assert "The invitation of Mr A L Barlow, 1200 is cancelled" in staff.follow().text


def test_the_email_can_be_read_before_it_is_sent(staff: Visitor, cast: Cast) -> None:
    page = staff.get("/staff/accounts/invite?back=%2Fstaff%2Faccounts%3Fq%3Dfrost")
    assert page.status == 200
    assert cast.ours.dealer.name in page.text
    assert "Example customer" in page.text
    assert page.links["Back to the list"] == f"{LIST}?q=frost"
    assert staff.get("/staff/accounts/invite?back=//evil.example").links["Back to the list"] == LIST


def test_hostile_names_stay_text_in_page_and_csv(staff: Visitor) -> None:
    assert "<script>alert(1)" not in staff.get(LIST).html
    answer = staff.get("/staff/accounts.csv?q=hyper")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(StringIO(answer.body.decode("utf-8-sig"))))
    assert rows[0][:2] == ["Customer #", "Customer Name"]
    assert rows[1][:2] == ["B0003/a#", "'=HYPERLINK(1)"]


def test_invite_resend_cancel_from_the_list(staff: Visitor, cast: Cast, aws: World) -> None:
    staff.get(LIST)
    assert staff.submit("/staff/accounts/invite", only=link_part("1200")).status == 303
    page = staff.follow()
    assert "An invitation is on its way to Mr A L Barlow, 1200" in page.text
    assert {"dealer_id": cast.ours.dealer.dealer_id} in aws.messages(aws.settings.outbox_queue_url)
    first = enrolled(cast, "1200")
    assert (first.state, first.invited_by) == (State.QUEUED, cast.ours.user.email)
    link = f"/staff/accounts/{link_part('1200')}"
    csrf = page.form("/staff/accounts/invite").fields["csrf"]
    assert "Invitation sent again" not in staff.get("/staff/activity").text
    staff.post(f"{link}/resend", {"csrf": csrf, "back": f"{LIST}?status=invited"})
    assert staff.page is not None
    assert staff.page.location == f"{LIST}?status=invited"
    assert enrolled(cast, "1200").invitation_id != first.invitation_id
    assert "Invitation sent again" in staff.get("/staff/activity").text
    staff.post(f"{link}/cancel", {"csrf": csrf, "back": "//evil.example"})
    assert staff.page.location == LIST
    assert enrolled(cast, "1200").state is State.CANCELLED


@pytest.mark.parametrize("action", ["cancel", "resend"])
def test_a_page_from_before_comes_back_to_its_list_and_says_why_nothing_was_done(
    staff: Visitor, cast: Cast, now: datetime, ids: Ids, action: str
) -> None:
    staff.get(LIST)
    staff.submit("/staff/accounts/invite", only=link_part("1200"))
    csrf = staff.follow().form("/staff/accounts/invite").fields["csrf"]
    operations.cancel_invitation(cast.ours.user.staff_scope, ref="1200", now=now, ids=ids)
    sent = staff.post(f"/staff/accounts/{link_part('1200')}/{action}", {"csrf": csrf, "back": f"{LIST}?q=barlow"})
    assert (sent.status, sent.location) == (303, f"{LIST}?q=barlow")
    page = staff.follow()
    assert "Mr A L Barlow, 1200: There is no open invitation for this account" in page.text
    assert 'class="toast show bad" role="alert"' in page.html


def test_ticked_rows_go_together_and_refusals_are_named(staff: Visitor) -> None:
    staff.get(LIST)
    refs = [link_part(ref) for ref in ("1200", "1201", "1202")]
    staff.submit("/staff/accounts/invite", ref=refs)
    assert "2 invitations on the way. Mr T.Furber, 1202: No email address" in staff.follow().text


def test_nothing_ticked_says_what_to_do(staff: Visitor) -> None:
    staff.get(LIST)
    staff.get(f"{LIST}?q=frost")
    assert staff.submit("/staff/accounts/invite").location == f"{LIST}?q=frost"
    page = staff.follow()
    assert "Choose at least one customer" in page.text
    assert 'class="toast show bad" role="alert"' in page.html


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


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"portal_eligible": False}, "Not enabled for the portal in your dealer system"),
        ({"account_type": "internal"}, "Internal account"),
        ({"account_status": "closed"}, "Closed in your dealer system"),
        ({"archived": True}, "Not in the last export"),
    ],
)
def test_an_invited_account_that_may_not_be_any_more_says_why_and_is_only_cancelled(
    staff: Visitor, cast: Cast, now: datetime, change: dict[str, Any], reason: str
) -> None:
    invited = Enrolment("1200", State.INVITED, "c1200@farm.example", "01HX", "maria", now, invited_at=now)
    repo.put(cast.ours.scope, invited, before=None)
    part = f"/staff/accounts/{link_part('1200')}"
    (form,) = [form for form in staff.get(part).forms if form.action == f"{part}/resend"]
    publish(cast.ours.import_scope, [account("1200", "Mr A L Barlow", **change)])
    shown = staff.get(f"{LIST}?status=invited")
    assert f"c1200@farm.example{reason}" in shown.text
    assert f"{part}/resend" not in shown.html
    assert f"{part}/cancel" in shown.html
    page = staff.get(part)
    assert f"The invitation cannot be sent again: {reason[0].lower()}{reason[1:]}." in page.text
    assert f"{part}/resend" not in page.html
    assert f"{part}/cancel" in page.html
    assert (
        staff.post(form.action, {**form.fields, "back": f"{LIST}?status=invited"}).location == f"{LIST}?status=invited"
    )
    assert f"Mr A L Barlow cannot be invited: {reason.lower()}" in staff.follow().text


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
