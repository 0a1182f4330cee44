"""Every route, every method, every caller: what they get follows from the access that the route declares.

A route without an access, one that tests/sweeps/routes.json does not acknowledge, or with a parameter that
tests/sweeps/scenario.py has no example of, fails here; so does one that lets in whom it does not name (threat 1).
"""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from chalice.app import Chalice, Response

from app import app
from chalicelib.http import responses
from chalicelib.http.access import STAFF, VISITOR, Access, Audience
from chalicelib.http.request import Request
from chalicelib.http.routing import Routes
from chalicelib.identity.model import MembershipKind
from tests.fixtures.figures import RecordFigure
from tests.fixtures.logs import logged
from tests.sweeps import scenario as scenarios
from tests.sweeps.canary_exports import ARCHIVED
from tests.sweeps.scenario import WITHOUT_OWNER, Caller, Past, Scenario, access_of, address, parameters, post
from tests.web.client import OWN_PAGE

Route = tuple[str, str]

ACKNOWLEDGED = Path(__file__).with_name("routes.json")
"""Every route and who may open it. Said here again, so that adding a route, or opening one, is seen in a review."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ROUTES: list[Route] = sorted(
    (resource, method) for resource, methods in app.routes.items() for method in methods if method != "HEAD"
)
CLOSED = sorted((path, method) for path in app.routes for method in METHODS if method not in app.routes[path])
CALLERS = 26
FORM, FOREIGN = "application/x-www-form-urlencoded", "B" * 64
WITHOUT_TOKEN = (
    ("", FORM, 403),
    (f"csrf={FOREIGN}", FORM, 403),
    ("{}", "application/json", 403),
    (json.dumps({"csrf": FOREIGN}), "application/json; charset=utf-8", 403),
    (f"csrf={FOREIGN}", "text/plain", 415),
    ('--x\r\ncontent-disposition: form-data; name="csrf"\r\n\r\nB\r\n--x--', "multipart/form-data; boundary=x", 415),
)
"""Bodies without the session's token, of each content type that another site can send, and how they are refused."""
LOGIN, CHOOSE = "log in", "choose an account"
UNKNOWN_KEY, NOT_YOURS, NOT_ALLOWED, LET_IN = "401", "404", "403", "let in"


def declared(made: Chalice) -> dict[str, str]:
    """`GET /path` -> its access, in the words of the acknowledged list. HEAD goes with GET."""
    return {
        f"{method} {resource}": str(access_of(made, resource, method))
        for resource in sorted(made.routes)
        for method in sorted(made.routes[resource])
        if method != "HEAD"
    }


def lines(routes: dict[str, str]) -> list[str]:
    """As they stand in the file."""
    return [f"  {json.dumps(route)}: {json.dumps(access)}," for route, access in routes.items()]


def differences(made: Chalice, acknowledged: dict[str, str]) -> str:
    """What to change in the acknowledged list if the routes are meant; empty if they agree."""
    found = declared(made)
    add = {route: access for route, access in found.items() if acknowledged.get(route) != access}
    remove = {route: access for route, access in acknowledged.items() if found.get(route) != access}
    parts = ["If this is meant, change tests/sweeps/routes.json."]
    parts += ["Add:", *lines(add)] if add else []
    parts += ["Remove:", *lines(remove)] if remove else []
    return "\n".join(parts) if add or remove else ""


def expected(access: Access, caller: Caller, scenario: Scenario, *, belongs: bool) -> str:
    """What the declared access promises. `belongs`: the path names something that only our dealer has."""
    if access.is_open:
        return LET_IN
    if access.audience is Audience.WEBHOOK:
        return UNKNOWN_KEY  # nobody of the cast knows what it asks for
    if access.is_machine:
        return _machine(caller, scenario, belongs=belongs)
    if not caller.has_session:
        return LOGIN
    if access.audience is Audience.LOGGED_IN:
        return LET_IN
    if caller.past is Past.NEVER_MEMBER:
        return CHOOSE
    return _member(access, caller, scenario, belongs=belongs)


def _machine(caller: Caller, scenario: Scenario, *, belongs: bool) -> str:
    if not caller.key or caller.is_key_revoked:
        return UNKNOWN_KEY
    ours = caller.key == scenario.keys[scenario.cast.ours.dealer.dealer_id]
    return LET_IN if ours or not belongs else NOT_YOURS


def _member(access: Access, caller: Caller, scenario: Scenario, *, belongs: bool) -> str:
    assert caller.member
    membership = caller.member.membership
    wanted = {Audience.CUSTOMER: {MembershipKind.CUSTOMER}, Audience.STAFF: {MembershipKind.STAFF}}.get(
        access.audience, set(MembershipKind)
    )
    if membership.kind not in wanted:
        return NOT_YOURS
    if caller.shut:
        return NOT_ALLOWED
    if access.role and (caller.is_at(ARCHIVED) or not membership.role.includes(access.role)):
        return NOT_ALLOWED
    owner = scenario.cast.ours.customer if access.audience is Audience.CUSTOMER else None
    mine = caller.member == owner if owner else membership.dealer_id == scenario.cast.ours.dealer.dealer_id
    return LET_IN if mine or not belongs else NOT_YOURS


def outcome(status: int, location: str) -> str:
    """What a caller got, in the words above."""
    if status == 303 and location.partition("?")[0] == "/login":
        return LOGIN
    if status == 303 and location == "/accounts":
        return CHOOSE
    return {401: UNKNOWN_KEY, 404: NOT_YOURS, 403: NOT_ALLOWED}.get(status, LET_IN if status < 500 else str(status))


TURNED_AWAY = frozenset({401, 403, 413, 415, 421, 429})
"""The statuses of a refusal, beside 404 where the route's access gives it."""
LET_IN_MAY_SAY = frozenset({LET_IN, NOT_YOURS})
"""Somebody let in may still name, in an empty form, something that is not there. Never a login, never a refusal."""


def wrong_cells(scenario: Scenario, made: Chalice, resource: str, method: str) -> Iterator[str]:
    """The callers who got something else than the route's access promises, and what they got."""
    access = access_of(made, resource, method)
    belongs = bool(set(parameters(resource)) - WITHOUT_OWNER)
    path = address(scenario, resource, scenario.cast.ours)
    for caller in callers(scenario, made, resource, method):
        with scenario.visiting(caller, fresh=_may_end_sessions(access, method), on=made) as visitor, logged() as log:
            got = post(visitor, path) if method == "POST" else visitor.call(method, path)
        promised = expected(access, caller, scenario, belongs=belongs)
        seen = outcome(got.status, got.location)
        fits = seen in LET_IN_MAY_SAY or access.is_open if promised == LET_IN else seen == promised
        if not fits or got.status >= 500:
            yield f"{caller.name}: {got.status} {got.location}, promised: {promised}"
        told, refused = refusals(log), got.status in TURNED_AWAY or promised == NOT_YOURS
        if told != refused and not (promised == LET_IN and got.status == 404 and told <= 1):
            yield f"{caller.name}: {got.status}, {told} events"


def refusals(log: StringIO) -> int:
    """How many events say that somebody was turned away."""
    return log.getvalue().count('"auth.refused"')


def callers(scenario: Scenario, made: Chalice, resource: str, method: str) -> list[Caller]:
    """All of them for the first route of its method and access.

    For each further one without those who are turned away before the route matters, just as the anonymous caller is:
    by a session that has ended, or by a key where a session is wanted. That is the same code for all of them. Nor does
    the route matter to the unusual callers, who are let in or not as others are.
    """
    everybody = list(scenario.callers().values())
    access = access_of(made, resource, method)
    same = min(path for path, has in made.routes.items() if method in has and _has(made, path, method, access))
    if resource == same:
        return everybody
    usual = [one for one in everybody if not one.is_unusual]
    return [one for one in usual if (one.is_somebody or not one.member) and (access.is_machine or not one.key)]


def _has(made: Chalice, resource: str, method: str, access: Access) -> bool:
    return getattr(made.routes[resource][method].view_function, "access", None) == access


def _may_end_sessions(access: Access, method: str) -> bool:
    return method == "POST" and access.audience in {Audience.LOGGED_IN, Audience.VISITOR}


def test_every_route_declares_an_access_and_has_an_example() -> None:
    for resource, method in ROUTES:
        access_of(app, resource, method)
        for name in parameters(resource):
            assert name in scenarios.examples(resource), (
                f"{resource}: give an example of {{{name}}} in tests/sweeps/scenario.py"
            )


def test_every_route_is_acknowledged() -> None:
    changes = differences(app, json.loads(ACKNOWLEDGED.read_text()))
    assert not changes, changes


def test_head_is_answered_by_what_answers_get() -> None:
    for resource, methods in app.routes.items():
        assert ("HEAD" in methods) == ("GET" in methods), resource
        if "GET" in methods:
            assert methods["HEAD"].view_function is methods["GET"].view_function, resource


@pytest.mark.parametrize(("resource", "method"), ROUTES)
def test_who_gets_in(scenario: Scenario, resource: str, method: str) -> None:
    assert len(scenario.callers()) == CALLERS
    assert list(wrong_cells(scenario, app, resource, method)) == []


@pytest.mark.parametrize("resource", sorted({path for path, _method in CLOSED}))
def test_other_methods_reach_nothing(scenario: Scenario, resource: str) -> None:
    for method in (closed for path, closed in CLOSED if path == resource):
        with scenario.visiting(scenario.callers()["our admin"]) as visitor:
            got = visitor.call(method, address(scenario, resource, scenario.cast.ours), unrouted=True)
        assert got.status == 405, method


def opened(scenario: Scenario) -> Chalice:
    """An app with routes that somebody has opened: by another access, by no check, by a check of the wrong kind."""
    made = Chalice(app_name="opened", configure_logs=False)
    routes = Routes("tests.sweeps.opened")

    @routes.get("/staff/accounts", VISITOR)
    def redeclared(request: Request) -> Response:
        return responses.json(request.path)

    def unchecked() -> Response:
        return Response("ok")

    def unsaid() -> Response:
        return Response("ok")

    @routes.get("/staff/accounts/{account}", STAFF)
    def another_dealers(request: Request) -> Response:
        return responses.json(scenario.cast.ours.dealer.name + request.params["account"])

    made.register_blueprint(routes)
    unchecked.access = STAFF  # type: ignore[attr-defined]
    made.route("/staff/imports")(unchecked)
    made.route("/staff/unsaid")(unsaid)
    return made


def test_a_route_opened_on_purpose_is_noticed(scenario: Scenario) -> None:
    made = opened(scenario)
    acknowledged = json.loads(ACKNOWLEDGED.read_text())
    with pytest.raises(AssertionError, match="GET /staff/unsaid declares no access"):
        declared(made)
    del made.routes["/staff/unsaid"]
    add, _, remove = differences(made, acknowledged).partition("Remove:")
    assert add.splitlines()[1:] == ["Add:", '  "GET /staff/accounts": "visitor",']
    assert '  "GET /staff/accounts": "staff",' in remove
    assert list(wrong_cells(scenario, made, "/staff/accounts", "GET")) == []  # what it declares it does: hence the list
    let_in = {cell.partition(":")[0] for cell in wrong_cells(scenario, made, "/staff/imports", "GET")}
    assert {"anonymous", "our customer", "the rival's customer"} <= let_in
    let_in = {cell.partition(":")[0] for cell in wrong_cells(scenario, made, "/staff/accounts/{account}", "GET")}
    assert let_in == {"the rival's staff", "the rival's admin", "the rival's admin, our customer"}


def test_a_route_that_asks_nobody_is_noticed_by_all_who_are_turned_away(scenario: Scenario) -> None:
    made = opened(scenario)
    del made.routes["/staff/accounts/{account}"]  # so that it is the first of its access
    let_in = {cell.partition(":")[0] for cell in wrong_cells(scenario, made, "/staff/imports", "GET")}
    assert {"anonymous", "our removed staff", "our admin, too late", "the rival's upload client"} <= let_in


def declares(route: Route, quality: str) -> bool:
    """Whether the route's access has this quality. One without an access fails a test of its own."""
    access = getattr(app.routes[route[0]][route[1]].view_function, "access", None)
    return access is not None and getattr(access, quality)


@pytest.mark.usefixtures("no_limit_reached")
@pytest.mark.parametrize(
    ("resource", "method"),
    [
        route
        for route in ROUTES
        if route[1] == "GET"
        and "token" not in parameters(route[0])
        and not declares(route, "is_machine")
        and route[0] != "/not-found"
    ],
)
def test_what_is_there_is_shown_to_whom_it_belongs(scenario: Scenario, resource: str, method: str) -> None:
    access = access_of(app, resource, method)
    owner = "our customer" if access.audience is Audience.CUSTOMER else "our admin"
    with scenario.visiting(scenario.callers()[owner]) as visitor:
        got = visitor.get(address(scenario, resource, scenario.cast.ours))
    assert got.status in {200, 303}, got.text


@pytest.mark.parametrize(
    ("resource", "method"), [route for route in ROUTES if route[1] == "POST" and declares(route, "needs_csrf")]
)
def test_no_form_works_without_its_token(scenario: Scenario, resource: str, method: str) -> None:
    access = access_of(app, resource, method)
    caller = scenario.callers()["our customer" if access.audience is Audience.CUSTOMER else "our admin"]
    path = address(scenario, resource, scenario.cast.ours)
    for body, content_type, status in WITHOUT_TOKEN:
        with scenario.visiting(caller) as visitor, logged() as log:
            headers = OWN_PAGE | {"content-type": content_type}
            assert visitor.call("POST", path, body=body, headers=headers).status == status, (body, content_type)
        assert refusals(log) == 1, (body, content_type)


def test_the_count(scenario: Scenario, figures: RecordFigure) -> None:
    cells = sum(len(callers(scenario, app, resource, method)) for resource, method in ROUTES)
    figures(f"route matrix: {len(ROUTES)} routes, {cells} cells; {len(CLOSED)} other methods closed")
    assert len(ROUTES) > 40
