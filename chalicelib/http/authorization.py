"""Lets a request in, or says how it is turned away. The scope is made here, from the session or the key alone."""

from hmac import compare_digest

from chalicelib.http.access import OPEN, Permission
from chalicelib.http.request import Request
from chalicelib.identity.model import Membership, Session
from chalicelib.kernel.errors import ForbiddenError, NotFoundError, PortalError, UnauthenticatedError
from chalicelib.kernel.scopes import CustomerScope, DealerScope, IdentityScope, ImportScope, TenantScope

ORIGIN_HEADER = "x-origin-secret"


class NoMembershipError(PortalError):
    """Logged in, but for no account yet: the switcher asks which."""


def admit(request: Request) -> None:
    """Sets `request.scope`, or raises the error that says what the caller gets instead."""
    _through_the_front(request)
    request.scope = _scope(request)


def _through_the_front(request: Request) -> None:
    secret = request.services.settings.origin_secret
    if secret and not compare_digest(request.header(ORIGIN_HEADER).encode(), secret.encode()):
        raise ForbiddenError("Open the portal by its own address")


def _scope(request: Request) -> IdentityScope | TenantScope:
    permission = request.permission
    if permission in OPEN:
        return IdentityScope()
    if permission is Permission.AGENT:
        return _agent(request)
    session = request.session
    if session is None:
        raise UnauthenticatedError("Log in to go on")
    if permission is Permission.PERSON:
        return IdentityScope()
    return _membership_scope(session, permission)


def _agent(request: Request) -> ImportScope:
    kind, _, secret = request.header("authorization").partition(" ")
    dealer_id = request.services.key_owner(secret.strip()) if kind.lower() == "bearer" else None
    if dealer_id is None:
        raise UnauthenticatedError("This API key is not known. Make one on the Imports page.")
    return ImportScope(dealer_id)


def _membership_scope(session: Session, permission: Permission) -> TenantScope:
    membership = session.membership
    if membership is None:
        raise NoMembershipError("Choose an account")
    if permission is Permission.CUSTOMER:
        return _customer(session, membership)
    return _staff(session, membership, permission)


def _customer(session: Session, membership: Membership) -> CustomerScope:
    if membership.kind != "customer" or membership.account_ref is None:
        raise NotFoundError
    return CustomerScope(membership.dealer_id, session.person_id, frozenset({membership.account_ref}))


def _staff(session: Session, membership: Membership, permission: Permission) -> DealerScope:
    if membership.kind != "staff":
        raise NotFoundError
    is_admin = membership.role == "admin"
    if permission is Permission.STAFF_ADMIN and not is_admin:
        raise ForbiddenError("Only an admin of the dealership can do this")
    return DealerScope(membership.dealer_id, session.person_id, is_admin)
