"""An import that stores each row of transactions.csv as an item: checked by pydantic, written by pynamodb's batch."""

import csv
from decimal import Decimal
from typing import Any, TextIO

from pydantic import TypeAdapter

from chalicelib.ledger.codec import to_row
from chalicelib.ledger.model import Transaction
from chalicelib.ledger.row import Row

CHECK: TypeAdapter[Transaction] = TypeAdapter(Transaction)
MONEY = ("total", "outstanding", "net", "vat", "settlement")


def store(items: Any, dealer_id: str, file: TextIO) -> None:
    with items.batch_write() as batch:
        for cells in csv.DictReader(file):
            found = ((name, cells.get(name) or cells.get(f"{name}_amount")) for name in Row._fields)
            values: dict[str, Any] = {name: text for name, text in found if text}
            values |= {name: int(Decimal(values[name]).scaleb(2)) for name in MONEY if name in values}
            row = to_row(CHECK.validate_python(values))
            has = {name: value for name, value in row._asdict().items() if value}
            batch.save(items(f"D#{dealer_id}#A#{cells['account_ref']}", f"{row.type}#{row.transaction_id}", **has))
