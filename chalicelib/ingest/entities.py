"""What an export may hold: the one list of declarations. An entity is added here and nowhere else in the import."""

from typing import Any

from chalicelib.ccx.entity import Entity
from chalicelib.customers.entity import CUSTOMERS
from chalicelib.documents.entity import DOCUMENTS, INVOICE_LINES
from chalicelib.ledger.entity import ALLOCATIONS, TRANSACTIONS
from chalicelib.statements.entity import STATEMENTS

Entities = tuple[Entity[Any], ...]

ENTITIES: Entities = (CUSTOMERS, TRANSACTIONS, DOCUMENTS, INVOICE_LINES, ALLOCATIONS, STATEMENTS)
