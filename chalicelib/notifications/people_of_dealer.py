"""The accounts of a dealer that somebody is told of, and where these are seen."""

from typing import Any
from urllib.parse import urlencode

from chalicelib.customers import queries as customers
from chalicelib.customers.colleagues.queries import rights_of_member
from chalicelib.customers.portal_customers.queries import portal_customer
from chalicelib.dealers import queries as dealers
from chalicelib.identity import queries as identity
from chalicelib.kernel.areas import Area
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import ngettext
from chalicelib.kernel.keys import is_portal_customer, portal_customer_id
from chalicelib.kernel.scopes import IdentityScope, ImportScope


def accounts_of(scope: ImportScope, person_id: str, area: Area) -> list[str]:
    """Those that they may open and those that these are the masters of, where they are given the area, in order.

    Of a customer of the portal it is the linked one.
    """
    published = dealers.published(scope)
    reached = set[str]()
    for one in identity.memberships(IdentityScope(), person_id):
        if one.dealer_id != scope.dealer_id or not one.account_ref:
            continue
        rights = rights_of_member(scope, person_id, one)
        own = ledger_account(scope, one.account_ref)
        if own and rights and area in rights.areas:
            reached |= rights.reach(customers.account_group(scope, published, own))
    return sorted(reached)


def list_path(scope: ImportScope, ref: str) -> str:
    """The list of the account's transactions: of one that has a master, that which its master's people see too.

    The people of the account itself are led on from there to their own.
    """
    if customers.master_of(scope, dealers.published(scope), ref) is None:
        return "/transactions"
    return f"/account-group?{urlencode({'account': ref})}"


def ledger_account(scope: ImportScope, ref: str) -> str:
    """The account itself, or that of a customer of the portal; empty where none is linked."""
    if not is_portal_customer(ref):
        return ref
    try:
        return portal_customer(scope, portal_customer_id(ref)).account_ref or ""
    except NotFoundError:
        return ""


def and_more_accounts(number: int) -> list[dict[str, Any]]:
    """What a mail says in place of accounts that it does not list, none where it lists all."""
    if number <= 0:
        return []
    return [
        {
            "title": _("Not listed"),
            "lines": [ngettext("%(num)s more account", "%(num)s more accounts", number, num=number)],
        }
    ]
