"""Who may use the account: its admins invite colleagues, say what each sees, and end their access."""

from chalice.app import Response

from chalicelib.customers import queries as customers
from chalicelib.customers.colleagues.model import Manager
from chalicelib.customers.colleagues.operations import Account
from chalicelib.http.access import CUSTOMER_ADMIN
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.profiles import queries as profiles
from chalicelib.web import people
from chalicelib.web.customer.account_page import accounts_of
from chalicelib.web.people import Place

routes = Routes(__name__)

HOME = "/colleagues"


@routes.get(HOME, CUSTOMER_ADMIN)
def colleagues(request: Request) -> Response:
    """Everybody with what they may do, when they last logged in, and what became of their invitation."""
    place = _place(request)
    ended = customers.ended_access(request.customer_scope, place.account.ref, place.account.era)
    return page(request, "customer/colleagues.html", place=place, lines=people.lines(request, place), ended=ended)


def _place(request: Request) -> Place:
    scope, person = request.customer_scope, request.person
    membership = person.membership if person else None
    if person is None or membership is None or membership.account_ref is None or request.dealer is None:
        raise NotFoundError
    refs = accounts_of(scope)
    names = customers.names_of(scope, refs) if refs[1:] else {}
    # Names are said in mails: of staff who look nothing is sent.
    name = "" if scope.is_read_only else profiles.name_of(scope, scope.person_id)
    return Place(
        Account(membership.account_ref, membership.era, membership.account_name),
        Manager(scope.person_id, person.email, name),
        home=HOME,
        back=HOME,
        layout="layout/customer.html",
        crumbs=((HOME, _("Colleagues")),),
        modules=request.dealer.modules,
        group=[(ref, names.get(ref, "")) for ref in refs] if refs[1:] else (),
    )


people.declare(routes, HOME, CUSTOMER_ADMIN, _place)
