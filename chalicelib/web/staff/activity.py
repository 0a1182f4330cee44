"""Activity: who invited, cancelled, approved and undid what. It reads the audit trail; nobody can change it."""

from chalice.app import Response

from chalicelib.dealers.staff import queries as staff
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Routes
from chalicelib.store import audit
from chalicelib.web.presenters import activity as words

routes = Routes(__name__)

PAGE = 50


@routes.get("/staff/activity", STAFF)
def activity(request: Request) -> Response:
    """Newest first. `about` chooses a kind of event, `after` is where the page before ended."""
    about = request.query.get("about", "")
    about = about if about in words.KINDS else ""
    scope = request.dealer_scope
    after = request.query.get("after", "")
    found = audit.entries(scope, now=request.now, after=after, events=f"{about}." if about else "", limit=PAGE + 1)
    emails = staff.emails(scope)
    return page(
        request,
        "staff/activity.html",
        lines=[words.line(entry, emails) for entry in found[:PAGE]],
        kinds=list(words.KINDS.items()),
        about=about,
        first=not after,
        older=found[PAGE - 1].cursor if len(found) > PAGE else "",
    )
