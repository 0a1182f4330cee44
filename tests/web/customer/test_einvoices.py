from dataclasses import replace
from datetime import datetime
from io import BytesIO
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from pypdf import PdfReader

from chalicelib.dealers import operations
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Seller
from chalicelib.dealers.operations import settings_fingerprint
from chalicelib.documents.model import InvoiceLine
from chalicelib.downloads.limits import PER_PERSON
from chalicelib.kernel.ids import Ids
from chalicelib.store import blobs
from tests.fixtures.cast import Cast, Dealership
from tests.fixtures.worlds import World
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.web.client import Visitor
from tests.web.customer.barlow import BALANCE, ROWS, spoken
from tests.web.customer.test_invoices import LINES, address, with_lines

HERE = address("127070", tail="/e-invoice")
FACTS = a_facts(balance=BALANCE, country="GB", vat_number="GB 987 6543 21", city="WHITBY", terms_text="30 days")
SELLER = Seller(city="Whitby", postcode="YO21 6XX", endpoint_scheme="9932", endpoint="GB123456789")


def complete(cast: Cast, now: datetime, ids: Ids) -> None:
    complete_seller(cast.ours, now, ids)


def complete_seller(dealership: Dealership, now: datetime, ids: Ids) -> None:
    scope = dealership.admin.staff_scope
    changed = {"vat_number": "GB 123 4567 89", "seller": SELLER}
    before = dealers.dealer(scope, fresh=True)
    seen = settings_fingerprint(before, changed)
    operations.change_settings(scope, changed, seen=seen, now=now, ids=ids)


def put(cast: Cast, lines: list[InvoiceLine]) -> None:
    publish(cast.ours.import_scope, [an_account([with_lines(cast, ROWS[0], lines), *ROWS[1:]], facts=FACTS)])


def stored(cast: Cast, aws: World, location: str) -> bytes:
    name = unquote(urlsplit(location).path).partition(f"/d/{cast.ours.dealer.dealer_id}/")[2]
    return blobs.get(cast.ours.scope, aws.settings.files_bucket, name)


def test_both_files_are_downloaded_from_the_invoice(
    cast: Cast, customer: Visitor, aws: World, now: datetime, ids: Ids
) -> None:
    put(cast, LINES)
    complete(cast, now, ids)
    page = customer.get(customer.get(address("127070")).links["E-invoice"])
    xml = customer.get(page.links["Download the UBL file"])
    assert xml.status == 303
    assert b'<cbc:PayableAmount currencyID="GBP">7.70<' in stored(cast, aws, xml.location)
    pdf = customer.get(page.links["Download the Factur-X PDF"])
    query = parse_qs(urlsplit(pdf.location).query)
    assert query["response-content-disposition"] == ["attachment; filename*=UTF-8''Invoice-127070-e-invoice.pdf"]
    reader = PdfReader(BytesIO(stored(cast, aws, pdf.location)))
    assert b"<ram:DuePayableAmount>7.70<" in reader.attachments["factur-x.xml"][0]
    assert "Invoice 127070" in reader.pages[0].extract_text()


def test_so_many_are_made_for_a_person(cast: Cast, customer: Visitor, now: datetime, ids: Ids) -> None:
    put(cast, LINES)
    complete(cast, now, ids)
    path, _, query = HERE.partition("?")
    pdf = f"{path}.pdf?{query}"
    assert [customer.get(pdf).status for _ in range(PER_PERSON.maximum + 1)] == [303] * PER_PERSON.maximum + [429]
    assert customer.get(f"{path}.xml?{query}").status == 429


def test_what_is_missing_is_named_and_no_file_is_given_out(cast: Cast, customer: Visitor) -> None:
    put(cast, [replace(LINES[0], vat_rate=None), LINES[1]])
    page = customer.get(HERE)
    for words in (
        "Moorbeck Machinery has to complete or correct:",
        "The rate of V.A.T. of each line (vat_rate in invoice_lines.csv).",
        "The dealer's electronic address: an admin enters it in Settings, E-invoices.",
    ):
        assert words in spoken(page), spoken(page)
    assert "Download the" not in page.text
    for tail in (".xml", ".pdf"):
        assert customer.get(f"{HERE}{tail}").location.startswith(HERE)


def test_letters_that_the_pdf_cannot_show_are_refused(cast: Cast, customer: Visitor, now: datetime, ids: Ids) -> None:
    put(cast, [replace(LINES[0], description="農機"), LINES[1]])
    complete(cast, now, ids)
    answer = customer.get(f"{HERE}.pdf")
    assert answer.status == 422
    assert "This invoice has letters that the PDF cannot show." in answer.text
    assert customer.get(f"{HERE}.xml").status == 303


@pytest.mark.parametrize("tail", ["", ".xml", ".pdf"])
def test_another_accounts_invoice_is_not_found(cast: Cast, customer: Visitor, tail: str) -> None:
    put(cast, LINES)
    assert customer.get(address("127070", ref="1201", tail=f"/e-invoice{tail}")).status == 404
    assert customer.get(address("999", tail=f"/e-invoice{tail}")).status == 404
    assert "E-invoice" not in customer.get(address("127072")).links  # it has no lines
