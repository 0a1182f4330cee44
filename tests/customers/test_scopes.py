"""What a customer that no export names may reach: their own partition, and the account that is linked now."""

from datetime import datetime
from typing import Any

import pytest

from chalicelib.customers import eras, operations
from chalicelib.customers.portal_customers.model import PortalCustomer
from chalicelib.customers.scopes import customer_scope
from chalicelib.dealers import queries as dealers
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.store.record import account_pk
from tests.customers.accounts import account, publish
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def customer(cast: Cast, now: datetime, ids: Ids) -> PortalCustomer:
    publish(cast.ours.import_scope, [account("1200"), account("1201")])
    staff = cast.ours.user.staff_scope
    return operations.create_customer(staff, name="Hilda Frost", email="hilda@frost.example", now=now, ids=ids)


def scope_of(scope: TenantScope, ref: str) -> CustomerScope:
    return customer_scope("hilda", Membership(scope.dealer_id, MembershipKind.CUSTOMER, ref, role=Role.PAY))[0]


def reached(scope: CustomerScope, *refs: str) -> list[bool]:
    found = []
    for ref in refs:
        try:
            account_pk(scope, ref)
            found.append(True)
        except NotFoundError:
            found.append(False)
    return found


def test_an_account_of_an_export_is_reached_with_one_read(cast: Cast) -> None:
    publish(cast.ours.import_scope, [account("1200")])
    dealers.forget(cast.ours.scope)
    with counted_calls() as calls:
        for _ in range(2):
            scope = scope_of(cast.ours.scope, "1200")
    assert calls == ["BatchGetItem", "BatchGetItem"], "the enrolment and the bell, at first with the settings"
    assert scope == CustomerScope(cast.ours.dealer.dealer_id, "hilda", frozenset({"1200"}), Role.PAY, "1200")
    assert scope.ledger_ref == "1200"


def test_the_linked_account_is_read_each_time_and_nothing_is_moved(
    cast: Cast, customer: PortalCustomer, now: datetime, ids: Ids
) -> None:
    staff, seen = cast.ours.user.staff_scope, []
    record: dict[str, Any]
    with counted_calls() as calls:
        scope = scope_of(cast.ours.scope, customer.ref)
    assert calls == ["GetItem", "BatchGetItem"], "the record, and what they may do"
    assert scope.ledger_ref is None
    for ref in ("1200", "1201", None):
        record = {"customer_id": customer.customer_id, "version": customer.version}
        if ref:
            customer = operations.link_account(staff, **record, account_ref=ref, now=now, ids=ids)
        else:
            customer = operations.unlink_account(staff, **record, now=now, ids=ids)
        scope = scope_of(cast.ours.scope, customer.ref)
        seen.append((scope.ledger_ref, reached(scope, customer.ref, "1200", "1201")))
    assert seen == [
        ("1200", [True, True, False]),
        ("1201", [True, False, True]),
        (None, [True, False, False]),
    ]


def test_a_later_era_comes_from_the_membership_or_with_the_link(
    cast: Cast, customer: PortalCustomer, now: datetime, ids: Ids
) -> None:
    feed, era = cast.ours.import_scope, ids.ulid(now)
    eras.start_era(feed, ref="1200", era=era, reason="other name", now=now, ids=ids)
    assert scope_of(cast.ours.scope, "1200").eras == {}
    member = Membership(feed.dealer_id, MembershipKind.CUSTOMER, "1200", role=Role.VIEW, era=era)
    assert customer_scope("al", member)[0].eras == {"1200": era}
    staff = cast.ours.user.staff_scope
    operations.link_account(staff, customer_id=customer.customer_id, version=1, account_ref="1200", now=now, ids=ids)
    assert scope_of(cast.ours.scope, customer.ref).eras == {"1200": era}


def test_staff_act_for_no_customer(cast: Cast) -> None:
    with pytest.raises(NotFoundError):
        customer_scope("maria", cast.ours.admin.membership)


def test_a_customer_is_not_found_at_another_dealer_nor_where_there_is_none(
    cast: Cast, customer: PortalCustomer, now: datetime, ids: Ids
) -> None:
    unknown = f"~{ids.ulid(now)}"
    for scope, ref in ((cast.rival.scope, customer.ref), (cast.ours.scope, unknown)):
        with pytest.raises(NotFoundError):
            scope_of(scope, ref)
