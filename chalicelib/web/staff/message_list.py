"""All conversations with customers: open ones, narrowed by who answers and what is new, and the closed ones."""

from typing import Any

from chalice.app import Response

from chalicelib.dealership_users.queries import staff_labels
from chalicelib.http.access import STAFF_MESSAGES
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Routes
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.messages import queries
from chalicelib.messages.model import ListedThread
from chalicelib.web.presenters import messages as words

routes = Routes(__name__)

HOME = "/staff/messages"
PAGE = 25
MAX_SEARCH_LENGTH = 100


@routes.get(HOME, STAFF_MESSAGES)
def messages(request: Request) -> Response:
    """The list. Its state is the address: state, q, page; of closed ones `after`, where the page before ended."""
    state = request.query.get("state", "")
    state = state if state in words.STAFF_STATES else ""
    text = request.query.get("q", "").strip()[:MAX_SEARCH_LENGTH]
    if state == "closed":
        return _closed(request)
    found = [one for one in queries.open_threads(request.dealer_scope) if _matches(request, one, state, text)]
    pages = max(1, -(-len(found) // PAGE))
    number = min(whole_number(request.query.get("page", "")) or 1, pages)
    first = (number - 1) * PAGE
    return _page(
        request,
        found[first : first + PAGE],
        state=state,
        text=text,
        found=len(found),
        first=first + 1,
        number=number,
        pages=pages,
        older="",
        after="",
    )


def _closed(request: Request) -> Response:
    after = request.query.get("after", "")
    found = queries.closed_threads(request.dealer_scope, now=request.now, before=after)
    return _page(
        request,
        found.threads,
        state="closed",
        text="",
        found=None,
        first=1,
        number=1,
        pages=1,
        older=found.older,
        after=after,
    )


def _matches(request: Request, one: ListedThread, state: str, text: str) -> bool:
    person_id = request.dealer_scope.person_id
    return words.is_in_state(one, state, person_id=person_id) and words.is_about(one.thread, text)


def _page(request: Request, threads: list[ListedThread], **shown: Any) -> Response:
    return page(
        request,
        "staff/messages.html",
        threads=threads,
        states=list(words.STAFF_STATES.items()),
        people=staff_labels(request.dealer_scope),
        me=request.dealer_scope.person_id,
        words=words,
        **shown,
    )
