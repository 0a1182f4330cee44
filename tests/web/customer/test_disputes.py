"""A customer disputes an invoice, follows what becomes of it, withdraws and reopens it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app import app
from chalicelib import settings
from chalicelib.disputes import operations, queries, repo
from chalicelib.disputes.model import Action, Decision, Dispute
from chalicelib.documents import model as documents
from chalicelib.documents.model import InvoiceLine, LineType
from chalicelib.http import cookies
from chalicelib.identity import rate_limits
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.ledger.row import Row
from chalicelib.store import blobs
from chalicelib.web.customer import disputes as pages
from tests.customers.accounts import account as directory_entry
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.cast import Cast, LogIn
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.web.client import Page, Visitor
from tests.web.customer.barlow import ROWS, spoken

HOME = "/disputes"
NEW = "/disputes/new"
FIELDS = {"reason": "goods", "part": "amount", "message": "One hose came, two are on the invoice."}


def of(*references: str) -> str:
    """The form for these invoices."""
    return f"{NEW}?" + "&".join(f"row={row(reference)}" for reference in references)


def row(reference: str) -> str:
    """An invoice in a form field."""
    return f"invoice:{link_part(reference)}"


def amount(reference: str, typed: str) -> dict[str, str]:
    """What of an invoice is disputed."""
    return {f"amount-{row(reference)}": typed}


@pytest.fixture
def account(cast: Cast, customer: Visitor) -> Visitor:
    publish(cast.ours.import_scope, [an_account(ROWS)])
    return customer


def send(visitor: Visitor, *references: str, **fields: Any) -> Page:
    chosen = references or ("127072",)
    visitor.get(of(*chosen))
    return visitor.submit(NEW, **{**FIELDS, **amount(chosen[0], "3.00"), **fields})


def the_dispute(cast: Cast) -> Dispute:
    (found,) = queries.own_disputes(cast.ours.customer.customer_scope, "1200")
    return found


def decided(cast: Cast, now: datetime, ids: Ids, *decisions: Decision) -> None:
    for decision in decisions:
        found = the_dispute(cast)
        operations.decide(
            cast.ours.user.staff_scope,
            ref="1200",
            dispute_id=found.dispute_id,
            version=found.version,
            decision=decision,
            now=now,
            ids=ids,
        )


def test_from_the_invoice_to_the_page_of_the_dispute_and_back(account: Visitor, cast: Cast) -> None:
    page = account.get(f"/invoices/{link_part('1200')}/invoice/{link_part('126950')}")
    page = account.get(page.links["Dispute this"])
    words = spoken(page)
    assert "Dispute invoice 126950 Say what is wrong. Moorbeck Machinery is notified at once and answers here." in words
    assert "All that is outstanding £93.50" in words
    answer = account.submit(NEW, **FIELDS, **amount("126950", "46.15"))
    found = the_dispute(cast)
    assert (answer.status, answer.location) == (303, f"{HOME}/{found.dispute_id}")
    assert (found.amount, found.reason, found.raised_by) == (4615, "goods", cast.ours.customer.email)
    words = spoken(account.follow())
    for text in (
        "Dispute over invoice 126950 Raised Today 10:00",
        "Raised Today 10:00 Acknowledged Under review Decided Credited, or rejected with a reason",
        "In dispute £46.15 It stays in your balance until it is decided",
        "Not in dispute £47.35 Still to be paid",
        "You Raised Today 10:00 One hose came, two are on the invoice.",
        "£46.15 of £93.50",
        "Raised here.",
    ):
        assert text in words
    page = account.get(f"/invoices/{link_part('1200')}/invoice/{link_part('126950')}")
    assert "£46.15 of it is in dispute. See the dispute" in spoken(page)
    assert "Dispute this" not in page.text
    assert page.links["See the dispute"] == f"{HOME}/{found.dispute_id}"
    assert account.get(of("126950")).location == f"{HOME}/{found.dispute_id}"
    assert "Dispute over invoice 126950 Goods are missing or wrong, Today 10:00 Raised £46.15" in spoken(
        account.get(HOME)
    )


def test_the_list_says_where_a_row_is_in_dispute(account: Visitor, cast: Cast) -> None:
    send(account, "126884")  # which the dealer's system marks
    send(account, "127072")
    page = account.get("/transactions")
    words = spoken(page)
    assert "Disputed, raised here, and in the system of Moorbeck Machinery" in words
    assert "Disputed, raised here £3.98" in words
    assert page.html.count("bi-building") == 1
    assert "1 disputed" in words, "of what is overdue"
    account.get(f"{HOME}/{queries.own_disputes(cast.ours.customer.customer_scope, '1200')[1].dispute_id}")
    assert account.page
    assert "Also marked in dispute in the system of Moorbeck Machinery." in account.page.text


def test_a_second_click_raises_no_second_dispute(account: Visitor, cast: Cast) -> None:
    account.get(of("127072"))
    assert account.page
    sent = {**account.page.form(NEW).fields, **FIELDS, **amount("127072", "3")}
    first, second = account.post(NEW, sent), account.post(NEW, sent)
    assert first.location == second.location == f"{HOME}/{the_dispute(cast).dispute_id}"


def test_bad_input_is_said_at_its_field_and_what_was_typed_is_kept(account: Visitor) -> None:
    answer = send(account, reason="", message="", **amount("127072", "2,5x"))
    assert answer.status == 422
    for words in (
        "There are 3 problems",
        "Choose what it is about",
        "Enter an amount above 0, and not above what is outstanding",
        "Say what is wrong, in 1 to 2000 characters",
    ):
        assert words in answer.text
    assert 'value="2,5x"' in answer.html
    assert f'href="#amount-{row("127072")}"' in answer.html
    assert send(account, message="kept <b>").html.count("kept &lt;b&gt;") == 0  # sent
    answer = send(account, "127070", **amount("127070", "7.71"), message="kept <b>")
    assert (answer.status, answer.html.count("kept &lt;b&gt;")) == (422, 1)


def test_several_from_the_list_are_one_dispute(account: Visitor, cast: Cast) -> None:
    words = spoken(account.get(of("127070", "127073", "126828", "no such")))
    assert "Dispute 2 transactions" in words
    assert "Nothing is outstanding on 2 of the transactions that you chose. They are left out." in words
    answer = account.submit(
        NEW, **FIELDS, row=[row("127070"), row("127073")], **amount("127070", "46.15"), **amount("127073", "25.78")
    )
    assert answer.status == 422, "more than is outstanding on the first"
    answer = account.submit(
        NEW, **FIELDS, row=[row("127070"), row("127073")], **amount("127070", "7.70"), **amount("127073", "1")
    )
    assert answer.status == 303
    assert (the_dispute(cast).references, the_dispute(cast).amount) == ("127070, 127073", 870)
    words = spoken(account.follow())
    assert "Dispute over 2 transactions" in words
    assert "Not in dispute £24.78" in words


def test_what_is_settled_meanwhile_is_said_and_moves_no_amount_to_the_next_row(account: Visitor, cast: Cast) -> None:
    account.get(of("127070", "127073"))
    paid = [one._replace(outstanding=0) if one.transaction_id == "127070" else one for one in ROWS]
    publish(cast.ours.import_scope, [an_account(paid, run=2)], run=2)
    chosen = [row("127070"), row("127073")]
    answer = account.submit(NEW, **FIELDS, row=chosen, **amount("127070", "7.70"), **amount("127073", "1.00"))
    words = spoken(answer)
    assert answer.status == 422
    assert "Nothing is outstanding on 1 of the transactions that you chose. It is left out." in words
    assert "Dispute invoice 127073" in words
    assert 'value="1.00"' in answer.html
    assert queries.own_disputes(cast.ours.customer.customer_scope, "1200") == []
    assert account.submit(NEW, **FIELDS).status == 303
    assert (the_dispute(cast).references, the_dispute(cast).amount) == ("127073", 100)


def test_without_a_row_that_is_owed_it_leads_back_to_the_list(account: Visitor) -> None:
    for address in (NEW, of("126828"), f"{NEW}?row=invoice:%00", f"{NEW}?row=x"):
        assert (account.get(address).status, account.get(address).location) == (303, "/transactions")
    account.get(of("127072"))
    assert account.submit(NEW, **FIELDS, row="x").location == "/transactions"
    assert account.get(of(*(str(n) for n in range(41)))).status == 422


def test_older_ones_are_on_the_next_page(account: Visitor, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for reference in ("127070", "127072", "127073"):
        send(account, reference, **amount(reference, "1.00"))
    *newest, oldest = (one.references for one in queries.own_disputes(cast.ours.customer.customer_scope, "1200"))
    monkeypatch.setattr(repo, "MAX_READ", 2)
    first = account.get(HOME)
    assert [reference in first.text for reference in (*newest, oldest)] == [True, True, False]
    second = account.get(first.links["Older"])
    assert [reference in second.text for reference in (*newest, oldest)] == [False, False, True]
    assert "Older" not in second.links
    assert second.links["Newest"] == HOME
    assert len(queries.own_disputes(cast.ours.customer.customer_scope, "1200")) == 2


LINES = [
    InvoiceLine(
        line_no=1,
        line_type=LineType.GOODS,
        part_no="HY-20417",
        description="Hose",
        net_amount=100,
        vat_rate=Decimal(20),
    ),
    InvoiceLine(line_no=2, line_type=LineType.GOODS, part_no="HY-11800", net_amount=150, vat_amount=31),
    InvoiceLine(line_no=3, line_type=LineType.TEXT, description="Thank you"),
]


@pytest.fixture
def with_lines(cast: Cast, customer: Visitor) -> Visitor:
    data = documents.encode_lines(LINES)
    scope = cast.ours.import_scope
    blobs.put(scope, settings.load().files_bucket, documents.lines_name(run=1, part=0), data, "application/jsonl")
    invoice: Row = ROWS[1]._replace(lines=[1, 0, 0, len(data)])
    publish(scope, [an_account([invoice])])
    return customer


def test_chosen_lines_make_the_amount_with_vat(with_lines: Visitor, cast: Cast) -> None:
    words = spoken(with_lines.get(of("127072")))
    assert "HY-20417 Hose £1.20" in words
    assert "Thank you" not in words
    answer = with_lines.submit(NEW, **{**FIELDS, "part": "lines"})
    assert (answer.status, "Choose at least one line" in answer.text) == (422, True)
    assert with_lines.submit(NEW, **{**FIELDS, "part": "lines"}, line=["1", "2", "99"]).status == 303
    found = the_dispute(cast)
    assert (found.amount, [line.part_no for line in found.rows[0].lines]) == (301, ["HY-20417", "HY-11800"])
    assert "HY-20417 Hose" in spoken(with_lines.follow())


def test_its_customer_reads_answers_and_withdraws_and_reopens(
    account: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    send(account)
    here = f"{HOME}/{the_dispute(cast).dispute_id}"
    decided(cast, now, ids, Decision(Action.ACKNOWLEDGE, "We are looking."), Decision(Action.REVIEW))
    words = spoken(account.get(here))
    assert "Moorbeck Machinery Acknowledged Today 10:00 We are looking." in words
    assert cast.ours.user.email not in words
    assert account.submit(f"{here}/withdraw").location == here
    words = spoken(account.get(here))
    assert "You Withdrawn Today 10:00" in words
    answer = account.submit(f"{here}/reopen", text=" ")
    assert (answer.status, "Say why you reopen it." in answer.text) == (422, True)
    assert account.submit(f"{here}/reopen", text="It came without its fittings").status == 303
    words = spoken(account.get(here))
    assert "Reopened Today 10:00 It came without its fittings" in words
    assert "Reopen dispute" not in words
    account.submit(f"{here}/withdraw")
    assert "Reopen dispute" not in account.get(here).text, "once"


def test_what_was_decided_meanwhile_is_said(account: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    send(account)
    here = f"{HOME}/{the_dispute(cast).dispute_id}"
    account.get(here)
    decided(cast, now, ids, Decision(Action.ACKNOWLEDGE), Decision(Action.REVIEW), Decision(Action.CREDIT, "", 250))
    assert account.submit(f"{here}/withdraw").status == 303
    assert cookies.FLASH in account.cookies
    words = spoken(account.follow())
    assert "Credited £2.50 A credit note follows with one of the next exports" in words
    assert "Credit: £2.50" in words
    account.get(here)
    publish(cast.ours.import_scope, [an_account(ROWS[:1], run=2)], run=2)
    answer = account.submit(f"{here}/reopen", text="Another <b>")
    assert (answer.status, "Nothing is outstanding any longer" in answer.text) == (422, True)
    assert "Another &lt;b&gt;</textarea>" in answer.html, "what was typed stays"
    assert the_dispute(cast).state == "resolved_credit"


def test_a_person_raises_so_many_a_day(account: Visitor, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "RAISED", rate_limits.Limit("dispute.person", 1, rate_limits.DAY))
    assert send(account).status == 303
    assert send(account, "127070").status == 429
    assert the_dispute(cast).references == "127072"


def test_others_do_not_find_it(account: Visitor, cast: Cast, log_in: LogIn) -> None:
    send(account)
    here = f"{HOME}/{the_dispute(cast).dispute_id}"
    account.cookies[cookies.SESSION] = log_in(cast.ours.other_customer).secret
    assert account.get(here).status == 404
    assert "No disputes" in spoken(account.get(HOME))
    assert account.get(of("127072")).status == 404, "no figures yet"


def test_reopening_ends_after_thirty_days(account: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    send(account)
    found = the_dispute(cast)
    scope = cast.ours.customer.customer_scope
    operations.withdraw(
        scope, ref="1200", dispute_id=found.dispute_id, now=now - timedelta(days=30, seconds=1), ids=ids
    )
    assert "Reopen dispute" not in account.get(f"{HOME}/{found.dispute_id}").text


def test_ticked_rows_of_the_list_are_disputed_at_once(account: Visitor) -> None:
    page = account.get("/transactions")
    assert 'formaction="/disputes/new"' in page.html
    rows = [row.partition('"')[0] for row in page.html.split('name="row" value="')[1:3]]
    assert "Dispute 2 transactions" in spoken(account.get(f"{NEW}?row={rows[0]}&row={rows[1]}"))


def test_until_an_export_has_it_an_agreed_credit_is_said_of_the_transaction(
    account: Visitor, log_in: LogIn, cast: Cast, now: datetime, ids: Ids
) -> None:
    publish_directory(cast.ours.import_scope, [directory_entry("1200", "Mr A L Barlow")])
    staff = Visitor(app)
    staff.cookies[cookies.SESSION] = log_in(cast.ours.user).secret
    send(account, "126950")
    page = f"/invoices/{link_part('1200')}/invoice/{link_part('126950')}"
    of_staff = f"/staff/accounts/{link_part('1200')}/transactions/invoice/{link_part('126950')}"
    shown = staff.get(of_staff)
    assert "£3.00 of it is in dispute." in spoken(shown)
    dispute = f"/staff/disputes/{link_part('1200')}/{the_dispute(cast).dispute_id}"
    assert shown.links["See the dispute"] == dispute
    assert staff.get(dispute).links["Invoice 126950"].startswith(of_staff)
    the_account = staff.get(f"/staff/accounts/{link_part('1200')}")
    assert "Disputes Dispute over invoice 126950 Goods are missing or wrong, Today 10:00 £3.00 Raised" in spoken(
        the_account
    )
    assert the_account.links["Dispute over invoice 126950"] == dispute
    decided(cast, now, ids, Decision(Action.ACKNOWLEDGE), Decision(Action.REVIEW), Decision(Action.CREDIT, "", 250))
    for who, where in ((account, page), (staff, of_staff)):
        assert "A credit of £2.50 was agreed on 5 Jun 2024." in spoken(who.get(where))
    account.get(f"{HOME}/{the_dispute(cast).dispute_id}")
    assert "agreed" not in spoken(account.get(f"/invoices/{link_part('1200')}/invoice/{link_part('127072')}"))
