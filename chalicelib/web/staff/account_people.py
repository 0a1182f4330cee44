"""The people of a customer account as staff manage them: levels, areas, invitations, the end of access."""

from chalicelib.customers import queries as customers
from chalicelib.customers.colleagues.model import Manager
from chalicelib.customers.colleagues.operations import Account
from chalicelib.dealers import queries as dealers
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.routing import Routes
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import from_link_part
from chalicelib.kernel.scopes import DealerScope
from chalicelib.web import people
from chalicelib.web.people import Place

routes = Routes(__name__)

ACCOUNT = "/staff/accounts/{account}"


def place_of(scope: DealerScope, found: customers.StaffAccount, link: str) -> Place:
    """Of one account. Somebody is invited beside others alone: the first is by the address of the dealer's system."""
    entry, address = found.row.entry, f"/staff/accounts/{link}"
    refs = sorted(customers.account_group(scope, found.published, entry.ref))
    names = customers.names_of(scope, refs) if refs[1:] else {}
    return Place(
        Account(entry.ref, found.era, entry.name),
        Manager(scope.person_id, "", of_dealer=True),
        home=f"{address}/people",
        back=f"{address}#users",
        layout="layout/staff.html",
        crumbs=(("/staff/accounts", _("Customer Accounts")), (address, entry.ref)),
        modules=dealers.dealer(scope).modules,
        group=[(ref, names.get(ref, "")) for ref in refs] if refs[1:] else (),
        may_invite=bool(found.users) and not found.row.reason and not found.owner_in_doubt,
    )


def _place(request: Request) -> Place:
    scope, link = request.dealer_scope, request.params["account"]
    return place_of(scope, customers.staff_account(scope, from_link_part(link)), link)


people.declare(routes, f"{ACCOUNT}/people", STAFF, _place)
