import csv
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from openpyxl import load_workbook

from chalicelib import services
from chalicelib.dealers import queries as dealers
from chalicelib.identity import rate_limits
from chalicelib.identity.model import Session
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.ledger import repo
from chalicelib.ledger.row import Row
from chalicelib.web.customer import transactions_file
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.ingest.recorded import record_run
from tests.ledger.accounts import a_facts, an_account, history
from tests.ledger.published import counted_calls, publish
from tests.ledger.rows import a_row
from tests.web.client import Page, Visitor
from tests.web.customer.barlow import BALANCE, ROWS, references, spoken

HOME = "/transactions"
FOUND = {
    "status=history": ["126828"],
    "status=all": ["127073", "127072", "127070", "C20417", "126884", "126950", "126828"],
    "type=credit_note": ["C20417"],
    "age=2": ["126950"],
    "age=2&status=all": ["126950"],
    "age=2&status=history": ["126828"],
    "status=overdue": ["126884", "126950"],
    "status=credit": ["C20417"],
    "status=due&sort=due": ["127073", "127072", "127070"],
    "from=2024-06-01": ["127073", "127072", "127070"],
    "q=hose": ["126884"],
    "q=122588": ["127070"],
    "q=25.78": ["127073"],
    "sort=total": ["126884", "126950", "127073", "127070", "127072", "C20417"],
    "sort=total&order=asc": ["C20417", "127072", "127070", "127073", "126950", "126884"],
    "sort=reference": ["126884", "126950", "127070", "127072", "127073", "C20417"],
    "page=99": ["127073", "127072", "127070", "C20417", "126884", "126950"],
    "sort=x&order=x&type=y&age=z&page=-1&at=1": ["127073", "127072", "127070", "C20417", "126884", "126950"],
}


@pytest.fixture
def account(cast: Cast, customer: Visitor) -> Visitor:
    publish(cast.ours.import_scope, [an_account(ROWS)])
    publish(cast.rival.import_scope, [an_account([a_row("CANARY", total=1, description="CANARY")])])
    return customer


def test_the_first_screen_says_how_the_account_stands(account: Visitor) -> None:
    page = account.get(HOME)
    assert page.status == 200
    assert references(page) == ["127073", "127072", "127070", "C20417", "126884", "126950"]
    for words in (
        "Mr A L Barlow, account 1200",
        "As of 5 Jun 2024. From Moorbeck Machinery, 5 Jun 10:00",
        "Balance £247.06",
        "Overdue £257.80 2 transactions, 1 disputed",
        "Credits −£48.20 1 not used yet",
        "Next due £37.46 5 Jul 2024, 3 transactions",
        "Pay £35.59 by 6 Jun and save £1.87. 3 invoices carry a settlement discount.",
        "6 transactions, newest first Outstanding £247.06",
        "Overdue 19 days",
        "Disputed",
        "Credit to use",
        "Showing 1 to 6 of 6",
        "The PDF of 126950 has not arrived yet",
        "Open the PDF of 127070",
    ):
        assert words in spoken(page), words
    assert BALANCE == 24706


def test_filters_sorting_and_search_are_the_address(account: Visitor) -> None:
    for query, expected in FOUND.items():
        page = account.get(f"{HOME}?{query}")
        assert (query, page.status, references(page)) == (query, 200, expected)


def test_a_script_gets_only_the_results(account: Visitor) -> None:
    page = account.get(f"{HOME}?q=hose", htmx=True)
    assert references(page) == ["126884"]
    assert "<html" not in page.html
    assert 'id="results"' in page.html


def test_the_filter_form_keeps_the_order(account: Visitor) -> None:
    account.get(f"{HOME}?sort=total&order=asc")
    assert references(account.submit(HOME, q="parts")) == ["C20417", "127072", "127070", "127073"]


def test_the_filter_form_keeps_the_age_and_the_chart_says_it(account: Visitor) -> None:
    account.get(f"{HOME}?age=2&q=work")
    page = account.submit(HOME, type="invoice")
    assert references(page) == ["126950"]
    assert 'name="age" value="2"' in page.html
    assert f'href="{HOME}?type=invoice&amp;status=current&amp;q=work#results">2 Months' in page.html
    assert references(account.submit(HOME, status="history", type="", q="")) == ["126828"]


def test_a_script_gets_whatever_follows_the_filters(account: Visitor) -> None:
    page = account.get(f"{HOME}?age=2&from=2024-04-01", htmx=True)
    for part in ("chart", "dates", "filter-state"):
        assert re.search(rf'<div id="{part}"[^>]* hx-swap-oob="true"', page.html), part
    assert '<tr aria-current="true"><th scope="row"><span class="swatch age-2">' in page.html
    assert "From 1 Apr 2024" in page.html
    assert "<span data-announce>1 transaction, 2 Months, From 1 Apr 2024, newest first</span>" in page.html


def test_the_figures_lead_to_their_rows(account: Visitor) -> None:
    page = account.get(HOME)
    for figure, expected in (
        ("Overdue", ["126884", "126950"]),
        ("Credits", ["C20417"]),
        ("Next due", ["127073", "127072", "127070"]),
    ):
        assert page.links[figure].endswith("#results")
        assert references(account.get(page.links[figure].removesuffix("#results"))) == expected


def test_history_shows_what_settled_rows_have(account: Visitor) -> None:
    page = account.get(f"{HOME}?status=history")
    assert "1 transaction, newest first Net total £1,093.50, after payments and credits" in spoken(page)
    for heading in ("Age", "Disc. Date", "Settlement", "Select all rows shown"):
        assert heading not in page.links
        assert f">{heading}<" not in page.html
    assert 'type="checkbox"' not in page.html


def amounts(page: Page) -> dict[str, str]:
    """By reference, the amount that a phone's card of a row shows."""
    rows = page.html.partition("<tbody role=")[2].split("<tr ")[1:]
    shown = r'data-slot="(?:title"><a [^>]*|value"[^>]*)>([^<]+)<'
    return dict(re.findall(shown, row) for row in rows)


def test_a_settled_row_among_others_shows_its_total(account: Visitor) -> None:
    page = account.get(f"{HOME}?status=all")
    assert amounts(page)["126828"] == "£1,093.50"
    assert amounts(page)["126950"] == "£93.50"


@pytest.mark.parametrize(("query", "wide_only"), [("", {"Disc. Date", "Settlement"}), ("?sort=disc", {"Total"})])
def test_the_total_stays_where_columns_have_to_go(account: Visitor, query: str, wide_only: set[str]) -> None:
    head = account.get(f"{HOME}{query}").html.partition("<thead")[2].partition("</thead>")[0]
    names = re.findall(r'<th [^>]*class="num col-lg"[^>]*><a [^>]*>([^<]+?)\s*<', head)
    assert set(names) == wide_only


def test_dates_filter_the_list_and_whatever_is_downloaded_from_it(account: Visitor) -> None:
    page = account.get(f"{HOME}?status=all&from=2024-05-01&to=2024-05-31&q=parts&sort=total")
    assert references(page) == ["C20417"]
    assert "1 transaction, 1 May 2024 to 31 May 2024, largest first" in spoken(page)
    for kind in ("CSV", "XLSX"):
        asked = parse_qs(urlsplit(page.links[f"Download these transactions as {kind}"]).query)
        assert {name: asked[name] for name in ("status", "from", "to", "q", "sort")} == {
            "status": ["all"],
            "from": ["2024-05-01"],
            "to": ["2024-05-31"],
            "q": ["parts"],
            "sort": ["total"],
        }
    answer = account.get(page.links["Download these transactions as CSV"])
    assert [row[1] for row in csv.reader(StringIO(answer.html, newline=""))][1:] == ["C20417"]


def test_a_search_finds_dates_in_the_dealers_words(account: Visitor) -> None:
    assert references(account.get(f"{HOME}?q=2+May")) == ["126884"]
    assert references(account.get(f"{HOME}?q=April")) == ["126950"]
    assert references(account.get(f"{HOME}?status=all&q=2/11/2019")) == ["126828"]


def test_the_advanced_search_is_the_address_and_what_is_downloaded(account: Visitor) -> None:
    account.get(f"{HOME}?sort=total")
    page = account.submit(HOME, order_no="sda", advice_no="1225", least="£5", most="1,000.00")
    assert references(page) == ["127070"]
    said = "Order number sda, Advice number 1225, Total from £5.00 to £1,000.00"
    assert f"1 transaction, {said}, largest first" in spoken(page)
    assert re.search(r'<details class="more" open>', page.html)
    assert 'name="order_no" value="sda"' in page.html
    answer = account.get(page.links["Download these transactions as CSV"])
    assert [row[1] for row in csv.reader(StringIO(answer.html, newline=""))][1:] == ["127070"]
    assert references(account.get(page.links["Without more filters"])) != ["127070"]
    assert '<details class="more">' in account.get(HOME).html


def test_an_amount_that_cannot_be_read_filters_nothing_and_says_so(account: Visitor) -> None:
    page = account.get(f"{HOME}?least=plenty&machine=hose")
    assert references(page) == ["126884"]
    assert "Enter an amount such as £250.00. The list is not filtered by it." in spoken(page)
    assert re.search(r'name="least" value="plenty"[^>]* aria-invalid="true"', page.html)
    part = account.get(f"{HOME}?least=plenty", htmx=True)
    assert re.search(r'<div class="error" id="least-error" hx-swap-oob="true"><i [^>]*></i>Enter an amount', part.html)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"credit_limit": 500_000, "on_order_amount": 10_000}, "£4,652.94 Limit: £5,000.00, £100.00 on order"),
        ({"credit_limit": 20_000}, "−£47.06 Over the limit of £200.00"),
        ({"credit_limit": 0}, "−£247.06 Over the limit of £0.00"),
        ({}, None),
    ],
)
def test_credit_that_is_left_is_said_in_words_too(
    cast: Cast, customer: Visitor, facts: dict[str, Any], words: str | None
) -> None:
    publish(cast.ours.import_scope, [an_account(ROWS, facts=a_facts(balance=BALANCE, **facts))])
    page = customer.get(HOME)
    assert ("Credit left" in spoken(page)) == (words is not None)
    assert f"Credit left {words}" in spoken(page) or words is None
    assert ('<dd class="late">−£' in page.html) == bool(words and words.startswith("−"))


def test_an_invoice_leads_back_to_the_list_as_it_was(account: Visitor) -> None:
    page = account.get(f"{HOME}?type=invoice&q=parts&select=saving")
    page = account.get(page.links["127070"])
    assert f'<p class="eyebrow"><a href="{HOME}?type=invoice&amp;q=parts">My Transactions</a></p>' in page.html


def test_the_settlement_note_selects_its_invoices(account: Visitor) -> None:
    page = account.get(account.get(HOME).links["Select 3 invoices"])
    assert references(page)[:3] == ["127073", "127072", "127070"]
    assert len(re.findall(r"data-payable[^>]* checked", page.html)) == 3
    assert "3 invoices selected" in spoken(page)


def test_after_the_discount_date_there_is_no_saving(account: Visitor, now: datetime) -> None:
    later = replace(services.current(), clock=lambda: now + timedelta(days=2), session_of=_session_at(now))
    with services.use(later):
        page = account.get(HOME)
    assert "settlement discount" not in spoken(page)
    assert "£7.32" not in spoken(page)


def _session_at(now: datetime) -> Callable[[str, datetime], Session | None]:
    before = services.current().session_of
    return lambda secret, _: before(secret, now)


def test_an_account_on_stop_is_told_and_saves_nothing(cast: Cast, customer: Visitor) -> None:
    facts = a_facts(balance=BALANCE, account_status="on_stop")
    publish(cast.ours.import_scope, [an_account(ROWS, facts=facts)])
    page = customer.get(HOME)
    assert "Your account is on stop." in spoken(page)
    assert "£7.32" not in spoken(page)


def test_ages_link_to_their_rows(account: Visitor) -> None:
    page = account.get(HOME)
    assert {"Current", "1 Month", "2 Months", "3 Months"} <= set(page.links)
    found = account.get(page.links["2 Months"])
    assert references(found) == ["126950"]
    assert "1 transaction, 2 Months, newest first" in spoken(found)


@pytest.mark.parametrize(
    ("aged", "words"),
    [
        ((0, 2026, 0, 9350, 0, 0), "Ages as given by Moorbeck Machinery. Rows cannot be listed by age."),
        (None, "This balance is not aged"),
    ],
)
def test_a_balance_brought_forward(cast: Cast, customer: Visitor, aged: tuple[int, ...] | None, words: str) -> None:
    rows = [a_row("BF-2024-05", total=11376, on="2024-05-31", type="brought_forward")]
    facts = a_facts(balance=11376, ledger_type="balance_forward", aged=aged)
    publish(cast.ours.import_scope, [an_account(rows, facts=facts)])
    page = customer.get(HOME)
    assert words in spoken(page)
    assert "£113.76" in spoken(page)
    assert "2 Months" not in page.links
    assert ("£93.50" in spoken(page)) == (aged is not None)
    assert ("Show the amounts by age" in spoken(page)) == (aged is not None)
    assert "Overdue £0.00 No due date on the balance brought forward" in spoken(page)
    assert "31 May 2024 BF-2024-05 Brought Forward Brought Forward No due date £113.76" in spoken(page)


def test_what_is_overdue_does_not_count_a_balance_brought_forward(cast: Cast, customer: Visitor) -> None:
    rows = [*ROWS, a_row("BF-2024-05", total=11376, on="2024-05-31", type="brought_forward")]
    publish(cast.ours.import_scope, [an_account(rows, facts=a_facts(balance=BALANCE + 11376))])
    assert "2 transactions, 1 disputed, excluding brought forward" in spoken(customer.get(HOME))


def test_what_went_into_a_new_balance_is_not_called_settled(cast: Cast, customer: Visitor) -> None:
    rolled = a_row("127001", total=500, outstanding=0, settled_date="2024-05-31", settled_reason="rolled")
    paid = rolled._replace(reference="127002", transaction_id="127002", settled_reason="paid")
    publish(cast.ours.import_scope, [an_account([rolled, paid])])
    page = customer.get(f"{HOME}?status=history")
    assert spoken(page).count("Brought forward 31 May") == 1
    assert spoken(page).count("Settled 31 May") == 1
    assert "Total £10.00" in spoken(customer.get(f"{HOME}?status=history&type=invoice"))
    assert "Net total" not in spoken(customer.get(f"{HOME}?status=history&type=invoice"))
    states = [row[5] for row in csv.reader(StringIO(customer.get("/transactions.csv?status=history").html, newline=""))]
    assert sorted(states[1:]) == ["Brought forward", "Settled"]
    assert "Brought forward 31 May 2024" in spoken(customer.get(page.links["127001"]))


def test_empty_states(cast: Cast, customer: Visitor) -> None:
    page = customer.get(HOME)
    assert (page.status, "No figures yet" in spoken(page)) == (200, True)
    publish(cast.ours.import_scope, [an_account([], run=1)], run=1)
    assert "No transactions yet" in spoken(customer.get(HOME))
    settled = [row for row in ROWS if not row.outstanding]
    publish(cast.ours.import_scope, [an_account(settled, run=2)], run=2)
    page = customer.get(HOME)
    assert "Nothing to pay Your balance is £0.00." in spoken(page)
    assert references(customer.get(page.links["Show History"])) == ["126828"]
    page = customer.get(f"{HOME}?q=knotter+2019")
    assert "Nothing matches “knotter 2019” We searched what is outstanding." in spoken(page)
    narrow = customer.get(f"{HOME}?q=knotter+2019&type=discount&status=overdue&to=2024-05-31")
    assert "We searched what is outstanding. Filtered by: Discount, Overdue, Until 31 May 2024." in spoken(narrow)
    page = customer.get(page.links["Search current and history"])
    assert "We searched 1 transaction of any status." in spoken(page)
    publish(cast.ours.import_scope, [an_account(ROWS[:1], run=3)], run=3)
    assert "No history yet" in spoken(customer.get(f"{HOME}?status=history"))


def test_an_account_that_no_export_has_named(cast: Cast, customer: Visitor) -> None:
    publish(cast.ours.import_scope, [])
    page = customer.get(HOME)
    assert (page.status, "No figures yet" in spoken(page)) == (200, True)


def test_an_account_that_is_no_longer_sent(cast: Cast, customer: Visitor) -> None:
    publish(cast.ours.import_scope, [an_account(ROWS, archived=True)], as_at=date(2024, 8, 1))
    text = spoken(customer.get(HOME))
    assert "has stopped sending this account. These are its last figures, as of 5 Jun 2024." in text
    assert "As of 5 Jun 2024" in text
    assert "Last balance £247.06 When this account was last sent" in text
    assert "Next due" not in text
    assert "save" not in text


def test_paging_stays_with_the_export_it_began_with(cast: Cast, customer: Visitor) -> None:
    scope = cast.ours.import_scope
    publish(scope, [an_account(history(250, outstanding=True), run=1)], run=1)
    record_run(scope, 1, as_at=date(2024, 6, 5), sequence=1)
    first = customer.get(HOME)
    assert "Showing 1 to 100 of 250" in spoken(first)
    publish(scope, [an_account(ROWS, run=2)], run=2)
    second = customer.get(first.links["Older"])
    assert "Showing 101 to 200 of 250" in spoken(second)
    assert "Page of 3 Go" in spoken(second)
    assert "As of 5 Jun 2024. A newer export has arrived since" in spoken(second)
    assert "Newer" in second.links
    repo.delete(scope, repo.run_keys(scope, "1200", 1))
    repo.forget()
    third = customer.get(second.links["Older"])
    assert "Showing" not in spoken(third) or third.status == 200
    record_run(scope, 9, as_at=date(2024, 6, 5), sequence=9)
    gone = customer.get(f"{HOME}?page=2&at=9.20240605.20240605.9")
    assert "A new export arrived while you were reading" in spoken(gone)
    assert "Showing 1 to 6 of 6" in spoken(gone)


def test_a_print_of_a_page_says_which_rows_it_has(cast: Cast, customer: Visitor) -> None:
    publish(cast.ours.import_scope, [an_account(history(219))])
    page = customer.get(f"{HOME}?status=history&page=3")
    assert "Rows 201 to 219 of 219, page 3 of 3. The amount is that of all 219 rows." in spoken(page)
    assert "Rows 1" not in spoken(customer.get(f"{HOME}?status=history&from=2030-01-01"))


def test_what_the_run_was_is_not_for_the_address_to_say(cast: Cast, customer: Visitor) -> None:
    scope = cast.ours.import_scope
    publish(scope, [an_account(ROWS, run=1)], run=1)
    record_run(scope, 1, as_at=date(2024, 6, 5), sequence=1)
    publish(scope, [an_account(ROWS, run=2)], run=2)
    true, forged = "1.20240605.20240605.1", "1.20300101.20240605.777"
    assert customer.get(f"{HOME}?page=2&at={forged}").text == customer.get(f"{HOME}?page=2&at={true}").text
    files = [customer.get(f"/transactions.csv?at={at}") for at in (true, forged)]
    assert files[0].body == files[1].body
    assert files[0].headers["content-disposition"] == files[1].headers["content-disposition"]


def test_a_person_makes_ten_files_in_five_minutes_one_at_a_time(cast: Cast, account: Visitor, now: datetime) -> None:
    person = f"{cast.ours.dealer.dealer_id}\n{cast.ours.customer.person_id}"
    identity = IdentityScope()
    with rate_limits.one_at_a_time(identity, "download.making", person, now=now, seconds=30):
        busy = account.get("/transactions.csv")
    assert (busy.status, busy.headers["retry-after"]) == (429, "30")
    statuses = [account.get(f"/transactions.{kind}").status for kind in ("csv", "xlsx") * 5]
    assert statuses == [200, 303] * 4 + [200, 429]  # the one that came while another was made counts
    assert "Try again in about 5 minutes" in account.get("/transactions.csv").text
    with services.use(replace(services.current(), clock=lambda: now + timedelta(minutes=5))):
        assert account.get("/transactions.csv").status == 200


@pytest.mark.parametrize("path", ["/transactions.csv", "/transactions.xlsx"])
def test_head_is_told_the_type_and_nothing_is_made(account: Visitor, path: str) -> None:
    account.get(HOME)  # the session, the dealer and the account are known from here on
    with counted_calls() as calls:
        for _ in range(12):
            page = account.call("HEAD", path)
            assert (page.status, page.body) == (200, b"")
    assert set(calls) <= {"GetItem", "BatchGetItem"}
    got = account.get(path)
    assert got.status == 303 or got.headers["content-type"] == page.headers["content-type"]


def test_pages_cleared_away_start_again(cast: Cast, customer: Visitor) -> None:
    scope = cast.ours.import_scope
    settled: list[Row] = history(12_000)
    publish(scope, [an_account(settled, run=1)], run=1)
    record_run(scope, 1, as_at=date(2024, 6, 5), sequence=1)
    first = customer.get(f"{HOME}?status=history")
    publish(scope, [an_account(ROWS, run=2)], run=2)
    for page in an_account(settled, run=1).pages:
        aws_delete(scope.dealer_id, page.sk)
    repo.forget()
    answer = customer.get(first.links["Older"])
    assert (answer.status, answer.location) == (303, f"{HOME}?status=history")
    answer = customer.get(f"/transactions.csv?status=history&{urlsplit(first.links['Older']).query}")
    assert (answer.status, answer.location) == (303, "/transactions.csv?status=history")


def aws_delete(dealer_id: str, sk: str) -> None:
    import boto3

    make = boto3.client
    make("dynamodb").delete_item(
        TableName=services.current().settings.table_name, Key={"pk": {"S": f"D#{dealer_id}#A#1200"}, "sk": {"S": sk}}
    )


@pytest.mark.parametrize("count", [0, 3_000])
def test_three_round_trips_after_the_session(cast: Cast, customer: Visitor, count: int) -> None:
    old = [row._replace(transaction_id=f"S{row.transaction_id}") for row in history(count)]
    publish(cast.ours.import_scope, [an_account([*ROWS, *old])])
    customer.get("/account/password")
    for query in ("", "?status=all"):
        repo.forget()
        dealers.forget_published(cast.ours.scope)
        with counted_calls() as calls:
            customer.get(f"{HOME}{query}")
        first = calls.index("BatchGetItem")
        assert calls[first : first + 2] == ["BatchGetItem", "Query"], "settings with the enrolment, head"
        assert len(calls[first:]) <= 3, calls  # and pages of settled rows


def test_csv_holds_the_filtered_rows(account: Visitor) -> None:
    answer = account.get("/transactions.csv?q=parts")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert 'filename="transactions-1200-2024-06-05.csv"' in answer.headers["content-disposition"]
    head, *rows = csv.reader(StringIO(answer.body.decode("utf-8-sig"), newline=""))
    assert head[:5] == ["Inv. Date", "Reference No", "Type", "Description", "Age"]
    assert [row[1] for row in rows] == ["127073", "127072", "127070", "C20417"]
    assert rows[2][:13] == [
        *("2024-06-05", "127070", "Invoice", "General Parts Sale", "Current", "Due", "2024-07-05", "7.70", "7.70"),
        *("2024-06-06", "7.32", "6.42", "1.28"),
    ]
    assert rows[3][8] == "-48.20"


def test_csv_of_selected_rows(account: Visitor) -> None:
    page = account.get(HOME)
    keys = re.findall(r'name="row" value="([^"]+)"', page.html)
    answer = account.get(f"/transactions.csv?row={keys[0]}&row={keys[2]}")
    assert [row[1] for row in csv.reader(StringIO(answer.html, newline=""))][1:] == ["127073", "127070"]


def test_formulas_in_rows_stay_text(cast: Cast, customer: Visitor) -> None:
    publish(cast.ours.import_scope, [an_account([a_row("=1+1", total=5, description="@SUM(A1)")])])
    answer = customer.get("/transactions.csv")
    assert "'=1+1,Invoice,'@SUM(A1)" in answer.html


def test_a_workbook_goes_by_way_of_the_store(cast: Cast, customer: Visitor, aws: World) -> None:
    publish(cast.ours.import_scope, [an_account(ROWS)])
    sheet = load_workbook(BytesIO(fetched(aws, customer.get("/transactions.xlsx")))).active
    assert sheet is not None
    assert sheet.max_row == 7
    assert sheet.cell(2, 8).data_type == "n"


def fetched(aws: World, answer: Page) -> bytes:
    assert (answer.status, "response-content-disposition=attachment" in answer.location) == (303, True)
    key = unquote(urlsplit(answer.location).path).split("/d/", 1)[1]
    found: bytes = aws.root("s3").get_object(Bucket=aws.settings.files_bucket, Key=f"d/{key}")["Body"].read()
    return found


def test_a_workbook_that_would_take_too_long_is_refused(account: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions_file, "MAX_WORKBOOK_ROWS", 5)
    answer = account.get("/transactions.xlsx")
    assert (answer.status, "Filter them first, or download the CSV." in spoken(answer)) == (422, True)
    assert account.get("/transactions.csv").status == 200


def test_downloads_before_the_first_figures_lead_home(customer: Visitor) -> None:
    assert customer.get("/transactions.csv").location == HOME


def test_nothing_of_another_dealer_shows(account: Visitor) -> None:
    for address in (HOME, f"{HOME}?status=all", "/transactions.csv?status=all"):
        assert b"CANARY" not in account.get(address).everything


def test_hostile_text_is_text(cast: Cast, customer: Visitor) -> None:
    hostile = "<script>alert(1)</script>\"'{{7*7}}"
    facts = a_facts(balance=5, name=hostile)
    publish(cast.ours.import_scope, [an_account([a_row(hostile[:40], total=5, description=hostile)], facts=facts)])
    for address in (HOME, f"{HOME}?q={hostile}&type={hostile}&sort={hostile}&age={hostile}&at={hostile}"):
        html = customer.get(address).html
        assert "<script>alert" not in html
        assert "49" not in re.sub(r"v=[0-9a-f]+", "", html) or "{{7*7}}" in html
