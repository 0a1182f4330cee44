"""All conversations with customers: open or closed ones, narrowed by who answers, whom they are for and what is new."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import Response

from chalicelib.dealership_users.queries import staff_labels
from chalicelib.http.access import STAFF_MESSAGES
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Routes
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.messages import queries
from chalicelib.messages.model import ListedThread, Thread
from chalicelib.messages.recipients import queries as recipients
from chalicelib.messages.recipients.queries import Addressing
from chalicelib.web.presenters import messages as words

routes = Routes(__name__)

HOME = "/staff/messages"
PAGE = 25
MAX_SEARCH_LENGTH = 100
MAX_ID_LENGTH = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the address asks for, and what it takes to tell it of a conversation."""

    state: str
    to: str
    text: str
    person_id: str
    addressing: Addressing
    labels: Mapping[str, str]
    addressees: Mapping[str, str]

    def has(self, one: ListedThread) -> bool:
        """Whether the list has it."""
        thread = one.thread
        reaches_them = self.addressing.reaches(thread.to, self.person_id)
        return (
            words.is_in_state(one, self.state, person_id=self.person_id, reaches_them=reaches_them)
            and words.is_addressed(self.addressing.resolved(thread.to), self.to)
            and words.is_about(thread, self.text)
        )

    def name_of(self, thread: Thread) -> str:
        """To whom it goes now; empty: to nobody in particular."""
        found = self.addressing.resolved(thread.to)
        return self.addressees.get(found.value, "") if found else ""


@routes.get(HOME, STAFF_MESSAGES)
def messages(request: Request) -> Response:
    """The list. Its state is the address: state, to, q, page; `after`, where those before were begun."""
    wanted, after = _wanted(request), request.query.get("after", "")[:MAX_ID_LENGTH]
    if wanted.state == "closed":
        return _closed(request, wanted, after)
    read = queries.open_threads(request.dealer_scope, before=after)
    found = [one for one in read.threads if wanted.has(one)]
    pages = max(1, -(-len(found) // PAGE))
    number = min(whole_number(request.query.get("page", "")) or 1, pages)
    first = (number - 1) * PAGE
    return _page(
        request,
        wanted,
        found[first : first + PAGE],
        found=len(found),
        first=first + 1,
        number=number,
        pages=pages,
        older=read.older,
        after=after,
    )


def _closed(request: Request, wanted: Wanted, after: str) -> Response:
    found = queries.closed_threads(request.dealer_scope, wanted.has, now=request.now, before=after)
    return _page(
        request,
        wanted,
        found.threads,
        found=None,
        first=1,
        number=1,
        pages=1,
        older=found.older,
        after=after,
    )


def _wanted(request: Request) -> Wanted:
    scope, query = request.dealer_scope, request.query
    state = query.get("state", "")
    addressing, labels = recipients.addressing(scope), staff_labels(scope)
    addressees = words.addressees(addressing, labels)
    to = query.get("to", words.ANYBODY)
    return Wanted(
        state=state if state in words.STAFF_STATES else "",
        to=to if to in {*addressees, words.DEALER} else words.ANYBODY,
        text=query.get("q", "").strip()[:MAX_SEARCH_LENGTH],
        person_id=scope.person_id,
        addressing=addressing,
        labels=labels,
        addressees=addressees,
    )


def _page(request: Request, wanted: Wanted, threads: list[ListedThread], **shown: Any) -> Response:
    return page(
        request,
        "staff/messages.html",
        threads=[(one, wanted.name_of(one.thread)) for one in threads],
        state=wanted.state,
        states=list(words.STAFF_STATES.items()),
        to=wanted.to,
        recipients=[
            (words.ANYBODY, _("All")),
            *wanted.addressees.items(),
            (words.DEALER, _("Nobody in particular")),
        ],
        text=wanted.text,
        people=wanted.labels,
        me=wanted.person_id,
        words=words,
        **shown,
    )
