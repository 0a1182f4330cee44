"""A small app on the frame, with people and dealers that need no store."""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from chalice.app import Chalice, Response

from chalicelib import services
from chalicelib.dealers.model import Dealer, Module
from chalicelib.http import access as accesses
from chalicelib.http import cookies, responses
from chalicelib.http.access import Access, Audience, SignedRequest
from chalicelib.http.request import Request
from chalicelib.http.routing import Routes
from chalicelib.identity.model import ApiKey, Membership, MembershipKind, Session
from chalicelib.identity.sessions import csrf_token
from chalicelib.kernel.errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PortalError,
    TooManyError,
    UnauthenticatedError,
)
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import CustomerScope, ImportScope, TenantScope
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from chalicelib.settings import Settings
from tests.web.client import Visitor

DEALER = "a" * 10
MEMBERSHIPS = {
    "customer": Membership(DEALER, MembershipKind.CUSTOMER, "1200", "Mr A L Barlow", role=Role.ADMIN, active=True),
    "payer": Membership(DEALER, MembershipKind.CUSTOMER, "1200", "Mr A L Barlow", role=Role.PAY, active=True),
    "viewer": Membership(DEALER, MembershipKind.CUSTOMER, "1200", "Mr A L Barlow", role=Role.VIEW, active=True),
    "staff": Membership(DEALER, MembershipKind.STAFF, role=Role.USER, active=True),
    "service_manager": Membership(DEALER, MembershipKind.STAFF, role=Role.SERVICE_MANAGER, active=True),
    "admin": Membership(DEALER, MembershipKind.STAFF, role=Role.ADMIN, active=True),
    "undecided": None,
}


def signature(body: bytes) -> str:
    """What the other service sends beside a body."""
    return hmac.new(b"shared secret", body, "sha256").hexdigest()


def verify(request: SignedRequest) -> ImportScope:
    """A webhook's verifier."""
    if not hmac.compare_digest(request.header("signature").encode(), signature(request.body).encode()):
        raise UnauthenticatedError("The signature does not fit")
    return ImportScope(DEALER)


ACCESSES = {
    "public": accesses.PUBLIC,
    "visitor": accesses.VISITOR,
    "logged_in": accesses.LOGGED_IN,
    "member": accesses.MEMBER,
    "member_invoices": Access(Audience.MEMBER, module=Module.INVOICES),
    "member_payments": Access(Audience.MEMBER, module=Module.PAYMENTS),
    "customer": accesses.CUSTOMER,
    "customer_pay": Access(Audience.CUSTOMER, role=Role.PAY),
    "customer_admin": Access(Audience.CUSTOMER, role=Role.ADMIN),
    "customer_invoices": accesses.CUSTOMER_INVOICES,
    "customer_payments": Access(Audience.CUSTOMER, role=Role.PAY, module=Module.PAYMENTS),
    "staff": accesses.STAFF,
    "staff_service_manager": accesses.STAFF_SERVICE_MANAGER,
    "staff_admin": accesses.STAFF_ADMIN,
    "staff_payments": Access(Audience.STAFF, module=Module.PAYMENTS),
    "api_key": accesses.API_KEY,
    "api_key_payments": Access(Audience.API_KEY, module=Module.PAYMENTS),
    "webhook": Access(Audience.WEBHOOK, verifier=verify),
}
"""The dealer has invoices and no payments."""
ERRORS: dict[str, Callable[[], Exception]] = {
    "notfound": NotFoundError,
    "forbidden": lambda: ForbiddenError("Only an admin can do this"),
    "unauthenticated": lambda: UnauthenticatedError("Log in"),
    "conflict": lambda: ConflictError("Somebody else was quicker"),
    "invalid": lambda: InvalidError("That is no number", {"amount": "Enter a number"}),
    "toomany": lambda: TooManyError("Wait a little", retry_after=60),
    "busy": BusyError,
    "other": lambda: PortalError("Something else"),
    "defect": lambda: KeyError("secret detail"),
}


def a_dealer(**changes: Any) -> Dealer:
    """A dealer with the brand of the pictures."""
    made = Dealer(
        dealer_id=DEALER,
        slug="moorbeck",
        code="MOORBECK",
        name="Moorbeck Machinery",
        contact_email="office@moorbeck.example",
        address=("Ropery Yard", "Helmsley"),
    )
    return replace(made, **changes)


def a_session(who: str, now: datetime) -> Session:
    """The session whose secret is the name of `who`."""
    return Session(
        session_id=who,
        person_id=f"person-{who}",
        email=f"{who}@example.com",
        membership=MEMBERSHIPS[who],
        csrf=csrf_token(who),
        created_at=now,
        last_seen=now,
        expires_at=now,
        address="",
        user_agent="",
    )


@pytest.fixture
def portal(now: datetime, ids: Ids) -> Iterator[Services]:
    """Services without a store; a test may use others on top."""

    def session_of(secret: str, _: datetime) -> Session | None:
        return a_session(secret, now) if secret in MEMBERSHIPS else None

    def dealer_of(_: TenantScope) -> Dealer:
        return a_dealer()

    def customer_scope_of(person_id: str, membership: Membership) -> CustomerScope:
        refs = frozenset({str(membership.account_ref), f"{membership.account_ref}/1"})
        return CustomerScope(membership.dealer_id, person_id, refs, membership.role, membership.account_ref)

    made = Services(
        settings=Settings(base_url="https://portal.example"),
        mail=RecordingSender(),
        clock=lambda: now,
        ids=ids,
        session_of=session_of,
        key_of=lambda secret, _now: ApiKey("key", DEALER, "Office", "ccx_", now) if secret == "good-key" else None,
        dealer_of=dealer_of,
        customer_scope_of=customer_scope_of,
        impersonation_of=lambda *_: None,
        unread_alerts=lambda *_: 0,
        unread_conversations=lambda *_: 0,
    )
    with services.use(made):
        yield made


@pytest.fixture
def routes() -> Routes:
    """One route for each access, and one for each error."""
    made = Routes("tests.http")

    def show(request: Request) -> Response:
        return responses.json(
            {"scope": type(request.scope).__name__, "form": request.form_all, "params": request.params}
        )

    for name, access in ACCESSES.items():
        made.get(f"/{name}", access)(show)
        made.post(f"/{name}", access)(show)

    @made.get("/fail/{kind}", accesses.VISITOR)
    def fail(request: Request) -> Response:
        error = ERRORS[request.params["kind"]]()
        raise error

    def look(_: Request) -> Response:
        raise NotFoundError

    made.get("/look", accesses.VISITOR)(look)
    made.post("/look", accesses.VISITOR)(look)

    @made.post("/flash", accesses.VISITOR)
    def flash(_: Request) -> Response:
        return responses.redirect("/visitor", flash="3 invitations sent.")

    return made


@pytest.fixture
def app(routes: Routes, portal: Services) -> Chalice:  # noqa: ARG001 - its services answer
    made = Chalice(app_name="frame", configure_logs=False)
    made.register_blueprint(routes)
    return made


@pytest.fixture
def visit(app: Chalice) -> Callable[[str], Visitor]:
    """A visitor who is logged in as one of MEMBERSHIPS, or as nobody."""

    def visitor(who: str = "") -> Visitor:
        made = Visitor(app)
        if who:
            made.cookies[cookies.SESSION] = who
        return made

    return visitor
