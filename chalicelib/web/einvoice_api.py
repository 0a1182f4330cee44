"""For a dealer's system: a transaction as e-invoice. docs/api.md describes it.

It is served from here and not from `api`, since the PDF is drawn from what the pages' presenters say of an invoice.
"""

from chalice.app import Response

from chalicelib.http.access import API_KEY_INVOICES
from chalicelib.http.request import Request
from chalicelib.http.responses import json
from chalicelib.http.routing import Routes
from chalicelib.kernel.keys import from_link_part
from chalicelib.ledger import queries
from chalicelib.web.einvoice_files import Form, einvoice_file

routes = Routes(__name__)

HERE = "/api/v1/transactions/{account}/{kind}/{transaction}/e-invoice"


@routes.get(f"{HERE}.xml", API_KEY_INVOICES)
def ubl(request: Request) -> Response:
    """The way to the UBL. What is missing is an error with a field for each gap."""
    return _answer(request, Form.UBL)


@routes.get(f"{HERE}.pdf", API_KEY_INVOICES)
def facturx(request: Request) -> Response:
    """The same of the Factur-X PDF."""
    return _answer(request, Form.FACTURX)


def _answer(request: Request, form: Form) -> Response:
    """The link is no redirect: a program would send its key along."""
    scope, ref = request.import_scope, from_link_part(request.params["account"])
    key = request.params["kind"], from_link_part(request.params["transaction"])
    view, row = queries.transaction_view(scope, ref=ref, now=request.now, key=key, on=request.query.get("on"))
    file = einvoice_file(scope, view, row, form, request.fmt)
    return json({"url": file.url, "file_name": file.name, "media_type": file.media_type, "size": file.size})
