"""Activity: who invited, cancelled, approved and undid what. It reads the audit trail; nobody can change it."""

from collections.abc import Sequence

from chalice.app import Response

from chalicelib.dealers.staff import queries as staff
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Routes
from chalicelib.ingest import queries as imports
from chalicelib.kernel.keys import from_link_part
from chalicelib.kernel.scopes import DealerScope
from chalicelib.store import audit
from chalicelib.store.audit import AuditEntry
from chalicelib.web.presenters import activity as words
from chalicelib.web.presenters.imports import title

routes = Routes(__name__)

PAGE = 50


@routes.get("/staff/activity", STAFF)
def activity(request: Request) -> Response:
    """Newest first. `about` chooses a kind of event, `account` one account, `after` is where the page before ended."""
    about = request.query.get("about", "")
    about = about if about in words.KINDS else ""
    scope = request.dealer_scope
    after = request.query.get("after", "")
    link = request.query.get("account", "")
    ref = from_link_part(link) if link else ""
    prefixes = words.event_prefixes(about)
    found = audit.entries(scope, now=request.now, after=after, events=prefixes, subject=ref, limit=PAGE + 1)
    emails, exports = staff.emails(scope), _exports(scope, found[:PAGE])
    return page(
        request,
        "staff/activity.html",
        lines=[words.line(entry, emails, exports) for entry in found[:PAGE]],
        kinds=list(words.KINDS.items()),
        about=about,
        link=link,
        ref=ref,
        first=not after,
        older=found[PAGE - 1].cursor if len(found) > PAGE else "",
    )


def _exports(scope: DealerScope, entries: Sequence[AuditEntry]) -> dict[int, str]:
    """What the exports that are named are called, by run."""
    numbers = {number for entry in entries if (number := words.run_number(entry)) is not None}
    return {run.number: title(run) for run in imports.runs(scope, numbers)}
