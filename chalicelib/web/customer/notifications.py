"""Notifications: what a customer's user was notified of, behind the bell of each page and on a page of its own."""

from chalice.app import Response

from chalicelib.alerts import operations, queries
from chalicelib.http.access import CUSTOMER
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import is_ulid
from chalicelib.web.presenters import alerts

routes = Routes(__name__)

HOME = "/notifications"
ONE = HOME + "/{notification}"
NEWEST = 7
"""Lines that open under the bell."""


@routes.get(HOME, CUSTOMER)
def notifications(request: Request) -> Response:
    """All that are kept, newest first; the newest alone where the bell opens."""
    dealer = request.services.dealer_of(request.customer_scope)
    found = queries.entries(request.customer_scope, dealer.modules)
    return page(
        request,
        "customer/notifications_menu.html" if request.htmx else "customer/notifications.html",
        alerts=alerts.lines(found[:NEWEST] if request.htmx else found, dealer=dealer.name, fmt=request.fmt),
        unread=sum(not one.is_read for one in found),
        newest=found[0].entry_id if found else "",
    )


@routes.post(HOME, CUSTOMER)
def mark_all_read(request: Request) -> Response:
    """All that the page has shown counts as read: what has come since does not."""
    scope, up_to = request.customer_scope, request.form.get("up_to", "")
    if is_ulid(up_to):
        operations.mark_all_read(scope, request.services.dealer_of(scope).modules, up_to=up_to)
    return redirect(HOME, flash=_("Marked as read"))


@routes.get(ONE, CUSTOMER)
def follow(request: Request) -> Response:
    """The way to what it is about. It counts as read from now on, unless a program looks ahead."""
    scope, one = request.customer_scope, request.params["notification"]
    modules = request.services.dealer_of(scope).modules
    look = operations.mark_read if request.is_looked_at else queries.entry
    return redirect(look(scope, one, modules).alert.path)


@routes.post(ONE, CUSTOMER)
def mark_read(request: Request) -> Response:
    """This one counts as read."""
    scope = request.customer_scope
    operations.mark_read(scope, request.params["notification"], request.services.dealer_of(scope).modules)
    return redirect(HOME, flash=_("Marked as read"))
