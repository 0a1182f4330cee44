"""Reads and writes of portal customers. A change carries its audit row."""

from collections.abc import Iterable

from chalicelib.customers.portal_customers.model import PortalCustomer
from chalicelib.customers.portal_customers.records import PortalCustomerRecord
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.batch import batch_get
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import WriteItem, transaction


@scoped
def customer(scope: TenantScope, customer_id: str) -> PortalCustomer | None:
    """One of them as of now."""
    record = PortalCustomerRecord.find(tenant_pk(scope, "CUSTOMERS"), customer_id, consistent=True)
    return _customer(record) if record else None


@scoped
def customers(scope: TenantScope, customer_ids: Iterable[str]) -> list[PortalCustomer]:
    """Those of them that there are, as of now, 100 a round trip."""
    pk = tenant_pk(scope, "CUSTOMERS")
    found = batch_get(PortalCustomerRecord, [(pk, customer_id) for customer_id in customer_ids], consistent=True)
    return list(map(_customer, found))


@scoped
def all_customers(scope: TenantScope) -> list[PortalCustomer]:
    """Every one of the dealer's, the oldest first."""
    return list(map(_customer, PortalCustomerRecord.query(tenant_pk(scope, "CUSTOMERS"), consistent_read=True)))


@scoped
def linked_to(scope: TenantScope, account_ref: str) -> list[PortalCustomer]:
    """Those that see this account's figures. It reads all there are: for what nobody waits for, or happens seldom."""
    pk, linked = tenant_pk(scope, "CUSTOMERS"), PortalCustomerRecord.account_ref == account_ref
    return list(map(_customer, PortalCustomerRecord.query(pk, filter_condition=linked, consistent_read=True)))


@scoped
def linked_accounts(scope: TenantScope) -> frozenset[str]:
    """Every account whose figures a portal customer sees. It reads all portal customers there are."""
    model = PortalCustomerRecord
    found = model.query(
        tenant_pk(scope, "CUSTOMERS"),
        filter_condition=model.account_ref.exists(),
        attributes_to_get=["pk", "sk", "account_ref"],
        consistent_read=True,
    )
    return frozenset(record.account_ref for record in found if record.account_ref)


@scoped
def put(scope: TenantScope, new: PortalCustomer, *, also: Iterable[Record], provided: Iterable[WriteItem] = ()) -> None:
    """Write it with the records `also`. Raises ConflictError where the record is not of `new.version` any more.

    The same where one of the checks in `provided` fails.
    """
    record = PortalCustomerRecord(
        tenant_pk(scope, "CUSTOMERS"),
        new.customer_id,
        name=new.name,
        email=new.email,
        account_ref=new.account_ref,
        account_era=new.account_era or None,
        created_at=new.created_at,
    )
    if new.version:
        record.version = new.version
    with transaction() as t:
        t.add(*provided)
        t.put(record)
        for other in also:
            t.put(other)


def _customer(record: PortalCustomerRecord) -> PortalCustomer:
    return PortalCustomer(
        record.sk,
        record.name,
        record.email,
        record.created_at,
        record.account_ref,
        record.account_era or "",
        int(record.version),
    )
