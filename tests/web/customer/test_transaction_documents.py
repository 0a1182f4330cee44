"""Documents of many transactions, from the list to the files."""

from io import BytesIO
from urllib.parse import parse_qsl, urlencode
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from chalicelib.downloads import limits
from chalicelib.http import cookies
from chalicelib.identity.rate_limits import Limit
from chalicelib.kernel.keys import link_part
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.rendering.test_merged_pdf import of_pages
from tests.web.background import fetched, work
from tests.web.client import Page, Visitor
from tests.web.customer.barlow import spoken
from tests.web.customer.test_invoices import FACTS, LINES, with_lines
from tests.web.test_transaction_volumes import A5, bookmarks, invoice, store

PAYMENT = f"payment:{link_part('paid')}"
PAID = {"outstanding": 0, "settled_date": "2024-06-01", "settled_reason": "paid"}


@pytest.fixture
def account(cast: Cast, customer: Visitor) -> Visitor:
    drawn = with_lines(cast, a_row("drawn", total=770), LINES)
    rows = [invoice(1), invoice(2, **PAID), a_row("paid", total=-5, type="payment"), drawn]
    publish(cast.ours.import_scope, [an_account([*rows, a_row("soon", total=1, document_id="soon")], facts=FACTS)])
    store(cast, 1, of_pages(A5))
    store(cast, 2, of_pages(A5))
    return customer


def prepared(account: Visitor, query: str, kind: str) -> str:
    account.get(f"/transactions/documents?{query}")
    ticked = [value for name, value in parse_qsl(query) if name == "row"]
    return account.submit("/transactions/documents", kind=kind, row=ticked).location


def names(aws: World, account: Visitor, page: Page) -> list[str]:
    with ZipFile(BytesIO(fetched(aws, account, link(page)))) as archive:
        return archive.namelist()


def link(page: Page) -> str:
    return next(address for address in page.links.values() if "/file" in address)


def test_all_that_is_filtered_is_chosen_prepared_and_fetched(account: Visitor, aws: World) -> None:
    page = account.get("/transactions?type=invoice&status=all")
    where = next(address for text, address in page.links.items() if text.startswith("Documents of these"))
    assert where.startswith("/transactions/documents?")
    said = spoken(account.get(where))
    assert (
        "4 transactions are in the list. 3 documents are here. 1 has not arrived yet and is listed in the download."
        in said
    )
    asked = account.submit("/transactions/documents", kind="zip")
    waiting = account.get(asked.location)
    assert "0 of 4 documents" in spoken(waiting)
    assert f'hx-get="{asked.location}" hx-trigger="every 2s"' in waiting.html
    assert '<noscript><meta http-equiv="refresh"' in waiting.html
    assert account.get(f"{asked.location}/file").status == 404
    work(aws)
    ready = account.get(asked.location)
    assert "Your file is ready 3 documents. It is kept for a day." in spoken(ready)
    assert "1 document is not in it" in ready.text
    assert "Invoice soon: The PDF has not arrived yet" in ready.text
    assert set(names(aws, account, ready)) == {
        "Invoice-121.pdf", "Invoice-122.pdf", "Invoice-drawn.pdf", "Not in this ZIP.txt",
    }  # fmt: skip
    assert account.call("HEAD", f"{asked.location}/file").status == 200
    assert account.get(f"{asked.location}/file?volume=2").status == 404


def test_ticked_rows_become_one_pdf(account: Visitor, aws: World) -> None:
    assert 'formaction="/transactions/documents"' in account.get("/transactions").html
    query = urlencode([("row", f"invoice:{link_part(name)}") for name in ("121", "drawn", "none")])
    asked = prepared(account, query, "pdf")
    work(aws)
    reader = PdfReader(BytesIO(fetched(aws, account, link(account.get(asked)))))
    assert [name for name, _page in bookmarks(reader)] == ["Invoice drawn", "Invoice 121"]
    assert "TN-01167489-A" in reader.pages[0].extract_text()


def test_a_second_click_gives_the_same_and_another_choice_another(account: Visitor, aws: World) -> None:
    first = prepared(account, "status=all", "zip")
    assert prepared(account, "status=all", "zip") == first
    work(aws)
    assert prepared(account, "status=all&sort=reference", "zip") != first
    work(aws)
    assert prepared(account, "status=all", "zip") == first


def test_one_who_waits_is_told_so_and_too_many_are_too_many(
    account: Visitor, aws: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(account, "status=all", "zip")
    account.get("/transactions/documents")
    assert account.submit("/transactions/documents", kind="zip").status == 429
    work(aws)
    monkeypatch.setattr(limits, "MANY_PERSON", Limit("download.many.person", 1, 86_400))
    account.get("/transactions/documents")
    assert account.submit("/transactions/documents", kind="zip").status == 429


def test_what_cannot_be_prepared_says_so(account: Visitor) -> None:
    page = account.get(f"/transactions/documents?{urlencode({'row': PAYMENT})}")
    assert "You chose 1 transaction." in spoken(page)
    assert "None of these transactions has a document." in page.text
    account.get("/transactions/documents")
    refused = account.submit("/transactions/documents", kind="exe")
    assert (refused.status, "Choose what you want to get" in refused.text) == (422, True)
    account.get("/transactions/documents")
    answer = account.submit("/transactions/documents", kind="zip", row=PAYMENT)
    assert (answer.location, "None of these" in account.follow().text) == ("/transactions", True)


def test_it_is_of_who_asked_alone_and_of_their_account(account: Visitor, cast: Cast, aws: World, log_in: LogIn) -> None:
    asked = prepared(account, "status=all", "zip")
    work(aws)
    for other in (cast.ours.other_customer, cast.rival.customer):
        account.cookies[cookies.SESSION] = log_in(other).secret
        for tail in ("", "/file"):
            assert account.get(asked + tail).status == 404


def test_a_customer_without_figures_is_sent_to_the_list(customer: Visitor) -> None:
    assert customer.get("/transactions/documents").location == "/transactions"
