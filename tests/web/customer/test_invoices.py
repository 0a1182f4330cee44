import csv
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from html import unescape
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from pypdf import PdfReader

from chalicelib.dealers.operations import set_logo
from chalicelib.documents.model import InvoiceLine, LineType, document_name, encode_lines, lines_name
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.ledger.row import Row
from chalicelib.store import blobs
from tests.fixtures.cast import Cast, Dealership
from tests.fixtures.worlds import World
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.pseudo_locale import pseudo_locale
from tests.rendering.pictures import a_png
from tests.web.client import Page, Visitor
from tests.web.customer.barlow import BALANCE, ROWS, spoken

LINES = [
    InvoiceLine(
        line_no=n,
        line_type=LineType.GOODS,
        part_no=part,
        description=text,
        quantity=Decimal("1.0000"),
        unit="Each",
        unit_price=price,
        net_amount=net,
        vat_rate=Decimal("20.00"),
        vat_amount=vat,
    )
    for n, part, text, price, net, vat in (
        (1, "TN-01167489-A", "Tensioner", Decimal("3.9200"), 392, 78),
        (2, "TN-01998745", "Spring", Decimal("2.5000"), 250, 50),
    )
]
FACTS = a_facts(balance=BALANCE, address_1="Postgate Farm", city="WHITBY", postcode="YO21 6ND")


def address(reference: str, kind: str = "invoice", ref: str = "1200", tail: str = "") -> str:
    return f"/invoices/{link_part(ref)}/{kind}/{link_part(reference)}{tail}"


def with_lines(cast: Cast, row: Row, lines: list[InvoiceLine]) -> Row:
    return with_lines_of(cast.ours, row, lines)


def with_lines_of(dealership: Dealership, row: Row, lines: list[InvoiceLine], *, part: int = 0) -> Row:
    data = encode_lines(lines)
    bucket = blobs_bucket()
    blobs.put(dealership.import_scope, bucket, lines_name(run=1, part=part), b"x" * 7 + data, "application/jsonl")
    return row._replace(document=None, document_id=None, lines=[1, part, 7, len(data)])


def blobs_bucket() -> str:
    from chalicelib import settings

    return settings.load().files_bucket


@pytest.fixture
def account(cast: Cast, customer: Visitor) -> Visitor:
    publish(cast.ours.import_scope, [an_account(ROWS, facts=FACTS)])
    publish(cast.rival.import_scope, [an_account(ROWS)])
    return customer


def stored(aws: World, answer: Page) -> bytes:
    key = unquote(urlsplit(answer.location).path).split("/d/", 1)[1]
    content: bytes = aws.root("s3").get_object(Bucket=aws.settings.files_bucket, Key=f"d/{key}")["Body"].read()
    return content


def drawn(aws: World, answer: Page) -> str:
    reader = PdfReader(BytesIO(stored(aws, answer)))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_page_of_an_invoice(account: Visitor) -> None:
    page = account.get("/transactions")
    page = account.get(page.links["127070"])
    for words in (
        "Invoice 127070",
        "Due 5 Jul 2024",
        "Outstanding £7.70",
        "£7.32 if paid by 6 Jun 2024. You save £0.38.",
        "Goods £6.42 V.A.T. £1.28 Total £7.70 Age Current Description General Parts Sale",
        "Advice no. 122588 Order no. SDA Depot 1 Rep code DG",
        "Invoiced by Moorbeck Machinery 5 Jun 2024",
        "Print",
        "Download",
    ):
        assert words in spoken(page), words
    assert "hourglass" not in page.html


def test_the_pdf_has_an_address_of_the_portal_that_signs_again(account: Visitor) -> None:
    page = account.get(f"{address('127070')}?list=q%3Dparts")
    viewer = account.get(page.links["Open the PDF"])
    assert viewer.path.startswith(f"{address('127070')}/view")
    assert f'data-document="{address("127070")}/pdf?on=2024-06-05"' in viewer.html
    back = account.get(viewer.links["Back to the details"])
    assert back.links["My Transactions"] == "/transactions"
    assert 'href="/transactions?q=parts"' in back.html
    assert account.get(f"{address('126950')}/view").status == 404


@pytest.mark.parametrize("htmx", [True, False])
def test_a_print_of_it_names_both_and_says_that_it_is_not_the_document(
    account: Visitor, cast: Cast, *, htmx: bool
) -> None:
    page = account.get(address("127070"), htmx=htmx)
    printed = unescape(page.html).partition('<div class="print-only">')[2].partition("</div>")[0]
    for words in (cast.ours.dealer.name, "Mr A L Barlow, account 1200", "This is not the document itself."):
        assert words in printed
    plain = account.get(address("C20417", "credit_note"), htmx=htmx).html
    assert "Mr A L Barlow, account 1200" in plain
    assert "This is not the document itself." not in plain


def test_a_script_gets_the_dialog(account: Visitor) -> None:
    page = account.get(address("127070"), htmx=True)
    assert page.html.lstrip().startswith('<dialog class="overlay" ')
    assert 'data-document="/invoices/' in page.html
    page = account.get(address("C20417", "credit_note"), htmx=True)
    assert page.html.lstrip().startswith('<dialog class="overlay overlay-narrow" ')
    assert "data-document" not in page.html
    assert "There is no document for this transaction." in spoken(page)


def test_on_a_phone_the_lines_stand_on_the_page(cast: Cast, customer: Visitor) -> None:
    row = with_lines(cast, ROWS[0], LINES)
    publish(cast.ours.import_scope, [an_account([row], facts=FACTS)])
    page = customer.get(address("127070"))
    words = "What it is for Part number Qty Amount Tensioner TN-01167489-A 1 3.92 Spring TN-01998745 1 2.50"
    assert words in spoken(page)
    assert "What it is for" not in spoken(customer.get(address("127070"), htmx=True))


def test_a_page_leads_to_those_next_to_it_in_the_list(account: Visitor) -> None:
    def around(reference: str, query: str = "") -> dict[str, str]:
        links = account.get(address(reference) + query).links
        return {name: links[name].partition("?")[0] for name in ("Previous", "Next") if name in links}

    origin = "list=type%3Dinvoice%26sort%3Dreference"
    assert around("127073") == {"Next": address("127072")}  # the first of the list
    assert around("127072", f"?{origin}") == {"Previous": address("127070"), "Next": address("127073")}
    assert around("126828", "?list=status%3Dall") == {"Previous": address("126950")}
    assert around("126828") == {}  # not of the current ones
    page = account.get(f"{address('127072')}?{origin}")
    assert page.links["Next"] == f"{address('127073')}?on=2024-06-05&{origin}"
    assert account.get(page.links["Next"]).links["Previous"] == f"{address('127072')}?on=2024-06-05&{origin}"


def test_the_page_opens_with_an_amount_and_a_word(account: Visitor) -> None:
    assert "Outstanding £7.70 Due 5 Jul 2024" in spoken(account.get(address("127070")))
    assert "Total £1,093.50 Paid 2 Nov 2019" in spoken(account.get(address("126828")))


def test_a_part_payment_and_a_dispute_are_explained(cast: Cast, customer: Visitor) -> None:
    row = a_row("126931", total=72820, outstanding=33219, dispute_flag=True)
    publish(cast.ours.import_scope, [an_account([row], facts=FACTS)])
    words = spoken(customer.get(address("126931")))
    assert "Outstanding £332.19 Disputed £396.01 of £728.20 paid" in words
    assert "Total £728.20 Paid £396.01 Outstanding £332.19" in words
    assert "This is in dispute. Moorbeck Machinery has noted that you disagree with it." in words


@pytest.mark.parametrize(
    ("reference", "kind", "words"),
    [
        ("126828", "invoice", "Paid 2 Nov 2019"),
        ("C20417", "credit_note", "Credited by Moorbeck Machinery"),
        ("126950", "invoice", "The PDF has not arrived yet."),
        ("126884", "invoice", "Disputed"),
    ],
)
def test_other_rows(account: Visitor, reference: str, kind: str, words: str) -> None:
    for query in ("", "?on=2019-09-30", "?on=x"):
        page = account.get(address(reference, kind) + query)
        assert (page.status, words in spoken(page)) == (200, True)


def test_a_stale_row_says_so(cast: Cast, customer: Visitor) -> None:
    publish(cast.ours.import_scope, [an_account([ROWS[0]._replace(stale=True)])])
    assert "These are from an earlier export." in spoken(customer.get(address("127070")))


def test_the_pdf_is_a_short_link_to_the_rows_own_file(account: Visitor, cast: Cast, aws: World) -> None:
    blobs.put(
        cast.ours.import_scope,
        aws.settings.files_bucket,
        document_name(run=1, ref="1200", document_id="cda4b51f"),
        b"%PDF-",
        "application/pdf",
    )
    for tail, disposition in (("/pdf", "inline"), ("/pdf?save=1", "attachment")):
        answer = account.get(address("127070", tail=tail))
        link = urlsplit(answer.location)
        query = parse_qs(link.query)
        assert answer.status == 303
        assert unquote(link.path).endswith(f"d/{cast.ours.dealer.dealer_id}/documents/1/1200/cda4b51f.pdf")
        assert query["response-content-disposition"] == [f"{disposition}; filename*=UTF-8''Invoice-127070.pdf"]


def test_lines_are_drawn_where_there_is_no_pdf(cast: Cast, customer: Visitor, aws: World) -> None:
    text_line = InvoiceLine(line_no=3, line_type=LineType.TEXT, description="Parts department open 07:30 to 18:30.")
    row = with_lines(cast, ROWS[0], [*LINES, text_line])
    publish(cast.ours.import_scope, [an_account([row], facts=FACTS)])
    assert "Open the PDF of 127070" in customer.get("/transactions").text
    text = drawn(aws, customer.get(address("127070", tail="/pdf")))
    for words in (
        "Moorbeck Machinery",
        "Beck Lane, Castleton, Whitby YO21 6XX",
        "Invoice to Mr A L Barlow Postgate Farm WHITBY YO21 6ND",
        "Invoice date and tax point 5 Jun 2024 Due date 5 Jul 2024 Account 1200 Depot 1",
        "Advice No. 122588 Order No. SDA Rep Code DG Sale type General Parts Sale",
        "TN-01167489-A Tensioner Each 1 3.92 3.92",
        "Parts department open 07:30 to 18:30.",
        "20.00% 6.42 1.28",
        "Invoice total, GBP £7.70",
        "Pay £7.32 by 6 Jun 2024. That is the full price less a settlement discount of 5.00%, £0.38.",
        "recover only the V.A.T. you actually paid.",
        "Reference 1200 / 127070",
        "Page 1 of 1",
    ):
        assert words in text, (words, text)
    again = customer.get(address("127070", tail="/pdf"))
    assert urlsplit(again.location).path == urlsplit(customer.page.location if customer.page else "").path


@pytest.mark.parametrize(
    ("ink", "shows_name", "pictures", "names"),
    [
        ("#e08a2a", False, 1, 2),
        ("#e08a2a", True, 1, 1),  # the name is only at the foot
        ("#fffdf5", False, 0, 2),  # paper would not show it
    ],
)
def test_the_dealers_logo_stands_at_the_head_of_what_is_drawn(
    cast: Cast,
    customer: Visitor,
    aws: World,
    now: datetime,
    ids: Ids,
    ink: str,
    shows_name: bool,  # noqa: FBT001 - a column of the table
    pictures: int,
    names: int,
) -> None:
    set_logo(cast.ours.scope, data=a_png(ink), shows_name=shows_name, actor="tests", now=now, ids=ids)
    publish(cast.ours.import_scope, [an_account([with_lines(cast, ROWS[0], LINES)], facts=FACTS)])
    (page,) = PdfReader(BytesIO(stored(aws, customer.get(address("127070", tail="/pdf"))))).pages
    assert len(page.images) == pictures
    assert page.extract_text().count("Moorbeck Machinery") == names
    for image in page.images:
        assert image.image
        assert image.image.size == (160, 120)


def test_a_credit_note_is_drawn_without_minus_and_rounding_is_said(cast: Cast, customer: Visitor, aws: World) -> None:
    lines = [
        InvoiceLine(
            line_no=1,
            line_type=LineType.CHARGE,
            description="Return",
            quantity=Decimal(-2),
            discount_pct=Decimal("2.5"),
            net_amount=-4000,
            vat_rate=Decimal(20),
            vat_amount=-800,
        )
    ]
    row = with_lines(cast, a_row("C1", total=-4820, type="credit_note"), lines)
    publish(cast.ours.import_scope, [an_account([row])])
    text = drawn(aws, customer.get(address("C1", "credit_note", tail="/pdf")))
    for words in ("Return (less 2.5%)", "20.00% 40.00 8.00", "Rounding 0.20", "Credit Note total, GBP £48.20"):
        assert words in text, (words, text)
    assert "How to pay" not in text


@pytest.mark.parametrize(
    ("rates", "analysis"), [((20, 20), "20.00% 6.42 1.29"), ((20, 5), "20.00% 3.92 0.78 5.00% 2.50 0.50")]
)
def test_the_analysis_of_a_single_rate_is_the_invoices_own(
    cast: Cast, customer: Visitor, aws: World, rates: tuple[int, int], analysis: str
) -> None:
    """Its lines make 1.28, rounded one by one."""
    lines = [replace(line, vat_rate=Decimal(rate)) for line, rate in zip(LINES, rates, strict=True)]
    row = with_lines(cast, ROWS[0]._replace(vat=129, total=771, outstanding=771), lines)
    publish(cast.ours.import_scope, [an_account([row], facts=FACTS)])
    text = drawn(aws, customer.get(address("127070", tail="/pdf")))
    for words in (analysis, "Goods 6.42 V.A.T. 1.29"):
        assert words in text, (words, text)


@pytest.mark.parametrize(
    ("settled", "words"),
    [
        ({"settled_date": "2024-06-05", "settled_reason": "paid"}, ["Paid 5 Jun 2024"]),
        ({"settled_inferred": True}, ["Settled", "Invoiced by Moorbeck Machinery 5 Jun 2024"]),
        (
            {"settled_date": "2024-06-05", "settled_inferred": True},
            ["Settled by 5 Jun 2024", "Settled by this day; Moorbeck Machinery does not say when 5 Jun 2024"],
        ),
        (
            {"settled_date": "2024-06-05", "settled_inferred": True, "vanished": True},
            ["No longer in the ledger since 5 Jun 2024", "No longer in the ledger of Moorbeck Machinery 5 Jun 2024"],
        ),
    ],
)
def test_what_is_said_of_a_settlement(cast: Cast, customer: Visitor, settled: dict[str, Any], words: list[str]) -> None:
    publish(cast.ours.import_scope, [an_account([ROWS[0]._replace(outstanding=0, **settled)], facts=FACTS)])
    page = customer.get(address("127070"))
    assert [text for text in words if text not in spoken(page)] == []
    if settled.get("settled_date") is None:
        assert "Settled 5" not in spoken(page)
    file = customer.get("/transactions.csv?status=history").body.decode("utf-8-sig")
    (cells,) = csv.DictReader(StringIO(file, newline=""))
    own, inferred = cells["Settled"], cells["Not Open Since"]
    day = settled.get("settled_date", "")
    assert (own, inferred) == (("", day) if settled.get("settled_inferred") else (day, ""))
    assert cells["Status"] == ("No longer in the ledger" if settled.get("vanished") else "Settled")


def test_a_document_is_drawn_in_the_dealers_language(cast: Cast, customer: Visitor, aws: World) -> None:
    publish(cast.ours.import_scope, [an_account([with_lines(cast, ROWS[0], LINES)], facts=FACTS)])
    with pseudo_locale():
        text = drawn(aws, customer.get(address("127070", tail="/pdf")))
    for words in (
        "⟦⟦Invoice⟧ total, GBP⟧ £7.70",
        "⟦Pay £7.32 by 6 Jun 2024.⟧",
        "⟦Reference⟧",
        "⟦Check before you pay⟧",
    ):
        assert words in text, (words, text)


@pytest.mark.parametrize(
    "path",
    [
        address("127070", ref="1201"),
        address("127070", "nonsense"),
        address("999"),
        address("126950", tail="/pdf"),
        "/invoices/!!/invoice/!!",
    ],
)
def test_what_is_not_there_or_not_yours_reads_the_same(account: Visitor, path: str) -> None:
    page = account.get(path)
    assert page.status == 404
    assert "127070" not in page.text


def test_before_the_first_figures_there_is_no_invoice(customer: Visitor) -> None:
    assert customer.get(address("127070")).status == 404
