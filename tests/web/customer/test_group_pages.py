"""The people of a master account reach what its group has: statements, disputes, questions, documents."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from chalicelib.disputes import repo as disputes
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.messages import repo as messages
from chalicelib.messages import staff_operations as staff
from chalicelib.messages.queries import group_threads
from chalicelib.statements.model import month_period
from chalicelib.uploads.shared_queries import shown
from tests.fixtures.cast import Cast
from tests.ledger.groups import OF_GROUP, publish_group
from tests.statements.made import made
from tests.uploads.shared import SharedSending
from tests.web.client import Page, Visitor
from tests.web.customer.barlow import spoken

STATEMENTS = "/statements"


def options(page: Page, name: str) -> list[str]:
    """The values that a choice offers."""
    select = re.search(rf'<select[^>]* name="{name}">(.*?)</select>', page.html, re.DOTALL)
    return re.findall(r'<option value="([^"]*)"', select[1]) if select else []


@pytest.fixture
def master(cast: Cast, customer: Visitor) -> Visitor:
    """Mr Barlow's account 1200 is the master of 5001 and 5002, and of 5004, which lets nobody in; 5003 is nobody's."""
    of = {"1200": OF_GROUP["5000"], **dict.fromkeys(("5001", "5003", "5004"), OF_GROUP["5001"])}
    of["5002"] = OF_GROUP["5002"]
    shut = {"5004": {"portal_eligible": False}}
    publish_group(cast.ours.import_scope, of, master="1200", others=["5003"], facts=shut)
    return customer


def test_b23_a_statement_of_any_account_of_the_group_is_chosen(master: Visitor) -> None:
    own = master.get(STATEMENTS)
    assert options(own, "account") == ["1200", "5001", "5002"]
    page = master.get(f"{STATEMENTS}?account=5001&period=2024-04")
    words = spoken(page)
    assert "Farm 5001, account 5001" in words
    assert "What is owed today" in words
    assert "£40.50" in words
    assert page.links["See its transactions"] == "/account-group?account=5001"
    assert "How this is calculated" not in page.links
    for kind in ("pdf", "csv", "xlsx"):
        link = re.search(rf'href="(/statements\.{kind}\?[^"]*)"', page.html)
        assert link
        assert "account=5001" in link[1]
        assert master.get(link[1].replace("&amp;", "&")).status in {200, 303}
    form = master.get(page.links["Forward"])
    assert form.status == 200
    assert any(one.action.startswith(f"{STATEMENTS}/send-on?account=5001") for one in form.forms)
    assert ",5001," in master.get("/statements.csv?account=5001&period=2024-04").text
    assert ",1200," in master.get("/statements.csv?account=1200&period=2024-04").text


def test_b23_the_archive_of_an_account_of_the_group(cast: Cast, ids: Ids, now: datetime, master: Visitor) -> None:
    assert made(cast.ours, month_period(date(2024, 5, 1)), now, ids, ref="5001")
    page = master.get(f"{STATEMENTS}?account=5001")
    assert page.links["May 2024"].replace("&amp;", "&") == f"{STATEMENTS}?account=5001&period=2024-05"
    assert "£40.50" in spoken(master.get(f"{STATEMENTS}?account=5001&period=2024-05"))
    assert "Past statements" not in spoken(master.get(STATEMENTS))


@pytest.fixture
def member(cast: Cast, customer: Visitor) -> Visitor:
    """Mr Barlow's account 1200 is one of the accounts that 5000 is the master of, beside 5002."""
    of = {"5000": OF_GROUP["5000"], "1200": OF_GROUP["5001"], "5002": OF_GROUP["5002"]}
    publish_group(cast.ours.import_scope, of)
    return customer


@pytest.mark.parametrize("ref", ["5000", "5002"])
@pytest.mark.parametrize("path", [STATEMENTS, f"{STATEMENTS}.pdf", f"{STATEMENTS}.xlsx", f"{STATEMENTS}/send-on"])
def test_an_account_of_the_group_reaches_its_own_alone(member: Visitor, path: str, ref: str) -> None:
    assert member.get(f"{path}?account={ref}").status == 404
    assert options(member.get(STATEMENTS), "account") == []


@pytest.mark.parametrize("ref", ["5003", "5004", "nobody", "~1"])
@pytest.mark.parametrize("path", [STATEMENTS, f"{STATEMENTS}.pdf", f"{STATEMENTS}.csv", f"{STATEMENTS}/sent/x/pdf"])
def test_of_other_accounts_and_those_that_let_nobody_in_nothing_is_found(master: Visitor, path: str, ref: str) -> None:
    assert master.get(f"{path}?account={ref}").status == 404


INVOICE = f"/invoices/{link_part('5001')}/invoice/{link_part('S1')}"


def asked(visitor: Visitor) -> str:
    """The address of a conversation about the invoice of 5001."""
    visitor.get(f"{INVOICE}/ask?on=2024-04-17")
    answer = visitor.submit(f"{INVOICE}/ask", text="Which hose is that?")
    assert answer.status == 303
    return answer.location


def test_b23_a_question_about_an_invoice_of_the_group_is_in_that_accounts_conversations(
    cast: Cast, master: Visitor
) -> None:
    here = asked(master)
    page = master.get(here)
    assert "Farm 5001, 5001" in spoken(page)
    assert page.links["Invoice S1"].startswith(INVOICE)
    assert master.submit(here, text="The blue one?").status == 303
    assert "The blue one?" in spoken(master.get(here))
    assert [one.account_ref for one in messages.threads(cast.ours.scope, "5001")] == ["5001"]
    assert messages.threads(cast.ours.scope, "1200") == []
    listed = master.get("/messages")
    assert "Account 5001, Farm 5001" in spoken(listed)
    assert options(listed, "account") == ["", "1200", "5001", "5002"]
    assert here in master.get("/messages?account=5001").links.values()
    assert here not in master.get("/messages?account=5002").links.values()
    master.get(here)
    assert master.submit(f"{here}/close").status == 303


def test_b23_what_of_a_conversation_is_new_is_each_persons_own(
    cast: Cast, ids: Ids, now: datetime, master: Visitor
) -> None:
    here = asked(master)
    thread = messages.threads(cast.ours.scope, "5001")[0]
    staff.answer(
        cast.ours.admin.staff_scope,
        ref="5001",
        thread_id=thread.thread_id,
        text="The long one.",
        seen=thread.shown_id,
        now=now,
        ids=ids,
    )
    scope = CustomerScope(cast.ours.dealer.dealer_id, "another", frozenset({"1200", "5001"}), account_ref="1200")
    own = replace(scope, person_id=cast.ours.customer.person_id)
    assert [group_threads(one, ["1200", "5001"]).threads[0].unread for one in (own, scope)] == [True, True]
    assert "The long one." in spoken(master.get(here))
    assert [group_threads(one, ["1200", "5001"]).threads[0].unread for one in (own, scope)] == [False, True]


def raised(visitor: Visitor) -> str:
    """The address of a dispute over the invoice of 5001."""
    form = visitor.get(visitor.get(f"{INVOICE}?on=2024-04-17").links["Dispute this"])
    assert "Account 5001, Farm 5001" in spoken(form)
    answer = visitor.submit("/disputes/new", reason="price", part="whole", message="Too much")
    assert answer.status == 303
    return answer.location


def test_b23_an_invoice_of_the_group_is_disputed_withdrawn_and_reopened(cast: Cast, master: Visitor) -> None:
    here = raised(master)
    page = master.get(here)
    assert "Account 5001, Farm 5001" in spoken(page)
    assert "£40.50" in spoken(page)
    assert [one.account_ref for one in disputes.open_disputes(cast.ours.scope, "5001")] == ["5001"]
    invoice = master.get(f"{INVOICE}?on=2024-04-17")
    assert "£40.50 of it is in dispute." in spoken(invoice)
    assert "Farm 5001, account 5001" in spoken(invoice)
    assert invoice.links["All accounts"] == "/account-group?account=5001"
    listed = master.get("/disputes")
    assert "Account 5001, Farm 5001" in spoken(listed)
    assert here in listed.links.values()
    assert here in master.get("/disputes?account=5001").links.values()
    assert here not in master.get("/disputes?account=1200").links.values()
    master.get(here)
    assert master.submit(f"{here}/withdraw").status == 303
    assert disputes.open_disputes(cast.ours.scope, "5001") == []
    master.get(here)
    assert master.submit(f"{here}/reopen", text="It is still wrong").status == 303
    assert len(disputes.open_disputes(cast.ours.scope, "5001")) == 1


@pytest.mark.parametrize("of", [asked, raised])
def test_what_is_of_an_account_that_lets_nobody_in_any_more_is_not_found(
    cast: Cast, master: Visitor, of: Callable[[Visitor], str]
) -> None:
    here = of(master)
    assert master.get(here).status == 200
    rows = {"1200": OF_GROUP["5000"], "5001": OF_GROUP["5001"]}
    publish_group(cast.ours.import_scope, rows, master="1200", run=2, facts={"5001": {"portal_eligible": False}})
    assert master.get(here).status == 404
    assert "5001" not in spoken(master.get(here.rpartition("/")[0]))


def test_b23_what_the_dealer_shares_on_an_account_of_the_group(
    cast: Cast, ids: Ids, now: datetime, master: Visitor
) -> None:
    for ref, title in (("1200", "Own"), ("5001", "Warranty"), ("5003", "Nobody's"), ("5004", "Shut")):
        SharedSending(cast.ours, now, ids, title=title, visible=True, account_ref=ref).accepted()
    page = master.get("/documents")
    assert "Account 5001, Farm 5001" in spoken(page)
    assert options(page, "account") == ["", "1200", "5001", "5002"]
    assert {"Own", "Warranty"} <= set(page.links)
    assert {"Nobody's", "Shut"}.isdisjoint(page.links)
    file = page.links["Warranty"]
    assert "Own" not in master.get("/documents?account=5001").links
    assert master.get(file).status == 303
    (found,) = shown(cast.ours.scope, "5001", era="")
    assert found.opened.keys() == {cast.ours.customer.person_id}
    ticked = "&".join(
        f"document={one.partition('/shared-documents/')[2].partition('/')[0]}" for one in (file, page.links["Own"])
    )
    assert master.get(f"/shared-documents.zip?{ticked}").status == 303
    assert master.get("/documents?account=5003").status == 404
