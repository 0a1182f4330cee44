"""Reads about what was sent on: of its account, and by anybody who has a link."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from hmac import compare_digest

from chalicelib.customers.group_scopes import scope_of
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer, Module
from chalicelib.forwarding import repo
from chalicelib.forwarding.model import Forward
from chalicelib.identity import queries as identity
from chalicelib.identity.forward_links import forward_target
from chalicelib.identity.model import MembershipKind
from chalicelib.kernel.areas import Area
from chalicelib.kernel.errors import ForbiddenError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import secret_hash
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import CustomerScope, IdentityScope, TenantScope
from chalicelib.ledger.access import account_scope

ENDED = lazy_gettext("This link no longer works. Ask the person who sent it to you to send it again.")


@dataclass(frozen=True, slots=True)
class OpenedForward:
    """What a link leads to. `scope` reads the one account that the document is of, as its sender may."""

    forward: Forward
    dealer: Dealer
    scope: CustomerScope


def forward(scope: TenantScope, ref: str, forward_id: str) -> Forward:
    """One that was sent on.

    Raises NotFoundError, also for one of an earlier customer of the account's number, and of what a customer's user is
    kept from.
    """
    found = repo.forward(scope, ref, forward_id)
    if found is None or (isinstance(scope, CustomerScope) and _area(found) not in scope.areas):
        raise NotFoundError
    return found


def forwards(scope: CustomerScope, ref: str) -> list[Forward]:
    """The newest of the account of what they are not kept from, newest first. Raises NotFoundError for another's."""
    found = repo.forwards(scope, ref, era=scope.eras.get(ref, ""))
    # Tested control: forwards-of-own-areas
    return [one for one in found if _area(one) in scope.areas]


def opened(secret: str, *, now: datetime) -> OpenedForward:
    """What the link with this secret leads to.

    Raises NotFoundError, the same for one that never was, has expired or was ended, and where its sender may not see
    the document any more themselves.
    """
    target = forward_target(IdentityScope(), secret, now=now)
    if target is None:
        raise NotFoundError(ENDED)
    scope = TenantScope(target.dealer_id)
    dealer = dealers.dealer(scope)
    found = repo.forward(scope, target.account_ref, target.forward_id)
    # Tested control: forward-ends
    if found is None or not found.is_live(now) or not compare_digest(found.link_hash, secret_hash(secret)):
        raise NotFoundError(ENDED)
    if dealer.suspended or Module.INVOICES not in dealer.modules:
        raise NotFoundError(ENDED)
    return OpenedForward(found, dealer, sender_scope(found, scope.dealer_id))


def sender_scope(found: Forward, dealer_id: str) -> CustomerScope:
    """As its sender, of its account alone. Raises NotFoundError where they may not see that any more."""
    for membership in identity.memberships(IdentityScope(), found.sent_by):
        if membership.dealer_id != dealer_id or membership.kind is not MembershipKind.CUSTOMER or not membership.active:
            continue
        with suppress(ForbiddenError, NotFoundError):
            reached, ref = account_scope(found.sent_by, membership), found.account_ref
            scope = scope_of(reached, ref)
            if _area(found) in scope.areas and scope.eras.get(ref, "") == found.era:
                eras = {ref: found.era} if found.era else {}
                return replace(scope, account_refs=frozenset({ref}), account_ref=ref, eras=eras, role=Role.VIEW)
    # Tested control: forward-of-present-people
    raise NotFoundError(ENDED)


def _area(found: Forward) -> Area:
    return Area.STATEMENTS if found.document.kind == "statement" else Area.INVOICES
