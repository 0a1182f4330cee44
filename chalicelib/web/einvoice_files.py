"""A transaction as e-invoice: both files, for its customer, for staff and for the dealer's programs."""

from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from typing import NamedTuple

from chalicelib.dealers import queries as dealers
from chalicelib.documents.model import InvoiceLine
from chalicelib.einvoices.builder import build_einvoice
from chalicelib.einvoices.model import BuildResult, EInvoice, Gap
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.scopes import TenantScope
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.row import Row, TransactionType
from chalicelib.rendering.format import Formats
from chalicelib.store.temporary_files import safe_file_name, temporary_download
from chalicelib.web.presenters.einvoices import GAPS
from chalicelib.web.presenters.invoice import document, title_of
from chalicelib.web.presenters.transactions import RowFormatter
from chalicelib.web.transaction_pdf import invoice_lines

EINVOICED = frozenset({TransactionType.INVOICE.value, TransactionType.CREDIT_NOTE.value})


class Form(StrEnum):
    """What an e-invoice is written as; each is its file's extension."""

    UBL = "xml"
    FACTURX = "pdf"


_MEDIA_TYPES = {Form.UBL: "application/xml", Form.FACTURX: "application/pdf"}


class IncompleteError(InvalidError):
    """The export or the settings lack what the file needs. `fields` has a sentence for each gap, by its code."""

    code = "EINVOICE_INCOMPLETE"

    def __init__(self, gaps: Sequence[Gap]) -> None:
        super().__init__(lazy_gettext("This e-invoice cannot be made yet."), {gap.value: GAPS[gap] for gap in gaps})


class EInvoiceFile(NamedTuple):
    """A file and the way to it, for a minute."""

    url: str
    name: str
    media_type: str
    size: int


def built(scope: TenantScope, view: AccountView, row: Row) -> BuildResult:
    """What can be made of the row, or what is missing."""
    return _built(view, row, _lines(scope, view, row))


def gaps_of(made: BuildResult, form: Form) -> tuple[Gap, ...]:
    """What stands in the way of one file: Peppol asks for more than the standard."""
    return (*made.gaps, *made.peppol_gaps) if form is Form.UBL else made.gaps


def einvoice_file(scope: TenantScope, view: AccountView, row: Row, form: Form, fmt: Formats) -> EInvoiceFile:
    """Made anew each time. Raises IncompleteError, and InvalidError for letters that a PDF cannot show."""
    lines = _lines(scope, view, row)
    made = _built(view, row, lines)
    gaps = gaps_of(made, form)
    if made.invoice is None or gaps:
        raise IncompleteError(gaps)
    content = _ubl(made.invoice) if form is Form.UBL else _facturx(scope, view, row, lines, made.invoice, fmt)
    name = safe_file_name(title_of(row), "e-invoice", extension=form.value)
    url = temporary_download(
        scope,
        key=sha256(content).hexdigest(),
        extension=form.value,
        data=BytesIO(content),
        file_name=name,
        content_type=_MEDIA_TYPES[form],
    )
    return EInvoiceFile(url, name, _MEDIA_TYPES[form], len(content))


def _lines(scope: TenantScope, view: AccountView, row: Row) -> list[InvoiceLine]:
    return invoice_lines(scope, view, row) or []


def _built(view: AccountView, row: Row, lines: Sequence[InvoiceLine]) -> BuildResult:
    return build_einvoice(dealer=view.dealer, facts=view.facts, row=row, lines=lines, terms=view.facts.terms_text or "")


def _ubl(invoice: EInvoice) -> bytes:
    from chalicelib.einvoices import ubl

    return ubl.write(invoice)


def _facturx(
    scope: TenantScope, view: AccountView, row: Row, lines: Sequence[InvoiceLine], invoice: EInvoice, fmt: Formats
) -> bytes:
    from chalicelib.einvoices import cii
    from chalicelib.einvoices.facturx import embed
    from chalicelib.rendering.invoice_pdf import draw_invoice
    from chalicelib.rendering.pdf_text import UndrawableError

    shown = document(view, RowFormatter.of(view, fmt), row, lines, logo=dealers.logo(scope))
    try:
        pdf = draw_invoice(shown, embedded=True)
    except UndrawableError:
        raise InvalidError(_("This invoice has letters that the PDF cannot show. Download the UBL instead.")) from None
    return embed(pdf, cii.write(invoice), title=shown.title, author=shown.dealer)
