"""Lets a request in, or says how it is turned away. Scopes come from the session, the key or the signature alone."""

from dataclasses import replace
from hmac import compare_digest

from chalicelib.dealers.suspension import SuspendedError, suspended_for_staff, unavailable
from chalicelib.http.access import Audience
from chalicelib.http.request import SAFE_METHODS, Request
from chalicelib.identity.model import Membership, MembershipKind, Session
from chalicelib.kernel.errors import ForbiddenError, NotFoundError, PortalError, ReadOnlyError, UnauthenticatedError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.origin import origin_of
from chalicelib.kernel.roles import STAFF_ROLE_REQUIRED
from chalicelib.kernel.scopes import CustomerScope, DealerScope, IdentityScope, ImportScope, TenantScope
from chalicelib.kernel.standing import Standing
from chalicelib.ledger.access import AccountShutError

ORIGIN_HEADER = "x-origin-secret"
_KINDS = {
    Audience.MEMBER: frozenset({MembershipKind.CUSTOMER, MembershipKind.STAFF}),
    Audience.CUSTOMER: frozenset({MembershipKind.CUSTOMER}),
    Audience.STAFF: frozenset({MembershipKind.STAFF}),
}
_ROLE_TOO_LOW = lazy_gettext("Your role on this account does not allow this. Ask an admin of the account.")
_FROZEN = lazy_gettext("This account is archived: you can only view its last figures.")


class NoMembershipError(PortalError):
    """Logged in, but for no account yet: the switcher asks which."""


class SecondFactorMissingError(PortalError):
    """Logged in where a second factor is required, and none that will do: the page that sets one up comes first."""


class ShortPasswordError(PortalError):
    """Logged in without a second factor by a password that is too short for that: it is changed first."""


class WrongAudienceError(NotFoundError):
    """A page of the other side: for customers it is not there that staff have one, and the other way round."""


class KeptFromError(NotFoundError):
    """A page of an area that this user of the account is kept from."""


class ModuleOffError(NotFoundError):
    """A page of a module that the dealer has not switched on."""


def authorize(request: Request) -> None:
    """Sets `request.scope`, or raises the error that says what the caller gets instead.

    A module that is switched off is not found for everybody, so it is asked before the role.
    """
    try:
        request.scope = _scope(request)
    except (AccountShutError, SecondFactorMissingError):  # what their pages say is of no use while it is suspended
        _require_running(request)
        raise
    _require_running(request)
    _require_module(request)
    _require_areas(request)
    _require_role(request)


def require_given(request: Request) -> None:
    """What `authorize` asks once the scope is known, for a step that has made the request itself and has no session."""
    _require_module(request)
    _require_areas(request)


def bypasses_cloudfront(request: Request) -> bool:
    """Whether a call did not come through it. Asked before anything of the caller's is read."""
    secrets = request.services.settings.accepted_origin_secrets
    sent = request.header(ORIGIN_HEADER).encode()
    # Tested control: origin-secret-required
    return bool(secrets) and not any(compare_digest(sent, secret.encode()) for secret in secrets)


def _scope(request: Request) -> IdentityScope | TenantScope:
    access = request.access
    if access.is_open:
        return IdentityScope()
    if access.verifier:
        return access.verifier(request)
    if access.audience is Audience.API_KEY:
        return _api_key_scope(request)
    if request.session is None:
        raise UnauthenticatedError(lazy_gettext("Log in to continue"))
    if access.audience is Audience.LOGGED_IN:
        return IdentityScope()
    return _membership_scope(request, request.session)


def _api_key_scope(request: Request) -> ImportScope:
    kind, _, secret = request.header("authorization").partition(" ")
    key = request.services.key_of(secret.strip(), request.now) if kind.lower() == "bearer" else None
    if key is None:
        raise UnauthenticatedError(lazy_gettext("This API key is not known. Make one on the Imports page."))
    return ImportScope(key.dealer_id, key.key_id)


def _membership_scope(request: Request, session: Session) -> TenantScope:
    membership = session.membership
    if membership is None:
        raise NoMembershipError(lazy_gettext("Choose an account"))
    if membership.kind is MembershipKind.STAFF and request.access.audience is Audience.CUSTOMER:
        return _viewed_scope(request, session, membership)
    # Tested control: audience-checked
    if membership.kind not in _KINDS[request.access.audience]:
        raise WrongAudienceError
    scope = _scope_of(request, session.person_id, membership)
    _require_proofs(request, session, membership)
    return scope


def _require_proofs(request: Request, session: Session, membership: Membership) -> None:
    """A password that is too short is changed first, and a second factor that is required is set up."""
    if session.short_password:
        raise ShortPasswordError(lazy_gettext("Choose a longer password"))
    # Tested control: second-factor-required
    if needs_second_factor(request, session, membership):
        raise SecondFactorMissingError(lazy_gettext("Set up a second factor to continue"))


def needs_second_factor(request: Request, session: Session, membership: Membership) -> bool:
    """Whether the membership's dealer requires one that this session has not."""
    is_staff = membership.kind is MembershipKind.STAFF
    # Tested control: staff-need-strong-factor
    if session.second_factor and not (is_staff and session.weak_factor):
        return False
    dealer = TenantScope(membership.dealer_id)
    if is_staff:
        return session.factor_due and request.services.dealer_of(dealer).staff_need_second_factor
    return request.services.dealer_of(dealer).customers_need_second_factor


def _viewed_scope(request: Request, session: Session, membership: Membership) -> CustomerScope:
    """A customer's page, for a member of staff who sees the portal as that customer does."""
    _require_proofs(request, session, membership)
    staff = DealerScope(membership.dealer_id, session.person_id, membership.role)
    request.impersonation = request.services.impersonation_of(staff, session.session_id, request.now)
    if request.impersonation is None:
        raise WrongAudienceError
    # Tested control: viewer-reads-only
    if request.method not in SAFE_METHODS:
        raise ReadOnlyError
    seen = request.services.customer_scope_of(session.person_id, request.impersonation.membership)
    return replace(seen, viewed_by=session.person_id)


def _scope_of(request: Request, person_id: str, membership: Membership) -> TenantScope:
    origin = origin_of(request.address, request.header("user-agent"))
    if membership.kind is MembershipKind.STAFF:
        return DealerScope(membership.dealer_id, person_id, membership.role, origin=origin)
    return replace(request.services.customer_scope_of(person_id, membership), origin=origin)


def _require_running(request: Request) -> None:
    """Asked after the scope, whose reads have brought the dealer's settings."""
    if request.access.is_open or request.access.audience is Audience.LOGGED_IN:
        return
    dealer = request.dealer
    # Tested control: suspended-lets-nobody-in
    if dealer and dealer.suspended:
        membership = request.session.membership if request.session else None
        is_customer = membership is not None and membership.kind is MembershipKind.CUSTOMER
        raise SuspendedError(unavailable(dealer.name) if is_customer else suspended_for_staff(dealer))


def _require_module(request: Request) -> None:
    module = request.access.module
    # Tested control: module-checked
    if module and (request.dealer is None or module not in request.dealer.modules):
        raise ModuleOffError


def _require_areas(request: Request) -> None:
    # Tested control: areas-checked
    if isinstance(request.scope, CustomerScope) and not request.access.areas <= request.scope.areas:
        raise KeptFromError


def _require_role(request: Request) -> None:
    required = request.access.role
    membership = request.session.membership if required and request.session else None
    if required is None or membership is None:
        return
    scope = request.scope
    # Of a customer the role is the scope's: an archived account leaves less than the membership gives.
    held = scope.role if isinstance(scope, CustomerScope) else membership.role
    # Tested control: role-checked
    if not held.includes(required):
        is_frozen = isinstance(scope, CustomerScope) and scope.standing is Standing.FROZEN
        too_low = STAFF_ROLE_REQUIRED[required] if membership.kind is MembershipKind.STAFF else _ROLE_TOO_LOW
        raise ForbiddenError(_FROZEN if is_frozen else too_low)
