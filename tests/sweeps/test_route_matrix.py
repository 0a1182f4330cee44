"""Every route, every method, every caller: what they get follows from the permission that the route declares.

A route without a permission, or with a parameter that tests/sweeps/stage.py has no example of, fails here (threat 1).
"""

import sys

import pytest

from app import app
from chalicelib.identity.model import Kind, Role
from chalicelib.web.frame.permissions import OPEN, Permission
from tests.sweeps import stage as stages
from tests.sweeps.stage import OF_NOBODY, Caller, Stage, address, parameters, post

ROUTES = sorted((resource, method) for resource, methods in app.routes.items() for method in methods)
CALLERS = 14
LOGIN, REFUSED_AGENT, NOT_YOURS, NOT_ALLOWED, LET_IN = "log in", "401", "404", "403", "let in"


def permission_of(resource: str, method: str) -> Permission:
    declared = getattr(app.routes[resource][method].view_function, "permission", None)
    assert isinstance(declared, Permission), f"{method} {resource} declares no permission"
    return declared


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


def test_every_route_declares_a_permission_and_has_an_example() -> None:
    for resource, method in ROUTES:
        permission_of(resource, method)
        for name in parameters(resource):
            assert name in stages.examples(resource), (
                f"{resource}: give an example of {{{name}}} in tests/sweeps/stage.py"
            )


@pytest.mark.parametrize(("resource", "method"), ROUTES)
def test_who_gets_in(stage: Stage, resource: str, method: str) -> None:
    permission = permission_of(resource, method)
    belongs = bool(set(parameters(resource)) - OF_NOBODY)
    path = address(stage, resource, stage.cast.ours)
    callers = stage.callers()
    assert len(callers) == CALLERS
    for caller in callers.values():
        with stage.visiting(caller, fresh=_may_end_sessions(permission, method)) as visitor:
            got = post(visitor, path) if method == "POST" else visitor.call(method, path)
        promised = expected(permission, caller, stage, belongs=belongs)
        seen = outcome(got.status, got.location)
        if promised == LET_IN:
            assert seen in LET_IN_MAY_SAY or permission in OPEN, (caller.name, got.status, got.text)
            assert got.status < 500, (caller.name, got.text)
        else:
            assert seen == promised, (caller.name, got.status, got.location)


def _may_end_sessions(permission: Permission, method: str) -> bool:
    return method == "POST" and permission in {Permission.PERSON, Permission.VISITOR}


LET_IN_MAY_SAY = frozenset({LET_IN, NOT_YOURS})
"""Somebody let in may still name, in an empty form, something that is not there. Never a log in, never a refusal."""


@pytest.mark.parametrize(("resource", "method"), [route for route in ROUTES if route[1] == "GET"])
def test_what_is_there_is_shown_to_whom_it_belongs(stage: Stage, resource: str, method: str) -> None:
    permission = permission_of(resource, method)
    if "token" in parameters(resource) or permission is Permission.AGENT:
        return
    owner = "our customer" if permission is Permission.CUSTOMER else "our admin"
    with stage.visiting(stage.callers()[owner]) as visitor:
        got = visitor.get(address(stage, resource, stage.cast.ours))
    assert got.status in {200, 303}, got.text


@pytest.mark.parametrize(("resource", "method"), [route for route in ROUTES if route[1] == "POST"])
def test_no_form_works_without_its_token(stage: Stage, resource: str, method: str) -> None:
    permission = permission_of(resource, method)
    if permission is Permission.AGENT:
        return  # an agent sends a key and no cookie: nothing to forge
    caller = stage.callers()["our customer" if permission is Permission.CUSTOMER else "our admin"]
    for fields in ("missing", "foreign"):
        with stage.visiting(caller) as visitor:
            path = address(stage, resource, stage.cast.ours)
            got = visitor.post(path) if fields == "missing" else post(visitor, path, token=False)
        assert got.status == 403, fields


def test_the_count(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\nroute matrix: {len(ROUTES)} routes x {CALLERS} callers = {len(ROUTES) * CALLERS} calls\n")
    assert len(ROUTES) > 30
