"""The first screen where every transaction is an item: query an account's open ones, draw the same page."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.ledger.row import Row
from chalicelib.rendering.templates import render
from chalicelib.web.presenters.transactions import RowFormatter, present

KINDS: dict[str, Any] = {
    **dict.fromkeys(("total", "outstanding", "net", "vat", "settlement"), NumberAttribute),
    **dict.fromkeys(("dispute_flag", "settled_inferred", "stale"), BooleanAttribute),
    **dict.fromkeys(("document", "lines"), ListAttribute),
}


class Item(Model):
    pk, sk = UnicodeAttribute(hash_key=True), UnicodeAttribute(range_key=True)
    vars().update({name: KINDS.get(name, UnicodeAttribute)(null=True) for name in Row._fields})


def first_screen(items: Any, pk: str, page: dict[str, Any], formatter: RowFormatter) -> str:
    rows = [present(formatter, item) for item in items.query(pk, scan_index_forward=False)]
    return render("customer/transactions.html", {**page, "rows": rows})
