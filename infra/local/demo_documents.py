"""Two papers of the demo dealer's for its first customer, sent by the pages that its staff use."""

import io
from http import HTTPStatus

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from chalicelib.kernel.keys import link_part
from infra.local.process import LocalError
from infra.local.visitor import Visitor, post_file

PAGE = f"/staff/accounts/{link_part('1200')}/documents"
_PAPERS = (
    (
        "Terms of business",
        "agreement",
        "For your files. They apply to every order from this year on.",
        (
            "Invoices are due on the last day of the month after that of the invoice.",
            "A settlement discount is given where an invoice says so, and it is paid by the date printed there.",
            "Goods remain the property of Moorbeck Machinery Ltd until they are paid for.",
            "Parts that are not used may be returned within 30 days, unopened, with their advice number.",
        ),
    ),
    (
        "Warranty certificate, round baler RB-4410",
        "certificate",
        "",
        (
            "Serial number RB4410-20817, delivered from the Castleton depot.",
            "The warranty covers faults of material and workmanship for 24 months from delivery.",
            "Wearing parts, such as belts, tines and knotter bills, are covered for 6 months.",
            "It asks for a service after the first 50 hours and each 500 hours, by an approved workshop.",
        ),
    ),
)


def share(visitor: Visitor) -> None:
    """Each paper that the customer has not got yet. `visitor` is logged in as staff. Raises LocalError."""
    for title, kind, note, paragraphs in _PAPERS:
        visitor.get(PAGE)
        if title in visitor.html:
            continue
        visitor.submit(PAGE, title=title, kind=kind, note=note, visible="yes")
        if visitor.status != HTTPStatus.SEE_OTHER:
            raise LocalError(f"The demo could not share a document: the portal answered {visitor.status}.")
        visitor.get(visitor.location)
        form = next(form for form in visitor.page.forms if "key" in form.fields)
        post_file(form.action, form.fields, f"{title}.pdf", _draw(title, paragraphs))


def _draw(title: str, paragraphs: tuple[str, ...]) -> bytes:
    out, styles = io.BytesIO(), getSampleStyleSheet()
    words = [Paragraph("Moorbeck Machinery Ltd", styles["Normal"]), Spacer(0, 12 * mm), Paragraph(title, styles["h1"])]
    for text in paragraphs:
        words += [Spacer(0, 3 * mm), Paragraph(text, styles["Normal"])]
    SimpleDocTemplate(out, pagesize=A4, title=title, invariant=1).build(words)
    return out.getvalue()
