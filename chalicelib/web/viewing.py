"""Documents that a person of the customer opens: noted for staff, and new to them no more."""

from collections.abc import Iterable
from datetime import date

from chalicelib.http.request import Request
from chalicelib.kernel.ids import is_ulid, moment_of
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.row import Row
from chalicelib.ledger.viewed import operations
from chalicelib.ledger.viewed.model import Viewer
from chalicelib.ledger.viewed.queries import Reader
from chalicelib.profiles import queries as profiles


def note_view(request: Request, view: AccountView, row: Row) -> None:
    """The person who is logged in opens it, unless a program has only fetched it ahead."""
    note_views(request, view, [row])


def note_views(request: Request, view: AccountView, rows: Iterable[Row]) -> None:
    """The same of many at once."""
    # Tested control: view-by-program-counts-for-nothing
    if not request.is_looked_at:
        return
    scope, email = request.customer_scope, request.own_session.email
    operations.note_views(
        scope,
        ref=view.ref,
        rows=rows,
        viewer=Viewer(scope.person_id, lambda: profiles.name_of(scope, scope.person_id) or email),
        today=request.fmt.today(request.now),
        now=request.now,
    )


def reader_of(request: Request) -> Reader:
    """Who reads a list, since when: their invitation says it, or else the id that they were given at their first."""
    scope, person = request.customer_scope, request.person
    invitation_id = person.membership.invitation_id if person and person.membership else ""
    known = next((one for one in (invitation_id, scope.person_id) if is_ulid(one)), "")
    joined = request.fmt.today(moment_of(known)) if known else date.min
    return Reader(scope, joined)
