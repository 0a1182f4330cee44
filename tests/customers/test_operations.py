"""Customers that no export names: added, linked, linked to another account, unlinked."""

from datetime import datetime
from typing import Any

import pytest

from chalicelib.customers import operations
from chalicelib.customers.portal_customers.model import PortalCustomer
from chalicelib.customers.portal_customers.queries import portal_customer
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from tests.customers.accounts import account, publish
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def staff(cast: Cast) -> DealerScope:
    entries = [
        account("1200"),
        account("1201", email=None),
        account("CASH", account_type="cash"),
        account("SHUT", account_status="closed"),
        account("GONE", archived=True),
        account("KEPT", portal_eligible=False),
    ]
    publish(cast.ours.import_scope, entries)
    return cast.ours.user.staff_scope


@pytest.fixture
def customer(staff: DealerScope, now: datetime, ids: Ids) -> PortalCustomer:
    return operations.create_customer(staff, name=" Hilda Frost ", email="Hilda@Frost.example", now=now, ids=ids)


def trail(scope: DealerScope, subject: str) -> list[tuple[str, str, dict[str, Any]]]:
    with assume_scope(scope):
        rows = AuditRow.query(tenant_pk(scope, "AUDIT", "2024-06"))
        return [(row.event, row.actor, row.detail) for row in rows if row.subject == subject]


def test_a_customer_is_added_with_a_reference_that_no_export_gives(
    staff: DealerScope, customer: PortalCustomer, now: datetime
) -> None:
    assert customer == PortalCustomer(customer.customer_id, "Hilda Frost", "hilda@frost.example", now, version=1)
    assert customer.ref == f"~{customer.customer_id}"
    assert portal_customer(staff, customer.customer_id) == customer
    detail = {"name": "Hilda Frost", "email": "hilda@frost.example"}
    assert trail(staff, customer.ref) == [("customer.created", staff.person_id, detail)]


@pytest.mark.parametrize(
    ("name", "email", "field"),
    [("  ", "a@farm.example", "name"), ("x" * 121, "a@farm.example", "name"), ("Al", "nowhere", "email")],
)
def test_a_name_and_an_email_are_required(
    staff: DealerScope, now: datetime, ids: Ids, name: str, email: str, field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        operations.create_customer(staff, name=name, email=email, now=now, ids=ids)
    assert list(refused.value.fields) == [field]


def test_linking_correcting_and_unlinking_are_one_write_each_with_its_audit_row(
    staff: DealerScope, customer: PortalCustomer, now: datetime, ids: Ids
) -> None:
    customer_id = customer.customer_id
    for version, ref in enumerate(("1200", "1201"), start=1):
        linked = operations.link_account(
            staff, customer_id=customer_id, version=version, account_ref=ref, now=now, ids=ids
        )
        assert linked == portal_customer(staff, customer_id)
        assert (linked.account_ref, linked.version) == (ref, version + 1)
    unlinked = operations.unlink_account(staff, customer_id=customer_id, version=3, now=now, ids=ids)
    assert unlinked == portal_customer(staff, customer_id)
    assert (unlinked.account_ref, unlinked.version) == (None, 4)
    changes = [(event, detail) for event, _, detail in trail(staff, customer.ref) if event != "customer.created"]
    assert sorted(changes, key=str) == [
        ("customer.linked", {"account": "1200", "before": None}),
        ("customer.linked", {"account": "1201", "before": "1200"}),
        ("customer.unlinked", {"before": "1201"}),
    ]


@pytest.mark.parametrize("ref", ["9999", "CASH", "SHUT", "GONE", "KEPT", "~01HZM2Z5Q0XYZXYZXYZXYZXYZX"])
def test_an_account_that_no_customer_may_see_is_not_linked(
    staff: DealerScope, customer: PortalCustomer, now: datetime, ids: Ids, ref: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        operations.link_account(staff, customer_id=customer.customer_id, version=1, account_ref=ref, now=now, ids=ids)
    assert list(refused.value.fields) == ["account_ref"]
    assert portal_customer(staff, customer.customer_id) == customer


def test_a_change_that_rests_on_an_older_version_is_refused_whole(
    staff: DealerScope, customer: PortalCustomer, now: datetime, ids: Ids
) -> None:
    customer_id = customer.customer_id
    operations.link_account(staff, customer_id=customer_id, version=1, account_ref="1200", now=now, ids=ids)
    with pytest.raises(ConflictError):
        operations.link_account(staff, customer_id=customer_id, version=1, account_ref="1201", now=now, ids=ids)
    with pytest.raises(ConflictError):
        operations.unlink_account(staff, customer_id=customer_id, version=1, now=now, ids=ids)
    assert portal_customer(staff, customer_id).account_ref == "1200"
    assert len(trail(staff, customer.ref)) == 2


def test_another_dealers_customer_is_not_found(
    cast: Cast, staff: DealerScope, customer: PortalCustomer, now: datetime, ids: Ids
) -> None:
    rival, customer_id = cast.rival.admin.staff_scope, customer.customer_id
    with pytest.raises(NotFoundError):
        operations.link_account(rival, customer_id=customer_id, version=1, account_ref="1200", now=now, ids=ids)
    with pytest.raises(NotFoundError):
        operations.unlink_account(rival, customer_id=customer_id, version=1, now=now, ids=ids)
    assert portal_customer(staff, customer_id) == customer


def test_linking_begins_the_era_of_an_account_that_nobody_could_open(
    staff: DealerScope, customer: PortalCustomer, cast: Cast, now: datetime, ids: Ids
) -> None:
    era, later = ids.ulid(now), ids.ulid(now)
    publish(cast.ours.import_scope, [account("1200", next_era=era)])
    record: dict[str, Any] = {"customer_id": customer.customer_id, "account_ref": "1200", "now": now, "ids": ids}
    assert operations.link_account(staff, version=1, **record).account_era == era
    other = operations.create_customer(staff, name="Olga", email="olga@frost.example", now=now, ids=ids)
    publish(cast.ours.import_scope, [account("1200", era=era, next_era=later)])
    record["customer_id"] = other.customer_id
    assert operations.link_account(staff, version=1, **record).account_era == era, "staff are asked whose it is"
