"""Every route, every method, every caller: what they get follows from the permission that the route declares.

A route without a permission, in a place where its permission does not belong, or with a parameter that
tests/sweeps/scenario.py has no example of, fails here; so does one that lets in whom it does not name (threat 1).
"""

import re
from collections.abc import Iterator

import pytest
from chalice.app import Chalice, Response

from app import app
from chalicelib.http.access import OPEN, Permission
from chalicelib.http.request import Request
from chalicelib.http.responses import json
from chalicelib.http.routing import Pages
from chalicelib.identity.model import Kind, Role
from tests.fixtures.figures import Say
from tests.sweeps import scenario as stages
from tests.sweeps.scenario import OF_NOBODY, Caller, Stage, address, parameters, permission_of, post

Route = tuple[str, str]

ROUTES: list[Route] = sorted((resource, method) for resource, methods in app.routes.items() for method in methods)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CLOSED = sorted((path, method) for path in app.routes for method in METHODS if method not in app.routes[path])
CALLERS = 14
LOGIN, REFUSED_AGENT, NOT_YOURS, NOT_ALLOWED, LET_IN = "log in", "401", "404", "403", "let in"

PLACES: tuple[tuple[str, frozenset[Permission]], ...] = (
    (r"/staff/imports/agent.*", frozenset({Permission.STAFF_ADMIN})),
    (r"/staff/imports/.+/(approve|refuse|undo)", frozenset({Permission.STAFF_ADMIN})),
    (r"/staff(/.*)?", frozenset({Permission.STAFF})),
    (r"/api/.*", frozenset({Permission.AGENT})),
    (r"/transactions.*|/invoices/.*|/exports/.*", frozenset({Permission.CUSTOMER})),
    (r"/accounts|/account/.*|/logout", frozenset({Permission.PERSON})),
    (r"/|/health|/d/[^/]+/brand\.css", frozenset({Permission.PUBLIC})),
    (r"/login|/forgot|/reset/[^/]+|/i/[^/]+|/d/[^/]+(/login)?", frozenset({Permission.VISITOR})),
)
"""Which permission belongs where: the first pattern that fits. Said here again, so that opening a route is seen."""


def misplaced(made: Chalice) -> list[str]:
    """Routes whose permission is not the one of their place, or that stand where nothing belongs."""
    found = []
    for resource, methods in made.routes.items():
        wanted = next((allowed for place, allowed in PLACES if re.fullmatch(place, resource)), frozenset())
        found += [f"{method} {resource}" for method in methods if permission_of(made, resource, method) not in wanted]
    return found


def expected(permission: Permission, caller: Caller, stage: Stage, *, belongs: bool) -> str:
    """What the declared permission promises. `belongs`: the path names something that only our dealer has."""
    if permission in OPEN:
        return LET_IN
    if permission is Permission.AGENT:
        return _agent(caller, stage, belongs=belongs)
    if caller.key or not caller.is_somebody:
        return LOGIN
    if permission is Permission.PERSON:
        return LET_IN
    return _member(permission, caller, stage, belongs=belongs)


def _agent(caller: Caller, stage: Stage, *, belongs: bool) -> str:
    if not caller.key:
        return REFUSED_AGENT
    ours = caller.key == stage.keys[stage.cast.ours.dealer.dealer_id]
    return LET_IN if ours or not belongs else NOT_YOURS


def _member(permission: Permission, caller: Caller, stage: Stage, *, belongs: bool) -> str:
    assert caller.member
    wanted = Kind.CUSTOMER if permission is Permission.CUSTOMER else Kind.STAFF
    membership = caller.member.membership
    if membership.kind is not wanted:
        return NOT_YOURS
    if permission is Permission.STAFF_ADMIN and membership.role is not Role.ADMIN:
        return NOT_ALLOWED
    owner = stage.cast.ours.customer if permission is Permission.CUSTOMER else None
    mine = caller.member == owner if owner else membership.dealer_id == stage.cast.ours.dealer.dealer_id
    return LET_IN if mine or not belongs else NOT_YOURS


def outcome(status: int, location: str) -> str:
    """What a caller got, in the words above."""
    if status == 303 and (location == "/login" or location.startswith("/login?next=")):
        return LOGIN
    return {401: REFUSED_AGENT, 404: NOT_YOURS, 403: NOT_ALLOWED}.get(status, LET_IN if status < 500 else str(status))


LET_IN_MAY_SAY = frozenset({LET_IN, NOT_YOURS})
"""Somebody let in may still name, in an empty form, something that is not there. Never a log in, never a refusal."""


def wrong_cells(stage: Stage, made: Chalice, resource: str, method: str) -> Iterator[str]:
    """The callers who got something else than the route's permission promises, and what they got."""
    permission = permission_of(made, resource, method)
    belongs = bool(set(parameters(resource)) - OF_NOBODY)
    path = address(stage, resource, stage.cast.ours)
    for caller in stage.callers().values():
        with stage.visiting(caller, fresh=_may_end_sessions(permission, method), on=made) as visitor:
            got = post(visitor, path) if method == "POST" else visitor.call(method, path)
        promised = expected(permission, caller, stage, belongs=belongs)
        seen = outcome(got.status, got.location)
        fits = seen in LET_IN_MAY_SAY or permission in OPEN if promised == LET_IN else seen == promised
        if not fits or got.status >= 500:
            yield f"{caller.name}: {got.status} {got.location}, promised: {promised}"


def _may_end_sessions(permission: Permission, method: str) -> bool:
    return method == "POST" and permission in {Permission.PERSON, Permission.VISITOR}


def test_every_route_declares_a_permission_and_has_an_example() -> None:
    for resource, method in ROUTES:
        permission_of(app, resource, method)
        for name in parameters(resource):
            assert name in stages.examples(resource), (
                f"{resource}: give an example of {{{name}}} in tests/sweeps/scenario.py"
            )


def test_every_permission_is_the_one_of_its_place() -> None:
    assert misplaced(app) == []


@pytest.mark.parametrize(("resource", "method"), ROUTES)
def test_who_gets_in(stage: Stage, resource: str, method: str) -> None:
    assert len(stage.callers()) == CALLERS
    assert list(wrong_cells(stage, app, resource, method)) == []


@pytest.mark.parametrize("resource", sorted(app.routes))
def test_other_methods_reach_nothing(stage: Stage, resource: str) -> None:
    for path, method in CLOSED:
        if path == resource:
            with stage.visiting(stage.callers()["our admin"]) as visitor:
                got = visitor.call(method, address(stage, path, stage.cast.ours), unrouted=True)
            assert got.status == 405, (method, path)


def opened(stage: Stage) -> Chalice:
    """An app with routes that somebody has opened: by another permission, by no check, by a check of the wrong kind."""
    made = Chalice(app_name="opened", configure_logs=False)
    pages = Pages("tests.sweeps.opened")

    @pages.get("/staff/accounts", Permission.VISITOR)
    def redeclared(request: Request) -> Response:
        return json(request.path)

    def unchecked() -> Response:
        return Response("ok")

    def unsaid() -> Response:
        return Response("ok")

    @pages.get("/staff/accounts/{account}", Permission.STAFF)
    def another_dealers(request: Request) -> Response:
        return json(stage.cast.ours.dealer.name + request.params["account"])

    made.register_blueprint(pages)
    unchecked.permission = Permission.STAFF  # type: ignore[attr-defined]
    made.route("/staff/imports")(unchecked)
    made.route("/staff/unsaid")(unsaid)
    return made


def test_a_route_opened_on_purpose_is_noticed(stage: Stage) -> None:
    made = opened(stage)
    with pytest.raises(AssertionError, match="GET /staff/unsaid declares no permission"):
        misplaced(made)
    del made.routes["/staff/unsaid"]
    assert misplaced(made) == ["GET /staff/accounts", "HEAD /staff/accounts"]
    assert list(wrong_cells(stage, made, "/staff/accounts", "GET")) == []  # what it declares it does: hence PLACES
    let_in = [cell.partition(":")[0] for cell in wrong_cells(stage, made, "/staff/imports", "GET")]
    assert {"anonymous", "our customer", "our removed staff", "our admin, too late", "the rival's agent"} <= set(let_in)
    let_in = [cell.partition(":")[0] for cell in wrong_cells(stage, made, "/staff/accounts/{account}", "GET")]
    assert let_in == ["the rival's staff", "the rival's admin"]


@pytest.mark.parametrize(("resource", "method"), [route for route in ROUTES if route[1] == "GET"])
def test_what_is_there_is_shown_to_whom_it_belongs(stage: Stage, resource: str, method: str) -> None:
    permission = permission_of(app, resource, method)
    if "token" in parameters(resource) or permission is Permission.AGENT:
        return
    owner = "our customer" if permission is Permission.CUSTOMER else "our admin"
    with stage.visiting(stage.callers()[owner]) as visitor:
        got = visitor.get(address(stage, resource, stage.cast.ours))
    assert got.status in {200, 303}, got.text


@pytest.mark.parametrize(("resource", "method"), [route for route in ROUTES if route[1] == "POST"])
def test_no_form_works_without_its_token(stage: Stage, resource: str, method: str) -> None:
    permission = permission_of(app, resource, method)
    if permission is Permission.AGENT:
        return  # an agent sends a key and no cookie: nothing to forge
    caller = stage.callers()["our customer" if permission is Permission.CUSTOMER else "our admin"]
    for fields in ("missing", "foreign"):
        with stage.visiting(caller) as visitor:
            path = address(stage, resource, stage.cast.ours)
            got = visitor.post(path) if fields == "missing" else post(visitor, path, token=False)
        assert got.status == 403, fields


def test_the_count(figures: Say) -> None:
    cells = f"{len(ROUTES)} routes x {CALLERS} callers = {len(ROUTES) * CALLERS} cells"
    figures(f"route matrix: {cells}; {len(CLOSED)} other methods closed")
    assert len(ROUTES) > 50
