"""One transaction of an account for staff."""

from dataclasses import replace
from datetime import datetime

from app import app
from chalicelib.documents.model import InvoiceLine
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.web.client import Visitor
from tests.web.customer.test_einvoices import complete, put, stored
from tests.web.customer.test_invoices import LINES

LIST = f"/staff/accounts/{link_part('1200')}/transactions"
HERE = f"{LIST}/invoice/{link_part('127070')}"


def export(cast: Cast, lines: list[InvoiceLine]) -> None:
    put(cast, lines)
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow")])


def test_the_list_leads_to_it_and_back_with_its_filters(cast: Cast, staff: Visitor) -> None:
    export(cast, LINES)
    page = staff.get(staff.get(f"{LIST}?q=127070").links["127070"])
    assert page.status == 200, page.html
    for words in ("Invoice 127070", "Mr A L Barlow, account 1200", "£7.70", "General Parts Sale"):
        assert words in page.text
    assert page.links["Transactions"] == f"{LIST}?q=127070"
    assert staff.get(f"{HERE}?list=https%3A%2F%2Felsewhere").links["Transactions"] == LIST


def test_staff_download_both_e_invoices(cast: Cast, staff: Visitor, aws: World, now: datetime, ids: Ids) -> None:
    export(cast, LINES)
    complete(cast, now, ids)
    page = staff.get(HERE)
    xml, pdf = (staff.get(page.links[name]) for name in ("Download the UBL file", "Download the Factur-X PDF"))
    assert b'<cbc:PayableAmount currencyID="GBP">7.70<' in stored(cast, aws, xml.location)
    assert stored(cast, aws, pdf.location).startswith(b"%PDF-")


def test_what_is_missing_is_named_with_the_way_to_where_it_is_completed(
    cast: Cast, staff: Visitor, log_in: LogIn
) -> None:
    export(cast, [replace(LINES[0], vat_rate=None), LINES[1]])
    admin = Visitor(app)
    admin.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    page = admin.get(HERE)
    assert "The rate of V.A.T. of each line (vat_rate in invoice_lines.csv)." in page.text
    assert page.links["Open Settings"] == "/staff/settings#e-invoices"
    assert page.links["Export format"] == "/staff/imports/format#invoice_lines"
    assert "Download the" not in page.text
    user = staff.get(HERE)
    assert "The dealer's electronic address: an admin enters it in Settings, E-invoices." in user.text
    assert "Open Settings" not in user.links
    for tail in ("xml", "pdf"):
        assert admin.get(f"{HERE}/e-invoice.{tail}").location.startswith(HERE)


def test_of_what_is_neither_invoice_nor_credit_note_there_is_none(cast: Cast, staff: Visitor) -> None:
    publish(cast.ours.import_scope, [an_account([a_row("R1", type="payment", total=-500)])])
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow")])
    page = staff.get(staff.get(LIST).links["R1"])
    assert "Payment R1" in page.text
    assert "E-invoice" not in page.text


def test_another_accounts_row_is_not_found(cast: Cast, staff: Visitor) -> None:
    export(cast, LINES)
    for path in (f"{LIST}/invoice/{link_part('999')}", HERE.replace(link_part("1200"), link_part("9999"))):
        assert staff.get(path).status == 404
