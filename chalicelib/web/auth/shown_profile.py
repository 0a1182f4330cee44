"""What the head of the pages shows of who logs in: read once then, so that no page has to."""

from chalice.app import Response

from chalicelib.http import header_profile
from chalicelib.http.request import Request
from chalicelib.identity.model import Session
from chalicelib.kernel.scopes import TenantScope
from chalicelib.profiles import queries
from chalicelib.profiles.model import NOBODY


def with_profile(response: Response, request: Request, session: Session) -> Response:
    """The response, after which pages show the initials and the photo that the person has at the session's dealer."""
    if session.membership is None:  # they choose first
        return response
    person_id, dealer_id = session.person_id, session.membership.dealer_id
    shown = queries.named(TenantScope(dealer_id), [person_id]).get(person_id, NOBODY)
    return header_profile.remember(response, request, person_id=person_id, dealer_id=dealer_id, shown=shown)
