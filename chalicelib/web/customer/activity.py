"""Activity: what happened on the customer's account, and to the reader's own login, in the last 90 days."""

from datetime import timedelta

from chalice.app import Response

from chalicelib.customers import queries as customers
from chalicelib.customers.account_activity import account_activity, own_refs
from chalicelib.http.access import CUSTOMER
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Routes
from chalicelib.identity import queries as identity
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.kernel.scopes import CustomerScope, IdentityScope
from chalicelib.web.presenters.own_activity import ACCOUNT_EVENTS, Reader, account_line, login_line

routes = Routes(__name__)

SHOWN_FOR = timedelta(days=90)
MAX_ROWS = 100
READ = Limit("activity.person", 60, DAY // 24)
"""It reads the whole trail of the dealer: 60 times an hour."""


@routes.get("/account/activity", CUSTOMER)
def activity(request: Request) -> Response:
    """The newest rows of the account's and the person's own trail. Nothing of the address chooses what is read.

    Of staff who see the portal as the customer it has the account's alone: no user of it is the reader.
    """
    scope, since = request.customer_scope, request.now - SHOWN_FOR
    rate_limits.consume(IdentityScope(), (Attempt(READ, f"{scope.dealer_id}\n{scope.person_id}"),), now=request.now)
    found = account_activity(scope, events=ACCOUNT_EVENTS, since=since, now=request.now, limit=MAX_ROWS)
    reader_id = "" if scope.is_read_only else scope.person_id
    logins = identity.person_events(IdentityScope(), reader_id, since=since, limit=MAX_ROWS) if reader_id else []
    reader = Reader(reader_id, _emails(scope), request.dealer.name if request.dealer else "")
    lines = [*(account_line(entry, reader) for entry in found.entries), *map(login_line, logins)]
    shown = sorted((line for line in lines if line), key=lambda line: line.at, reverse=True)
    return page(
        request,
        "customer/activity.html",
        lines=shown[:MAX_ROWS],
        days=SHOWN_FOR.days,
        most=MAX_ROWS if len(shown) > MAX_ROWS else 0,
        complete_since=found.complete_since if found.complete_since > since else None,
    )


def _emails(scope: CustomerScope) -> dict[str, str]:
    """Of those who have the account with the reader, by their id."""
    users = [
        user for ref in own_refs(scope) for user in customers.users_of_account(scope, ref, scope.eras.get(ref, ""))
    ]
    return {user.person_id: user.email for user in users}
