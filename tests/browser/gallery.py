"""A page for every part and state, in each shell, with figures of the pictures: what the looks are tested on."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from chalice.app import Chalice, Response
from jinja2 import ChoiceLoader, Environment, FileSystemLoader

from chalicelib.dealers.appearance import Brand
from chalicelib.http import cookies, responses
from chalicelib.http.access import PUBLIC, VISITOR
from chalicelib.http.request import Request
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, TooManyError
from chalicelib.rendering import templates
from chalicelib.rendering.brand import brand_css
from chalicelib.web.presenters.freshness import Freshness

NOW = datetime(2026, 11, 21, 14, 22, tzinfo=UTC)
PAGES = ("/show/customer", "/show/staff", "/show/form", "/show/states", "/show/auth", "/show/choose")
FAILURES: dict[str, Exception] = {
    "404": NotFoundError(),
    "403": ForbiddenError("Only an admin of the dealership can do this."),
    "409": ConflictError("Josh Hobday approved this export at 13:41. Nothing more has changed."),
    "422": InvalidError("Choose a file that ends in .zip"),
    "429": TooManyError("Try again in about 5 minutes.", retry_after=300),
    "500": KeyError("x"),
}
ROWS: list[tuple[date, str, str, str, str, str, int, int]] = [
    (
        date(2026, 11, 20),
        "127118",
        "Invoice",
        "Workshop Invoice, 500 hour service",
        "Current",
        "Due 20 Dec",
        64218,
        64218,
    ),
    (date(2026, 11, 18), "127073", "Invoice", "General Parts Sale", "Current", "Due 18 Dec", 2578, 2578),
    (date(2026, 11, 16), "R30981", "Payment", "Bank transfer, thank you", "Unallocated", "credit", -50000, -10399),
    (date(2026, 10, 21), "126931", "Invoice", "Workshop Invoice, clutch", "1 Month", "overdue", 72820, 33219),
    (date(2026, 8, 5), "126828", "Invoice", "Workshop Invoice, gearbox", "", "settled", 109350, 0),
]
FRESH = Freshness(NOW.date(), NOW.date(), NOW, "Moorbeck Machinery")
routes = Routes(__name__)


def environment() -> Environment:
    """The product's environment with the gallery's own templates on top."""
    made = templates.environment().overlay()
    product = templates.environment().loader
    assert product
    made.loader = ChoiceLoader([FileSystemLoader(Path(__file__).parent / "pages"), product])
    return made


def render(name: str, context: dict[str, Any]) -> str:
    """Stands in for templates.render."""
    return environment().get_template(name).render(context)


@routes.get("/enter/{who}", PUBLIC)
def enter(request: Request) -> Response:
    """Logs in as the customer, the staff or nobody in particular."""
    return cookies.set_session(responses.redirect("/show/empty"), request.params["who"])


@routes.get("/d/{slug}/brand.css", PUBLIC)
def brand(_: Request) -> Response:
    """The loudest brand there is."""
    return Response(brand_css(Brand(nav_bg="#ffff00", btn_bg="#ffffff")), {"Content-Type": "text/css"})


@routes.get("/show/{name}", VISITOR)
def show(request: Request) -> Response:
    """A page of the gallery. It acts for the person who is logged in."""
    return responses.page(request, f"{request.params['name']}.html", rows=ROWS, at=NOW, fresh=FRESH)


@routes.get("/fail/{status}", VISITOR)
def fail(request: Request) -> Response:
    """An error page."""
    raise FAILURES[request.params["status"]]


def gallery() -> Chalice:
    """The app."""
    made = Chalice(app_name="gallery", configure_logs=False)
    made.register_blueprint(routes)
    return made
