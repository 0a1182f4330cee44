import csv
import re
from datetime import date
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from chalicelib.ccx.entity import Entity
from chalicelib.downloads.model import Download, DownloadFile, DownloadKind
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.ledger.allocations import Allocation
from chalicelib.ledger.entity import ALLOCATIONS
from chalicelib.ledger.model import DocumentEntry
from chalicelib.statements.entity import STATEMENTS
from chalicelib.statements.model import month_period
from chalicelib.statements.sent import SentStatement
from chalicelib.web import background_downloads
from chalicelib.web.customer.statement_page import MAX_LATER, MAX_LINES
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account, history, with_sheets
from tests.ledger.published import NOW, publish, the_customer
from tests.ledger.rows import a_row
from tests.statements.made import made
from tests.web.client import Page, Visitor
from tests.web.customer.barlow import BALANCE, ROWS, references, spoken

HOME = "/statements"
MAY = "period=2024-05"


@pytest.fixture
def account(cast: Cast, customer: Visitor) -> Visitor:
    publish(cast.ours.import_scope, [an_account(ROWS)])
    publish(cast.rival.import_scope, [an_account([a_row("CANARY", total=1, description="CANARY")])])
    return customer


def test_the_last_whole_month_with_what_came_before_and_since(account: Visitor) -> None:
    page = account.get(HOME)
    words = spoken(page)
    assert page.status == 200
    assert "Statement, May 2024" in words
    assert references(page) == ["126884", "C20417", "127070", "127072", "127073"]
    assert "Opening balance £93.50" in words
    assert "Closing balance £164.30 −£48.20 £209.60" in words
    assert "Balance today £247.06" in words
    assert BALANCE == 24706
    assert "CANARY" not in page.html


def test_what_is_chosen_is_the_address(account: Visitor) -> None:
    page = account.get(f"{HOME}?period=own&from=2024-04-01&to=2024-04-30&asked=1&style=open_item&with=ageing")
    assert references(page)[0] == "126950"
    assert re.search(r'<option value="open_item" selected>', page.html)
    assert re.search(r'value="payments" id="with-payments">', page.html)
    assert 'name="from" type="date" value="2024-04-01"' in page.html
    assert (
        "/statements.pdf?period=own&amp;from=2024-04-01&amp;to=2024-04-30&amp;style=open_item&amp;asked=1&amp;with=ageing"
        in page.html
    )


def test_a_wrong_day_is_named_at_its_field_and_kept(account: Visitor) -> None:
    page = account.get(f"{HOME}?period=own&from=2024-05-31&to=2024-05-01")
    assert page.status == 422
    assert "The first day must not be after the last" in page.html
    assert 'name="from" type="date" value="2024-05-31" aria-invalid="true"' in page.html
    assert (
        account.get(f"{HOME}.csv?period=own&from=x&to=2024-05-01").location == f"{HOME}?period=own&from=x&to=2024-05-01"
    )


def test_pdf_csv_and_workbook(account: Visitor, aws: World) -> None:
    found = account.get(f"{HOME}.csv?{MAY}")
    assert 'filename="statement-1200-2024-05.csv"' in found.headers["content-disposition"]
    lines = list(csv.reader(StringIO(found.html.lstrip("\ufeff"))))
    assert lines[0][:7] == ["Date", "Type", "Reference", "Description", "Debit", "Credit", "Balance"]
    assert [line[6] for line in lines[1:]] == ["93.50", "257.80", "209.60", "209.60"]
    sheet = load_workbook(BytesIO(_stored(account.get(f"{HOME}.xlsx?{MAY}"), aws))).active
    assert sheet is not None
    assert sheet["G5"].value == pytest.approx(209.6)
    (page,) = PdfReader(BytesIO(_stored(account.get(f"{HOME}.pdf?{MAY}"), aws))).pages
    text = " ".join(page.extract_text().split())
    assert "Statement, May 2024" in text
    assert "Closing balance £164.30 –£48.20 £209.60" in text
    assert "Remittance slip" in text


def _stored(page: Page, aws: World) -> bytes:
    """The file behind a presigned link."""
    assert page.status == 303, page.html
    name = unquote(page.location.partition("/d/")[2].partition("?")[0])
    content: bytes = aws.root("s3").get_object(Bucket=aws.settings.files_bucket, Key=f"d/{name}")["Body"].read()
    return content


def test_a_long_statement_is_cut_on_its_page_and_its_pdf_is_made_in_the_background(
    cast: Cast, customer: Visitor
) -> None:
    publish(cast.ours.import_scope, [an_account(history(900, per_day=30))])
    address = "period=own&from=2024-03-01&to=2024-06-05"
    page = customer.get(f"{HOME}?{address}")
    assert "This is a long statement" in spoken(page)
    assert "Closing balance" in spoken(page)
    assert 400 < page.html.count("<tr") < MAX_LINES + MAX_LATER + 20
    asked = customer.get(f"{HOME}.pdf?{address}")
    waiting = customer.get(asked.location)
    assert "Download" in spoken(waiting)
    scope = the_customer(cast.ours.import_scope)
    download = Download(
        download_id="x",
        address=f"{HOME}.pdf?{address}",
        snapshot_ref="",
        account_refs=("1200",),
        file_name="x",
        kind=DownloadKind.PDF,
        asked_at=NOW,
    )
    file, out = background_downloads.produce(scope, download), BytesIO()
    assert isinstance(file, DownloadFile)
    assert (file.write(out), file.is_large, file.restarted) == ((), True, True)
    assert len(PdfReader(out).pages) > 20


def test_a_month_that_was_made_is_shown_as_it_was_made(account: Visitor, cast: Cast, ids: Ids) -> None:
    scope = cast.ours.import_scope
    assert made(cast.ours, month_period(date(2024, 4, 1)), NOW, ids)
    late = a_row("126700", total=1000, on="2024-04-20", description="Forgotten")
    publish(scope, [an_account([*ROWS, late], run=2)], run=2)
    assert made(cast.ours, month_period(date(2024, 5, 1)), NOW, ids)
    april, may = account.get(f"{HOME}?period=2024-04"), account.get(HOME)
    assert "126700" not in april.html
    assert "Made on 5 Jun 2024 10:00." in spoken(april)
    assert "Since 30 Apr £163.56 Balance today £257.06" in spoken(april), "May's and June's are on it"
    assert "Not yet on a statement" not in spoken(april)
    assert references(may)[0] == "126700"
    assert "Entered late" in spoken(may)
    assert "Opening balance £93.50" in spoken(may)
    assert "Closing balance £174.30 −£48.20 £219.60" in spoken(may)
    assert [part in may.html for part in ("/statements?period=2024-04", "/statements?period=2024-05")] == [True, True]
    assert "Forgotten (entered late)" in account.get(f"{HOME}.csv?{MAY}").html
    assert "126700" in account.get(f"{HOME}?period=own&from=2024-04-01&to=2024-04-30").html


def test_what_was_paid_and_statements_of_the_dealers_own_system(account: Visitor, cast: Cast) -> None:
    """The dealer's own are named as such; a PDF that is hidden, or of another account, is not found."""
    receipt = a_row("R9", total=-900, on="2024-06-04", type="payment", outstanding=0, description="Bank transfer")
    paid = [ROWS[0]._replace(total=1670), *ROWS[1:], receipt]
    pdfs = [DocumentEntry("st5", 1, "statement"), DocumentEntry("st4", 1, "statement", visible=False)]
    sent = [
        SentStatement("S4", "2024-04-30", 9350, "2024-04-01", document_id="st4"),
        SentStatement("S5", "2024-05-31", 20960, "2024-05-01", document_id="st5"),
        SentStatement("S0", "2019-12-31", -5),
    ]
    sheets: dict[Entity[Any], list[Any]] = {
        STATEMENTS: sent,
        ALLOCATIONS: [Allocation("R9", "127070", 900, "2024-06-04")],
    }
    made = with_sheets(cast.ours.import_scope, an_account(paid, run=2, documents=pdfs), sheets)
    publish(cast.ours.import_scope, [made], run=2)
    words = spoken(account.get(HOME))
    assert "Statements from Moorbeck Machinery" in words
    assert "May 2024 PDF £209.60 April 2024 £93.50 To 31 Dec 2019 −£0.05" in words
    assert "Bank transfer, for 127070" in words
    link = account.get(f"{HOME}/sent/{link_part('S5')}/pdf")
    assert link.status == 303
    assert "/documents/1/1200/st5.pdf" in unquote(link.location)
    assert [account.get(f"{HOME}/sent/{link_part(name)}/pdf").status for name in ("S4", "S0", "S9")] == [404] * 3
    invoice, payment = (
        spoken(account.get(f"/invoices/{link_part('1200')}/{key}"))
        for key in (
            f"invoice/{link_part('127070')}?on=2024-06-05",
            f"payment/{link_part('R9')}?on=2024-06-04",
        )
    )
    assert "Paid by Transaction Amount Payment R9 4 Jun 2024 £9.00 Total £9.00" in invoice
    assert "What it paid Transaction Amount Invoice 127070 4 Jun 2024 £9.00 Total £9.00" in payment
    assert "does not add up" not in invoice + payment


def test_what_does_not_add_up_says_so(account: Visitor, cast: Cast) -> None:
    receipt = a_row("R9", total=-900, on="2024-06-04", type="payment", outstanding=0)
    sheets = {ALLOCATIONS: [Allocation("R9", "126884", 400, "2024-06-04")]}
    made = with_sheets(cast.ours.import_scope, an_account([*ROWS, receipt], run=2), sheets)
    publish(cast.ours.import_scope, [made], run=2)
    page = account.get(f"/invoices/{link_part('1200')}/payment/{link_part('R9')}?on=2024-06-04")
    assert "This does not add up to the £9.00 that Moorbeck Machinery has booked." in spoken(page)


def test_no_figures_yet(customer: Visitor) -> None:
    page = customer.get(HOME)
    assert page.status == 200
    assert "/statements" in page.html
    assert customer.get(f"{HOME}.pdf").location == HOME


def test_a_payment_of_many_invoices_names_five_of_them(account: Visitor, cast: Cast) -> None:
    numbers = [str(number) for number in range(127101, 127108)]
    invoices = [a_row(number, total=100, on="2024-06-03", outstanding=0) for number in numbers]
    receipt = a_row("R9", total=-700, on="2024-06-04", type="payment", outstanding=0, description="Bank transfer")
    paid = {ALLOCATIONS: [Allocation("R9", number, 100, "2024-06-04") for number in numbers]}
    made = with_sheets(cast.ours.import_scope, an_account([*ROWS, *invoices, receipt], run=2), paid)
    publish(cast.ours.import_scope, [made], run=2)
    assert "Bank transfer, for 127101, 127102, 127103, 127104, 127105 and 2 more" in spoken(account.get(HOME))
