"""Change requests, for tests of what comes of them."""

from dataclasses import replace
from datetime import datetime

from chalicelib.customers.change_requests import operations, queries
from chalicelib.kernel.account_fields import AccountField
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope
from tests.fixtures.cast import Dealership
from tests.ledger.accounts import a_facts


def asked_for(dealership: Dealership, ref: str, now: datetime, ids: Ids, *, name: str = "Mr A L Barlow") -> str:
    """A change that somebody of this account asks for; of one asked for before nothing is left. `name` is in it."""
    mine = dealership.customer.customer_scope
    scope = CustomerScope(mine.dealer_id, mine.person_id, frozenset({ref}), mine.role)
    facts = replace(a_facts(ref), name=name)
    for old in queries.current_requests(scope, facts).values():
        operations.withdraw(scope, ref=ref, request_id=old.request_id, now=now, ids=ids)
    return operations.ask_for_change(
        scope,
        facts=facts,
        field=AccountField.PHONE,
        value=f"0{int.from_bytes(ids.random_bytes(4)):010}",
        note=name,
        asked_by=f"{name.replace(' ', '')}@farm1.example",
        now=now,
        ids=ids,
    ).request_id
