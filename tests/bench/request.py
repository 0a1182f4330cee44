"""What a request costs beside its template and its database calls: the frame around every page."""

from pathlib import Path
from typing import Any

from chalicelib.dealers.model import Dealer
from chalicelib.dealers.operations import profile_of
from chalicelib.kernel.scopes import TenantScope
from tests.bench.baselines import trivial_route
from tests.bench.frame.measure import in_turns
from tests.bench.frame.portal import getting, logged_in
from tests.bench.frame.registry import measurement
from tests.bench.frame.row import Row, row

PATH = "/account/password"
DEALER_ID = "moorbeck00"


@measurement
def request_overhead(_: Path) -> Row:
    fields: dict[str, Any] = {
        "slug": "moorbeck",
        "code": "moorbeck",
        "name": "Moorbeck Machinery Ltd",
        "contact_email": "maria@moorbeck.example",
        "address": ("Beck Lane", "Castleton", "Whitby YO21 6XX"),
    }
    dealer = Dealer.of(DEALER_ID, profile_of(fields))
    with logged_in(TenantScope(DEALER_ID), dealer_of=lambda _: dealer, render=lambda *_: trivial_route.PAGE):
        ours, theirs = getting(PATH), getting(PATH, app=trivial_route.app)
        pair = in_turns(ours, theirs, rounds=51, repeat=50)
    return row(
        "request: own CPU",
        pair.least_subject * 1e6,
        "µs of CPU",
        baseline=pair.least_baseline * 1e6,
        at_most=2,
        how="a page behind log in; session, dealer and page come from memory; 2,550 times each, the least of 51 rounds",
    )
