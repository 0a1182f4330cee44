"""What an export changes of an account, by what its open session and a new login may do afterwards (threat 22)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pytest

from app import app
from chalicelib.customers import eras
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.kernel.standing import Standing
from chalicelib.ledger.access import AccountShutError, account_scope
from chalicelib.ledger.layout import Account
from chalicelib.ledger.model import OwnerChange
from tests.fixtures.cast import PASSWORD, Cast
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.web.client import Visitor
from tests.web.customer.barlow import ROWS, spoken

HOME = "/transactions"
PATHS = (HOME, "/transactions.csv", "/invoices/MTIwMA/invoice/MTI3MDcw", "/invoices/MTIwMA/invoice/MTI3MDcw/pdf")
RING = "call Moorbeck Machinery on 01632 960 014."


@dataclass(frozen=True)
class Change:
    """What the newest export says, and what is left: nothing, or a standing with what a membership of ADMIN may."""

    facts: dict[str, Any]
    standing: Standing
    role: Role = Role.ADMIN
    archived: bool = False


CHANGES = {
    "nothing": Change({}, Standing.FULL),
    "email removed": Change({"email": None}, Standing.FULL),
    "email of somebody else, same name": Change({"email": "new@farm.example"}, Standing.FULL),
    "on stop": Change({"account_status": "on_stop"}, Standing.NO_CREDIT),
    "cash only": Change({"account_status": "cash_only"}, Standing.NO_CREDIT),
    "closed": Change({"account_status": "closed"}, Standing.NO_CREDIT),
    "cash account": Change({"account_type": "cash"}, Standing.NO_CREDIT),
    "archived": Change({}, Standing.FROZEN, Role.VIEW, archived=True),
    "archived while closed": Change({"account_status": "closed"}, Standing.FROZEN, Role.VIEW, archived=True),
    "not eligible": Change({"portal_eligible": False}, Standing.NONE),
    "not eligible and archived": Change({"portal_eligible": False}, Standing.NONE, archived=True),
    "internal": Change({"account_type": "internal"}, Standing.NONE),
}


def after(change: Change) -> Account:
    facts = a_facts(**{"email": "al@farm.example", **change.facts})
    return an_account(ROWS, run=2, facts=facts, archived=change.archived)


def scope_of(cast: Cast) -> CustomerScope | None:
    barlow = cast.ours.customer
    try:
        return account_scope(barlow.person_id, barlow.membership)
    except AccountShutError:
        return None


@pytest.fixture
def before(cast: Cast, customer: Visitor) -> Visitor:
    publish(cast.ours.import_scope, [an_account(ROWS, run=1)], run=1)
    assert customer.get(HOME).status == 200
    return customer


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_open_session_and_a_new_log_in(cast: Cast, before: Visitor, ids: Ids, change: Change) -> None:
    publish(cast.ours.import_scope, [after(change)], run=2)
    scope = scope_of(cast)
    is_shut = change.standing is Standing.NONE
    assert is_shut is (scope is None)
    if scope:
        assert (scope.standing, scope.role) == (change.standing, change.role)
    statuses = {before.get(path).status for path in PATHS}
    assert statuses == {403} if is_shut else 403 not in statuses
    page = before.get(HOME)
    again = Visitor(app, address=f"2001:db8:{ids.random_bytes(2).hex()}::9")
    again.get("/login")
    assert again.submit("/login", email=cast.ours.customer.email, password=PASSWORD).location == HOME
    for shown in (page, again.get(HOME)):
        assert shown.status == (403 if is_shut else 200)
        assert (RING in spoken(shown) and "127070" not in shown.html) is is_shut
    if is_shut:
        assert "No access" in spoken(before.get("/accounts"))
        before.get(HOME)
        assert before.submit("/logout").status == 303


def test_an_archived_account_is_marked_and_asks_for_nothing(cast: Cast, before: Visitor) -> None:
    publish(cast.ours.import_scope, [after(CHANGES["archived"])], run=2)
    page = spoken(before.get(HOME))
    assert "has stopped sending this account" in page
    assert "Last balance" in page
    for gone in ("What you owe", "Next due", "and save"):
        assert gone not in page
    assert "Archived" in spoken(before.get("/accounts"))


def account_in_doubt(era: str) -> Account:
    change = OwnerChange(era, date(2024, 5, 5), "Mr A L Barlow", "al@farm.example")
    account = an_account(ROWS, run=2, facts=a_facts(name="New Garage Ltd", email="office@garage.example"))
    return replace(account, head=replace(account.head, owner_change=change))


def test_a_number_of_somebody_else_suspends_the_account_and_its_new_era_ends_it(
    cast: Cast, before: Visitor, now: datetime, ids: Ids
) -> None:
    era = ids.ulid(now)
    publish(cast.ours.import_scope, [account_in_doubt(era)], run=2)
    page = before.get(HOME)
    assert page.status == 403
    assert "suspended until it is clear whose it is" in spoken(page)
    assert "New Garage" not in page.html
    assert scope_of(cast) is None
    eras.start_era(cast.ours.import_scope, ref="1200", era=era, reason="staff", now=now, ids=ids)
    assert "now belongs to somebody else" in spoken(before.get(HOME))
