"""One transaction: what it is, what is owed on it, and its document, stored by the dealer or drawn from its lines."""

from hashlib import sha256
from io import BytesIO

from chalice.app import Response

from chalicelib.documents import operations
from chalicelib.documents import queries as documents
from chalicelib.documents.model import safe_file_name
from chalicelib.http.access import Permission
from chalicelib.http.request import Request
from chalicelib.http.responses import page, see_other_external
from chalicelib.http.routing import Pages
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import from_link_part
from chalicelib.ledger import queries
from chalicelib.ledger.codec import to_transaction
from chalicelib.ledger.model import Row
from chalicelib.ledger.settlement import saving
from chalicelib.ledger.status import state
from chalicelib.web.customer.account_page import Book, account_ref, open_book, read
from chalicelib.web.presenters.invoice import details, document, events, title_of
from chalicelib.web.presenters.transactions import document_state, say_state

pages = Pages(__name__)


@pages.get("/invoices/{account}/{kind}/{transaction}", Permission.CUSTOMER)
def invoice(request: Request) -> Response:
    """Its page; for a script that lays it over the list, only the dialog."""
    book, row = _find(request)
    return page(
        request,
        "customer/invoice_overlay.html" if request.htmx else "customer/invoice.html",
        book=book,
        facts=book.head.facts,
        row=row,
        title=title_of(row),
        state=say_state(book.words, state(row, as_at=book.as_at), whole=True),
        outstanding=book.words.money(row.outstanding),
        saving=saving([row], today=book.words.today, on_stop=book.on_stop),
        money=book.words.money,
        details=details(book, row),
        events=events(book, row),
        document=document_state(row),
        published=book.reading.published,
        link=f"{request.path}/pdf?on={row.transaction_date}",
    )


@pages.get("/invoices/{account}/{kind}/{transaction}/pdf", Permission.CUSTOMER)
def pdf(request: Request) -> Response:
    """The way to its PDF, for a minute; `save` to keep it. Raises NotFoundError where there is no file and no line."""
    book, row = _find(request)
    name = safe_file_name(title_of(row), extension="pdf")
    found = to_transaction(row)
    if found.document:
        url = documents.document_link(
            book.scope,
            ref=book.ref,
            document_id=found.document.id,
            run=found.document.run,
            file_name=name,
            disposition="attachment" if "save" in request.query else "inline",
        )
        return see_other_external(url)
    return see_other_external(_drawn(book, row, name, save="save" in request.query))


def _drawn(book: Book, row: Row, name: str, *, save: bool) -> str:
    from chalicelib.rendering.invoice_pdf import draw_invoice

    at = to_transaction(row).lines
    if at is None:
        raise NotFoundError("The PDF is not here yet")
    lines = documents.invoice_lines(
        book.scope, ref=book.ref, run=at.run, part=at.part, offset=at.offset, length=at.length
    )
    content = draw_invoice(document(book, row, lines))
    return operations.hand_over(
        book.scope,
        key=sha256(content).hexdigest(),
        extension="pdf",
        data=BytesIO(content),
        file_name=name,
        content_type="application/pdf",
        disposition="attachment" if save else "inline",
    )


def _find(request: Request) -> tuple[Book, Row]:
    """The row, if the address names the account in hand. Raises NotFoundError."""
    if from_link_part(request.params["account"]) != account_ref(request):
        raise NotFoundError
    book = open_book(request, read(request))
    if book is None:
        raise NotFoundError
    key = request.params["kind"], from_link_part(request.params["transaction"])
    return book, queries.transaction_row(book.scope, head=book.head, key=key, on=request.query.get("on"))
