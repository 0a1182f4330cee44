"""The rows of the pictures, as at 5 June 2024."""

import re
from html import unescape

from tests.ledger.rows import a_row
from tests.web.client import Page

PARTS = "General Parts Sale"
ROWS = [
    a_row(
        "127070",
        total=770,
        net=642,
        vat=128,
        due_date="2024-07-05",
        discount_date="2024-06-06",
        settlement=732,
        settlement_rate="5.00",
        description=PARTS,
        advice_no="122588",
        order_no="SDA",
        depot_code="1",
        rep_code="DG",
        document_id="cda4b51f",
        document=["cda4b51f", 1],
    ),
    a_row("127072", total=398, due_date="2024-07-05", discount_date="2024-06-06", settlement=378, description=PARTS),
    a_row("127073", total=2578, due_date="2024-07-05", discount_date="2024-06-06", settlement=2449, description=PARTS),
    a_row(
        "126950", total=9350, on="2024-04-17", due_date="2024-05-17", description="Workshop Invoice", document_id="x1"
    ),
    a_row("126884", total=16430, on="2024-05-02", due_date="2024-06-01", dispute_flag=True, description="Hose"),
    a_row("C20417", total=-4820, on="2024-05-30", type="credit_note", description="Parts returned"),
    a_row(
        "126828",
        total=109350,
        on="2019-09-30",
        outstanding=0,
        settled_date="2019-11-02",
        settled_reason="paid",
        description="Workshop Invoice, gearbox",
    ),
]
BALANCE = sum(row.outstanding for row in ROWS)


def references(page: Page) -> list[str]:
    """Of the rows in the list, in its order."""
    return re.findall(r'data-slot="title"><a [^>]*>([^<]+)</a>', page.html)


def spoken(page: Page) -> str:
    """The words of the page's main part, single-spaced, those of neighbouring elements apart."""
    text = re.sub(r"<[^>]+>", " ", page.html.partition("<main")[2] or page.html)
    return re.sub(r" ([.,])", r"\1", " ".join(unescape(text).split()))
