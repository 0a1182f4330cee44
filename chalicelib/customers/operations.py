"""Customers are added in the portal, and linked to an account of the dealer's system. Each is one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.directory import queries as directory
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import ineligibility_reason
from chalicelib.customers.enrolment.repo import in_era
from chalicelib.customers.eras import start_era
from chalicelib.customers.model import DirectoryEntry
from chalicelib.customers.portal_customers import repo
from chalicelib.customers.portal_customers.model import PortalCustomer
from chalicelib.customers.portal_customers.queries import portal_customer
from chalicelib.dealers import queries as dealers
from chalicelib.identity.model import normal_email
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope, TenantScope
from chalicelib.store.audit import AuditRow, audit_row

MAX_NAME = 120
NO_SUCH_ACCOUNT = lazy_gettext("There is no such account")


def create_customer(scope: DealerScope, *, name: str, email: str, now: datetime, ids: Ids) -> PortalCustomer:
    """Add a customer that no export names. Raises InvalidError on `name` and `email`."""
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME:
        wrong = _("Enter a name of 1 to %(max)s characters", max=MAX_NAME)
        raise InvalidError(wrong, {"name": wrong})
    new = PortalCustomer(ids.ulid(now), name, normal_email(email), now)
    detail = {"name": name, "email": new.email}
    audit = _audit(scope, new, "customer.created", detail, actor=scope.person_id, now=now, ids=ids)
    repo.put(scope, new, also=(audit,))
    return replace(new, version=1)


def link_account(
    scope: DealerScope, *, customer_id: str, version: int, account_ref: str, now: datetime, ids: Ids
) -> PortalCustomer:
    """Show the customer this account's figures, and no longer those of the account that was linked before.

    Raises NotFoundError for no such customer, InvalidError on `account_ref` for an account that no customer may see,
    ConflictError where the record is not of `version` any more, or the account begins another era at this moment.
    """
    before = portal_customer(scope, customer_id)
    entry = directory.entry(scope, dealers.published(scope), account_ref)
    # The customer has an email of their own, so the account needs none.
    reason = ineligibility_reason(entry._replace(email=before.email)) if entry else NO_SUCH_ACCOUNT
    if reason:
        raise InvalidError(reason, {"account_ref": reason})
    era = _era_to_link(scope, entry, now=now, ids=ids) if entry else ""
    new = replace(before, account_ref=account_ref, account_era=era, version=version)
    detail = {"account": account_ref, "before": before.account_ref}
    audit = _audit(scope, new, "customer.linked", detail, actor=scope.person_id, now=now, ids=ids)
    repo.put(scope, new, also=(audit,), provided=(in_era(scope, account_ref, era),))
    return replace(new, version=version + 1)


def _era_to_link(scope: DealerScope, entry: DirectoryEntry, *, now: datetime, ids: Ids) -> str:
    """The era that the account is in; the next one begins where nobody could open the account before."""
    enrolled = enrolments.enrolment(scope, entry.ref)
    if entry.next_era and enrolled is None and entry.ref not in repo.linked_accounts(scope):
        start_era(scope, ref=entry.ref, era=entry.next_era, reason="linked", now=now, ids=ids)
        return entry.next_era
    return enrolled.era if enrolled else ""


def unlink_account(scope: DealerScope, *, customer_id: str, version: int, now: datetime, ids: Ids) -> PortalCustomer:
    """Show the customer no figures from here on. Raises NotFoundError and ConflictError as `link_account`."""
    before = replace(portal_customer(scope, customer_id), version=version)
    return unlink(scope, before, actor=scope.person_id, now=now, ids=ids)


def unlink(scope: TenantScope, before: PortalCustomer, *, actor: str, now: datetime, ids: Ids) -> PortalCustomer:
    """The same for a customer as it was read. Raises ConflictError where it has changed since."""
    # Tested control: unlink-account
    new = replace(before, account_ref=None, account_era="")
    detail = {"before": before.account_ref}
    repo.put(scope, new, also=(_audit(scope, new, "customer.unlinked", detail, actor=actor, now=now, ids=ids),))
    return replace(new, version=new.version + 1)


def _audit(
    scope: TenantScope,
    customer: PortalCustomer,
    event: str,
    detail: Mapping[str, str | None],
    *,
    actor: str,
    now: datetime,
    ids: Ids,
) -> AuditRow:
    return audit_row(scope, ids=ids, now=now, actor=actor, event=event, subject=customer.ref, detail=detail)
