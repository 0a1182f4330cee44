"""The privacy statement and the terms of a dealer, at its public address."""

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.wording.model import Statement
from chalicelib.dealers.wording.queries import statement
from chalicelib.http.access import VISITOR
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Routes
from chalicelib.kernel import i18n
from chalicelib.kernel.scopes import PublicLookupScope, PublicScope
from chalicelib.web.presenters.wording import STATEMENT_TITLES

routes = Routes(__name__)


@routes.get("/d/{slug}/privacy", VISITOR)
def privacy(request: Request) -> Response:
    """How the dealer handles what it knows of people, in its own words. Not found where it has written nothing."""
    return _page(request, Statement.PRIVACY)


@routes.get("/d/{slug}/terms", VISITOR)
def terms(request: Request) -> Response:
    """On what terms the dealer deals with its customers."""
    return _page(request, Statement.TERMS)


def _page(request: Request, which: Statement) -> Response:
    dealer = dealers.public_dealer_at(PublicLookupScope(), request.params["slug"])
    i18n.activate(dealer.locale)
    text = statement(PublicScope(dealer.dealer_id), which)
    home = "/accounts" if request.session else f"/d/{dealer.slug}"
    return page(request, "public/statement.html", dealer=dealer, title=STATEMENT_TITLES[which], text=text, back=home)
