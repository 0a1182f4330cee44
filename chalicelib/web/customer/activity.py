"""Activity: what happened on the customer's account, and to the reader's own login, in the last 90 days."""

import re
from datetime import UTC, datetime, timedelta

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
from chalicelib.web.presenters.own_activity import OwnLine, Reader, account_line, events_of, login_line

routes = Routes(__name__)

_MOMENT = re.compile(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", re.ASCII)
SHOWN_FOR = timedelta(days=90)
MAX_ROWS = 100
READ = Limit("activity.person", 60, DAY // 24)
"""It reads the whole trail of the dealer: 60 times an hour."""


@routes.get("/account/activity", CUSTOMER)
def activity(request: Request) -> Response:
    """Rows of the account's and the person's own trail, newest first. The address chooses the page alone: `before`.

    Of staff who see the portal as the customer it has the account's alone: no user of it is the reader.
    """
    scope, since = request.customer_scope, request.now - SHOWN_FOR
    rate_limits.consume(IdentityScope(), (Attempt(READ, f"{scope.dealer_id}\n{scope.person_id}"),), now=request.now)
    before = _before(request)
    found = account_activity(
        scope,
        events=events_of(scope.areas, scope.role),
        since=since,
        before=before,
        now=request.now,
        limit=MAX_ROWS + 1,
    )
    reader_id = "" if scope.is_read_only else scope.person_id
    own = identity.person_events(IdentityScope(), reader_id, since=since, before=before, limit=MAX_ROWS + 1)
    logins = own if reader_id else []
    reader = Reader(reader_id, _emails(scope), request.dealer.name if request.dealer else "")
    lines = [*(account_line(entry, reader) for entry in found.entries), *map(login_line, logins)]
    every = sorted((line for line in lines if line), key=lambda line: line.at, reverse=True)
    shown, older = _page(every)
    return page(
        request,
        "customer/activity.html",
        lines=shown,
        days=SHOWN_FOR.days,
        first=before is None,
        older=older,
        complete_since=found.complete_since if found.complete_since > since else None,
    )


def _page(lines: list[OwnLine]) -> tuple[list[OwnLine], str]:
    """As many as fit, and before which moment the next page begins; lines of one millisecond stay together."""
    if len(lines) <= MAX_ROWS:
        return lines, ""
    beyond = _moment(lines[MAX_ROWS])
    # Tested control: own-activity-paged
    fitting = [line for line in lines[:MAX_ROWS] if _moment(line) > beyond]
    shown = fitting or lines
    return shown, _moment(shown[-1])


def _moment(line: OwnLine) -> str:
    """As the trails are sorted: to the millisecond."""
    return line.at.astimezone(UTC).isoformat(timespec="milliseconds")


def _before(request: Request) -> datetime | None:
    """Of a page further back. What is no moment of the trail counts as not asked."""
    text = request.query.get("before", "")
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _emails(scope: CustomerScope) -> dict[str, str]:
    """Of those who have the account with the reader, by their id."""
    users = [
        user for ref in own_refs(scope) for user in customers.users_of_account(scope, ref, scope.eras.get(ref, ""))
    ]
    return {user.person_id: user.email for user in users}
