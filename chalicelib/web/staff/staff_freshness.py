"""How old the figures of a staff page are: the same day on which customers read that newer ones are overdue."""

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.missing_exports.model import missing_since
from chalicelib.dealers.publication import Published
from chalicelib.http.request import Request
from chalicelib.web.presenters.freshness import Freshness, dealer_freshness


def staff_freshness(request: Request, published: Published) -> Freshness:
    """Of the published run."""
    dealer = dealers.dealer(request.dealer_scope)
    missing = missing_since(dealer, published, request.now) is not None
    return dealer_freshness(published, request.fmt.today(request.now), missing=missing)
